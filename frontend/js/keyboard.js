// The workbench by keyboard: Ctrl K searches, j k move through the rows of a list, Enter opens, x selects; a button's
// data-key presses it, for what is selected or else for the row one is on. ? shows all keys; single ones can be switched off
// (WCAG 2.1.4), for people who speak to their computer.
const SINGLE = "zhengtong.single-keys";

export function keyboard() {
  const choice = document.querySelector("[data-single-keys]");
  if (choice) choice.checked = localStorage.getItem(SINGLE) !== "off";
  choice?.addEventListener("change", () => localStorage.setItem(SINGLE, choice.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return search(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (localStorage.getItem(SINGLE) === "off") return;
    if (event.key === "?") document.getElementById("shortcuts")?.showModal();
    else if (event.key === "/") search(event);
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x") currentRow()?.querySelector("input[type=checkbox]")?.click();
    else if (event.key === "Enter" && (event.target === document.body || event.target.closest("tr.row-current input"))) open(event);
    else if (/^[a-z]$/.test(event.key)) press(event.key);
  });
}

function search(event) {
  const box = [...document.querySelectorAll("[data-search]")].find((each) => each.getClientRects().length);
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
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
  (next.querySelector("a.row-link") ?? next.querySelector("a, input"))?.focus({ preventScroll: true });
}

// In the row's check box Enter would send the form of what is selected.
function open(event) {
  const link = currentRow()?.querySelector("a.row-link");
  if (!link) return;
  event.preventDefault();
  link.click();
}

function press(key) {
  const button = document.querySelector(`button[data-key="${key}"]`);
  if (!button) return;
  // One that needs nothing ticked, as the officer's who calls the next number.
  if ("keyAlone" in button.dataset) return button.click();
  const boxes = "table[data-rows] tbody input[type=checkbox]";
  if (!document.querySelector(`${boxes}:checked`)) currentRow()?.querySelector("input[type=checkbox]")?.click();
  if (document.querySelector(`${boxes}:checked`)) button.click();
}
