// Rows that are put in order by dragging or by their buttons; without this the server moves them, with a page each time.
import Sortable from "sortablejs";

export function sortables(root) {
  for (const list of root.querySelectorAll("[data-sortable]:not([data-ready])")) {
    list.dataset.ready = "1";
    Sortable.create(list, { handle: "[data-handle]", draggable: "[data-row]", animation: 0, forceFallback: true, onEnd: () => settle(list) });
    settle(list, true);
  }
}

export function moves() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sortable] [data-move], [data-sortable] [data-remove]");
    if (!button) return;
    event.preventDefault();
    const list = button.closest("[data-sortable]");
    const row = button.closest("[data-row]");
    if (button.hasAttribute("data-remove")) {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      next?.querySelector("button:not([tabindex])")?.focus();
    } else {
      const other = button.dataset.move === "up" ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (button.dataset.move === "up") other.before(row);
      else other.after(row);
      button.focus();
    }
    settle(list);
  });
}

function settle(list, isQuiet = false) {
  const rows = [...list.querySelectorAll(":scope > [data-row]")];
  rows.forEach((row, place) => {
    const number = row.querySelector("[data-row-number]");
    if (number) number.textContent = String(place + 1);
    toggle(row.querySelector("[data-move=up]"), place === 0);
    toggle(row.querySelector("[data-move=down]"), place === rows.length - 1);
  });
  if (!isQuiet) list.closest("form")?.dispatchEvent(new Event("arranged", { bubbles: true }));
}

function toggle(button, isOff) {
  if (isOff) button?.setAttribute("aria-disabled", "true");
  else button?.removeAttribute("aria-disabled");
}
