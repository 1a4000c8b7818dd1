// Rows of a form that are added and removed without a page: the last one, emptied, is what a new one looks like.
const ROWS = "[data-more-rows]";

export function showRowButtons(root) {
  for (const box of root.querySelectorAll(ROWS)) {
    for (const button of box.querySelectorAll("[data-row-add], [data-row-remove]")) button.hidden = false;
  }
}

function empty(row) {
  for (const control of row.querySelectorAll("input, textarea")) {
    control.value = "";
    control.removeAttribute("id");
  }
}

function add(box) {
  const rows = box.querySelectorAll("[data-row]");
  const last = rows[rows.length - 1];
  const made = last.cloneNode(true);
  empty(made);
  last.after(made);
  made.querySelector("input, textarea")?.focus();
}

function remove(box, row) {
  const beside = row.previousElementSibling ?? row.nextElementSibling;
  // One row always stays: it is what the others are copied from.
  if (box.querySelectorAll("[data-row]").length === 1) empty(row);
  else row.remove();
  (beside?.querySelector("input, textarea") ?? box.querySelector("[data-row-add]"))?.focus();
}

export function moreRows() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-row-add], [data-row-remove]") : null;
    const box = button?.closest(ROWS);
    if (!box) return;
    if (button.hasAttribute("data-row-add")) add(box);
    else remove(box, button.closest("[data-row]"));
  });
}
