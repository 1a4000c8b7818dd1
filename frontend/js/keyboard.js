// The workbench by keyboard: Ctrl K searches, j k move through the rows of a list, Enter opens, x selects; a button's
// data-key presses it, for what is selected or else for the row one is on.
export function keyboard() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x") currentRow()?.querySelector("input[type=checkbox]")?.click();
    else if (event.key === "Enter" && event.target === document.body) currentRow()?.querySelector("a.row-link")?.click();
    else if (/^[a-z]$/.test(event.key)) press(event.key);
  });
}

function isTyping(target) {
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === "INPUT" && !/^(checkbox|radio)$/.test(target.type));
}

const currentRow = () => document.querySelector("table[data-rows] tr.row-current");

function move(by) {
  const rows = [...document.querySelectorAll("table[data-rows] tbody tr")];
  if (!rows.length) return;
  const at = rows.indexOf(currentRow());
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  rows[at]?.classList.remove("row-current");
  next.classList.add("row-current");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a.row-link, a, input")?.focus({ preventScroll: true });
}

function press(key) {
  const button = document.querySelector(`button[data-key="${key}"]`);
  if (!button) return;
  const boxes = "table[data-rows] tbody input[type=checkbox]";
  if (!document.querySelector(`${boxes}:checked`)) currentRow()?.querySelector("input[type=checkbox]")?.click();
  if (document.querySelector(`${boxes}:checked`)) button.click();
}
