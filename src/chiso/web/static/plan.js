// What if: the outcome follows the sliders. Without this file the form does the same by its button.
"use strict";
(() => {
  const form = document.querySelector("[data-whatif]");
  if (!form) return;
  const part = (root) => root.querySelector('[data-part="outcome"]');
  const show = () => form.querySelector("[data-show]");
  show().hidden = true;
  let waiting = 0, wish = 0;
  const address = () => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (!name.startsWith("s_") || value !== "0") fields.append(name, value);
    return `${location.pathname}?${fields}`;
  };
  const load = async () => {
    waiting = 0;
    const mine = ++wish, wanted = address();
    let answer;
    try { answer = await fetch(wanted, { headers: { Accept: "text/html" } }); } catch { return; }
    if (!answer.ok || mine !== wish) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== wish || !part(fresh)) return;
    const reset = document.activeElement && document.activeElement.matches("[data-reset]");
    part(document).replaceWith(document.importNode(part(fresh), true));
    show().hidden = true;
    if (reset) form.querySelector("[data-reset]").focus();
    for (const told of fresh.querySelectorAll("[data-done]")) {
      const here = form.querySelector(`[data-done="${told.dataset.done}"]`);
      if (here) here.textContent = told.textContent;
    }
    history.replaceState(null, "", wanted);
  };
  const later = () => { if (!waiting) waiting = setTimeout(load, 120); };
  form.addEventListener("input", (event) => {
    if (event.target.type !== "range") return;
    event.target.parentElement.querySelector("output").textContent = `${event.target.value}%`;
    later();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); load(); });
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-reset]")) return;
    event.preventDefault();
    for (const one of form.querySelectorAll('input[type="range"]')) {
      one.value = "0";
      one.parentElement.querySelector("output").textContent = "0%";
    }
    later();
  });
})();
