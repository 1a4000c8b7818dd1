// A list that is kept up to date: its rows come again every half minute while somebody looks at them. The row one is
// on stays the current one; nothing comes while the page is hidden, a dialog is open or a filter is being typed.
const EVERY = 30_000;

export function live() {
  setInterval(() => {
    if (document.hidden || document.querySelector("dialog[open]") || document.activeElement?.closest("form.filters")) return;
    for (const list of document.querySelectorAll("[data-live]")) list.dispatchEvent(new CustomEvent("refresh"));
  }, EVERY);
  let current = null;
  document.addEventListener("htmx:before:swap", () => {
    current = document.querySelector("[data-live] tr.row-current a.row-link")?.getAttribute("href") ?? null;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!current) return;
    for (const link of document.querySelectorAll("[data-live] a.row-link")) {
      const isOn = link.getAttribute("href") === current;
      link.closest("tr").classList.toggle("row-current", isOn);
      if (isOn && !document.activeElement?.closest("[data-live]")) link.focus({ preventScroll: true });
    }
  });
}
