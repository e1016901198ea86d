// The pages work without this file. It keeps the numbers live, remembers the theme, closes panels and reads
// out chart values. Numbers come as decimal texts and stay exact: they are reckoned in whole hundredths.
"use strict";
(() => {
  const body = document.body;
  const vi = body.dataset.lang !== "en";
  const MINUS = "\u2212", DASH = "\u2013";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Numbers ------------------------------------------------------------------------------------------
  const hundredths = (text) => Math.round(Number(text) * 100);
  const group = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, vi ? "." : ",");
  const whole = (count) => (count < 0 ? MINUS : "") + group(String(Math.abs(count)));
  const points = (h) => (h < 0 ? MINUS : "") + group(String(Math.floor(Math.abs(h) / 100))) + (vi ? "," : ".") + String(Math.abs(h) % 100).padStart(2, "0");
  // n / d in percent with two decimals, ties to even, in whole numbers.
  const percent = (n, d) => {
    if (!d) return DASH;
    const top = BigInt(n) * 20000n, bottom = BigInt(d);
    let twice = top / bottom, rest = top % bottom;
    let result = twice / 2n;
    if (twice % 2n === 1n && (rest > 0n || result % 2n === 1n)) result += 1n;
    return points(Number(result)) + "%";
  };

  const glow = (element) => {
    element.classList.remove("glow");
    void element.getBoundingClientRect();
    element.classList.add("glow");
  };
  const put = (key, text) => {
    for (const element of all(`[data-live="${CSS.escape(key)}"]`)) {
      if (element.textContent.trim() !== text) {
        element.textContent = text;
        glow(element);
      }
    }
  };
  const widen = (key, part, total) => {
    const width = total ? `${Math.min(100, (part * 100) / total).toFixed(3)}%` : "0%";
    for (const bar of all(`[data-width="${CSS.escape(key)}"]`)) bar.setAttribute("width", width);
  };

  const show = (score) => {
    const total = hundredths(score.total), max = hundredths(score.max);
    put("total", points(total));
    document.title = document.title.replace(/^[\d.,]+/, points(total));
    put("total.cell", points(total));
    put("total.ratio", percent(total, max));
    put("total.lost", points(max - total));
    for (const mark of all('[data-x="total"]')) mark.setAttribute("x", `${(total / max) * 100}%`);
    for (const [id, told] of Object.entries(score.groups || {})) {
      const earned = hundredths(told.points || "0"), most = hundredths(told.max);
      put(`g.${id}.points`, points(earned));
      put(`g.${id}.ratio`, percent(earned, most));
      put(`g.${id}.lost`, points(most - earned));
      widen(`g.${id}`, earned, most);
    }
    for (const [id, told] of Object.entries(score.indicators || {})) {
      const earned = hundredths(told.points), most = hundredths(told.max);
      if (most > 0) {
        put(`i.${id}.points`, points(earned));
        if (most > earned) put(`i.${id}.lost`, points(most - earned));
        widen(`i.${id}`, earned, most);
      }
      if (Number.isInteger(told.n) && Number.isInteger(told.d)) {
        put(`i.${id}.n`, whole(told.n));
        put(`i.${id}.d`, whole(told.d));
        put(`i.${id}.missed`, whole(told.d - told.n));
        put(`i.${id}.ratio`, percent(told.n, told.d));
      }
    }
    stale = true;
  };

  // The slower parts of a page are fetched again, at most every fifteen seconds and only while it is seen.
  let stale = false, fetching = false;
  const refresh = async () => {
    if (!stale || fetching || document.hidden || document.querySelector("details[open]")) return;
    stale = false;
    fetching = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const pairs = ["[data-refresh]", "[data-live-band]", "[data-live-gap]", ".steps", ".reason", "[data-trend]", ".foot-in"];
      for (const selector of pairs) {
        const olds = all(selector), news = all(selector, fresh);
        olds.forEach((old, index) => {
          const next = selector === "[data-refresh]" ? fresh.querySelector(`[data-refresh="${old.dataset.refresh}"]`) : news[index];
          if (!next) { if (old.dataset.refresh === "loading") old.remove(); return; }
          if (old.innerHTML !== next.innerHTML && !old.contains(document.activeElement)) old.replaceWith(document.importNode(next, true));
        });
      }
    } catch { /* the stream says when the connection is gone */ } finally { fetching = false; }
  };
  if (body.dataset.stream || document.querySelector('[data-refresh="loading"]')) setInterval(refresh, 15000);
  if (document.querySelector('[data-refresh="loading"]')) setInterval(() => { stale = true; refresh(); }, 3000);

  // The stream ---------------------------------------------------------------------------------------
  const live = document.querySelector("[data-live-dot]");
  const say = (state, words) => {
    if (!live || live.dataset.state === "past") return;
    live.dataset.state = state;
    if (words) live.querySelector(".word").textContent = words;
  };
  if (body.dataset.stream && "EventSource" in window) {
    const pass = (name) => document.dispatchEvent(new CustomEvent(`chiso:${name}`));
    let stream, before = null, wait = 2000;
    const hear = {};
    hear.score = (event) => { show(JSON.parse(event.data)); pass("score"); };
    hear.fresh = (event) => {
      pass("fresh");
      const told = JSON.parse(event.data);
      if (told.loading || document.querySelector('[data-refresh="loading"]')) stale = true;
      if (!told.newest || !live) return;
      const time = live.querySelector("[data-newest]");
      if (told.quiet) { stale = true; return; }
      if (time) {
        const [day, clock] = told.newest.split("T");
        time.dateTime = told.newest;
        time.textContent = `${clock.slice(0, 8)} ${day.split("-").reverse().join("/")}`;
      }
      say("on", live.dataset.onWords);
    };
    hear.open = () => {
      wait = 2000;
      if (before) say(...before);
      before = null;
    };
    // who is led to the door instead of the page has no session any longer
    const ended = () => fetch(location.href, { redirect: "manual" }).then((answer) => answer.type === "opaqueredirect", () => false);
    hear.error = async () => {
      if (live && !before) before = [live.dataset.state, live.querySelector(".word").textContent];
      say("lost", live && live.dataset.lostWords);
      // an answer that is no stream (of a proxy whose server is started anew) ends a stream for good
      if (stream.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, wait * (1 + Math.random()));
      wait = Math.min(wait * 2, 60000);
      if (live && await ended()) say("lost", live.dataset.endedWords);
    };
    const listen = () => {
      stream = new EventSource(body.dataset.stream);
      for (const name of Object.keys(hear)) stream.addEventListener(name, hear[name]);
    };
    listen();
    addEventListener("pagehide", () => stream.close());
  }

  // Theme: system, light, dark -----------------------------------------------------------------------
  const button = document.querySelector("[data-theme-button]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const root = document.documentElement;
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      const now = root.dataset.theme || (dark ? "dark" : "light");
      const next = now === "dark" ? "light" : "dark";
      root.dataset.theme = next;
      document.cookie = `theme=${next};path=/;max-age=31536000;samesite=lax`;
    });
  }

  // A link to the chooser opens it
  const choose = () => { if (location.hash === "#pick") { document.querySelector("#pick").open = true; history.replaceState(null, "", location.pathname + location.search); } };
  addEventListener("hashchange", choose);
  choose();

  // Panels close on Escape and on a press elsewhere ---------------------------------------------------
  const panels = "details.pick[open], details.how[open], details.dock-more[open]";
  document.addEventListener("pointerdown", (event) => {
    for (const panel of all(panels)) if (!panel.contains(event.target)) panel.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const panel of all(panels)) {
        const held = panel.contains(document.activeElement);
        panel.open = false;
        if (held) panel.querySelector("summary").focus();
      }
    }
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) {
      const field = document.querySelector("input[type=search]");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    }
  });
  document.addEventListener("toggle", (event) => {
    const panel = event.target;
    if (!panel.open || !panel.matches(".how")) return;
    for (const other of all("details.how[open]")) if (other !== panel) other.open = false;
    const box = panel.querySelector(".how-in");
    box.classList.remove("flip");
    if (box.getBoundingClientRect().right > document.documentElement.clientWidth - 8) box.classList.add("flip");
  }, true);

  // Units are filtered as one types -------------------------------------------------------------------
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().trim();
  const filter = document.querySelector("[data-filter]");
  if (filter) {
    const field = filter.querySelector("input[type=search]");
    field.addEventListener("input", () => {
      const parts = fold(field.value).split(/\s+/).filter(Boolean);
      let seen = 0;
      for (const section of all("[data-kind]")) {
        let here = 0;
        for (const item of all("[data-text]", section)) {
          item.hidden = !parts.every((part) => item.dataset.text.includes(part));
          if (!item.hidden) here += 1;
        }
        section.hidden = !here;
        seen += here;
      }
      document.querySelector("[data-filter-count]").textContent = whole(seen);
    });
  }

  // The trend chart tells the day under the pointer ----------------------------------------------------
  const figure = document.querySelector("[data-trend]");
  if (figure) {
    const days = all("tr[data-day]").map((row) => [row.dataset.day, row.dataset.total]).reverse();
    const tip = document.createElement("div");
    tip.className = "cursor num";
    tip.hidden = true;
    figure.after(tip);
    figure.parentElement.classList.add("holds-tip");
    figure.addEventListener("pointermove", (event) => {
      const chart = all("svg.chart", figure).find((one) => one.getBoundingClientRect().width > 0);
      const line = chart && chart.querySelector(".mark-line path");
      if (!line || days.length < 2) return;
      const box = line.getBoundingClientRect(), outer = figure.parentElement.getBoundingClientRect();
      const share = (event.clientX - box.left) / box.width;
      if (share < -0.02 || share > 1.02) { tip.hidden = true; return; }
      const first = Date.parse(days[0][0]), last = Date.parse(days[days.length - 1][0]);
      const wanted = first + Math.max(0, Math.min(1, share)) * (last - first);
      const near = days.reduce((best, day) => (Math.abs(Date.parse(day[0]) - wanted) < Math.abs(Date.parse(best[0]) - wanted) ? day : best));
      tip.textContent = `${near[0].split("-").reverse().join("/")}  ${points(hundredths(near[1]))}`;
      tip.hidden = false;
      tip.style.left = `${Math.min(event.clientX - outer.left + 12, outer.width - tip.offsetWidth - 8)}px`;
      tip.style.top = `${event.clientY - outer.top - 40}px`;
    });
    figure.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
})();
