// Passwords: a button that shows them, and how easily a new one is guessed. Without this file the form says the
// same once it is sent.
"use strict";
(() => {
  for (const form of document.querySelectorAll("form[data-show]")) {
    const fields = form.querySelectorAll('input[type="password"]'), button = document.createElement("button");
    button.type = "button";
    button.className = "reveal";
    let shown = false;
    const turn = (to) => {
      shown = to;
      for (const field of fields) field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    };
    button.textContent = form.dataset.show;
    button.addEventListener("click", () => turn(!shown));
    // Never sent as a text: browsers remember those.
    form.addEventListener("submit", () => turn(false));
    turn(false);
    fields[fields.length - 1].closest("label").after(button);
  }
  const field = document.querySelector("[data-strength]");
  if (!field) return;
  const meter = document.querySelector("[data-meter]"), words = document.querySelector("[data-words]");
  let waiting = 0, wish = 0;
  const rate = async () => {
    const mine = ++wish, fields = new URLSearchParams();
    fields.append("_csrf_token", field.form.elements._csrf_token.value);
    fields.append("new", field.value);
    let answer;
    try { answer = await fetch(field.dataset.strength, { method: "POST", body: fields }); } catch { return; }
    if (mine !== wish || !answer.ok) return;
    const told = await answer.json();
    if (mine !== wish) return;
    meter.value = told.score;
    words.textContent = told.words;
    meter.hidden = words.hidden = false;
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (field.value) waiting = setTimeout(rate, 300);
    else { wish++; meter.hidden = words.hidden = true; }
  });
})();
