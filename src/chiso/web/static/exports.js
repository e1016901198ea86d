// Copies a text; without this file one selects it by hand.
"use strict";
(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(source.value); } catch { source.select(); document.execCommand("copy"); }
      document.querySelector("[data-copied]").textContent = button.dataset.done;
    });
  }
})();
