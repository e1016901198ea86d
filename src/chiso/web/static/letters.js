// The letter editor: the draft follows what is written. Without this file the button shows it.
"use strict";
(() => {
  const form = document.querySelector("[data-letter-form]");
  const draft = document.querySelector("[data-letter-draft]");
  const inner = document.querySelector("[data-letter-inner]");
  if (!form || !draft || !inner) return;
  let waiting = 0, asked = 0;
  const fields = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && value.trim()) query.append(name, value);
    return query;
  };
  const show = async () => {
    const query = fields(), mine = ++asked;
    draft.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/steering/letters/preview?${query}`, { headers: { Accept: "text/html" } });
      const text = await answer.text();
      if (mine !== asked) return;
      if (answer.ok) {
        const template = inner.querySelector("input[type=file]");
        inner.innerHTML = text;
        const fresh = inner.querySelector("input[type=file]");
        if (template && fresh && template.files.length) fresh.replaceWith(template);
        history.replaceState(null, "", `/steering/letters/new?${query}`);
      }
    } finally {
      if (mine === asked) draft.setAttribute("aria-busy", "false");
    }
  };
  const later = (event) => {
    if (event.target.type === "date" && event.type === "input" && event.target.value === "") return;
    clearTimeout(waiting);
    waiting = setTimeout(show, 500);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); show(); });
})();
