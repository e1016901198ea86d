// Pages of ranks: the league is sorted and filtered at once, and tiles of the map are walked with arrow keys.
// Without this file the same is done by links and forms.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().trim();

  // The league ---------------------------------------------------------------------------------------
  const card = document.querySelector("[data-league]");
  const body = card && card.querySelector("tbody");
  if (body) {
    const heads = all("th[data-sort]", card);
    const number = (row, key) => (row.getAttribute(`data-${key}`) ? Number(row.getAttribute(`data-${key}`)) : null);
    const sort = (head) => {
      const key = head.dataset.sort, first = head.dataset.first === "desc" ? "descending" : "ascending";
      const other = first === "descending" ? "ascending" : "descending";
      const way = head.getAttribute("aria-sort") === first ? other : first;
      const sign = way === "descending" ? -1 : 1;
      for (const one of heads) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", way);
      const rows = all("tr", body).map((row) => [number(row, key), number(row, "rank") || 0, row]);
      rows.sort(([a, placeA], [b, placeB]) => {
        if (a === null || b === null) return (a === null) - (b === null) || placeA - placeB;
        return sign * (a - b) || placeA - placeB;
      });
      for (const [, , row] of rows) body.append(row);
    };
    for (const head of heads) {
      const link = head.querySelector("a");
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        sort(head);
        const address = new URL(location.href);
        address.searchParams.set("sort", head.dataset.sort);
        address.searchParams.set("dir", head.getAttribute("aria-sort") === "descending" ? "desc" : "asc");
        history.replaceState(null, "", address);
      });
    }
    const field = card.querySelector("[data-league-filter] input[type=search]");
    const told = card.querySelector("[data-league-count]"), none = card.querySelector("[data-league-none]");
    field.addEventListener("input", () => {
      const parts = fold(field.value).split(/\s+/).filter(Boolean);
      let seen = 0;
      for (const row of all("tr", body)) {
        row.hidden = row.hasAttribute("data-line") ? parts.length > 0 : !parts.every((part) => row.dataset.text.includes(part));
        if (!row.hidden && !row.hasAttribute("data-line")) seen += 1;
      }
      none.hidden = seen > 0;
      told.textContent = told.dataset.words.replace("#", String(seen));
    });
  }

  // The map: arrow keys lead to the nearest tile that way ---------------------------------------------
  const map = document.querySelector("[data-map]");
  if (map) {
    const tiles = all("a", map);
    const centre = (tile) => { const box = tile.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; };
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    map.addEventListener("keydown", (event) => {
      const way = ways[event.key], here = event.target.closest("a");
      if (!way || !here) return;
      const [x, y] = centre(here);
      let best = null, least = Infinity;
      for (const tile of tiles) {
        const [tx, ty] = centre(tile), ahead = (tx - x) * way[0] + (ty - y) * way[1];
        const aside = Math.abs((tx - x) * way[1]) + Math.abs((ty - y) * way[0]);
        if (tile === here || ahead < 4) continue;
        if (ahead + 3 * aside < least) { best = tile; least = ahead + 3 * aside; }
      }
      event.preventDefault();
      if (best) best.focus();
    });
  }
})();
