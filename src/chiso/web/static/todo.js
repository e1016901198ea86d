// The list of work stays true while it is open, and can be worked through by keys alone. Without this file
// everything is there by links and forms.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const part = (name, root = document) => root.querySelector(`[data-part="${name}"]`);
  const parts = ["kinds", "count", "today", "list", "detail"];
  const toast = document.querySelector("[data-toast]");
  let address = location.href;

  const items = () => all("[data-item]");
  const held = () => document.activeElement && document.activeElement.closest("li[data-key]");
  const go = (row) => row && row.querySelector("[data-item]").focus({ preventScroll: false });
  const byKey = (key) => document.querySelector(`li[data-key="${CSS.escape(key)}"]`);

  // Fetching: one at a time, the newest wish last -------------------------------------------------------
  let running = false, again = false;
  const load = async (wanted, only) => {
    const answer = await fetch(wanted, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const name of only) put(name, part(name, fresh));
  };
  const shown = new Map(parts.map((name) => [name, part(name) ? part(name).innerHTML : ""]));
  const put = (name, fresh) => {
    const old = part(name);
    if (!old || !fresh || shown.get(name) === fresh.innerHTML) return;
    const typing = old.contains(document.activeElement) && /^(INPUT|SELECT)$/.test(document.activeElement.tagName);
    if (typing) return;
    shown.set(name, fresh.innerHTML);
    const before = new Map(all("li[data-key]", old).map((row, place) => [row.dataset.key, place]));
    const row = name === "list" ? held() : null;
    old.replaceWith(document.importNode(fresh, true));
    if (name !== "list") return;
    const rows = all("li[data-key]");
    for (const one of rows) if (!before.has(one.dataset.key)) one.classList.add("glow");
    if (row) go(byKey(row.dataset.key) || rows[Math.min(before.get(row.dataset.key), rows.length - 1)]);
  };
  const refresh = async () => {
    if (document.hidden) { again = true; return; }
    if (running) { again = true; return; }
    running = true;
    again = false;
    try { await load(address, parts); } catch { /* the line is down: the next word of the stream tries again */ }
    running = false;
    if (again) later();
  };
  let waiting = 0;
  const later = () => { if (!waiting) waiting = setTimeout(() => { waiting = 0; refresh(); }, 1000); };
  document.addEventListener("chiso:score", later);
  document.addEventListener("chiso:fresh", later);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && again) refresh(); });

  // One item in detail ---------------------------------------------------------------------------------
  const wide = () => matchMedia("(min-width: 1181px)").matches;
  const show = async (link, then) => {
    address = link.href.split("#")[0];
    history.replaceState(null, "", address);
    for (const one of items()) one.toggleAttribute("aria-current", one === link);
    for (const one of items()) if (one === link) one.setAttribute("aria-current", "true");
    await load(address, ["detail"]);
    if (!wide()) part("detail").scrollIntoView({ block: "start" });
    if (then) then();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-item]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    link.focus();
    show(link);
  });

  // Ticking off and giving to somebody -----------------------------------------------------------------
  let fading = 0;
  const said = (words, undo) => {
    toast.replaceChildren(words);
    if (undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = toast.dataset.undo;
      button.addEventListener("click", undo);
      toast.append(button);
    }
    toast.hidden = false;
    clearTimeout(fading);
    fading = setTimeout(() => { toast.hidden = true; }, 8000);
  };
  const send = async (form, changes = {}) => {
    const data = new URLSearchParams(new FormData(form));
    for (const [name, value] of Object.entries(changes)) data.set(name, value);
    await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    await refresh();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-mark]");
    if (!form) return;
    event.preventDefault();
    const code = new FormData(form).get("subject"), done = new FormData(form).get("done");
    if (document.activeElement && form.contains(document.activeElement) && form.matches(".mine")) document.activeElement.blur();
    const row = form.closest("li[data-key]");
    if (row) row.classList.add("gone");
    const copy = form.cloneNode(true);
    if (done === "1") said(`${toast.dataset.said} ${code}`, () => { toast.hidden = true; send(copy, { done: "0" }); });
    send(form);
  });

  // Keys -----------------------------------------------------------------------------------------------
  const move = (step) => {
    const rows = all("li[data-key]"), at = rows.indexOf(held());
    go(rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))]);
  };
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      if (event.key === "Escape") document.activeElement.blur();
      return;
    }
    const row = held();
    if (event.key === "j" || (event.key === "ArrowDown" && row)) { event.preventDefault(); move(1); }
    else if (event.key === "k" || (event.key === "ArrowUp" && row)) { event.preventDefault(); move(-1); }
    else if (event.key === "x" && row && row.querySelector("[data-tick]")) row.querySelector("[data-tick]").requestSubmit();
    else if (event.key === "o" && row) show(row.querySelector("[data-item]"), () => part("detail").querySelector("dd a").click());
    else if (event.key === "a" && row) {
      event.preventDefault();
      show(row.querySelector("[data-item]"), () => { const field = document.querySelector("[data-assign]"); if (field) { field.focus(); field.select(); } });
    } else if (event.key === "/") {
      const field = document.querySelector("[data-submit] select");
      if (field) { event.preventDefault(); field.focus(); }
    }
  });

  // Small comforts -------------------------------------------------------------------------------------
  const print = document.querySelector("[data-print]");
  if (print) { print.hidden = false; print.addEventListener("click", () => window.print()); }
  const filters = document.querySelector("[data-filters]");
  if (filters && matchMedia("(max-width: 760px)").matches) filters.open = false;
  const procedure = document.querySelector("[data-submit]");
  if (procedure) {
    procedure.querySelector("button").hidden = true;
    procedure.querySelector("select").addEventListener("change", () => procedure.requestSubmit());
  }
})();
