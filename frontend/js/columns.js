// The choice of columns: a line goes up or down in place; without this the server does it, with a page each time.
export function columnChoice() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".column-choice button[name=up], .column-choice button[name=down]");
    if (!button) return;
    event.preventDefault();
    const line = button.closest("li");
    const other = button.name === "up" ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (button.name === "up") other.before(line);
    else other.after(line);
    button.focus();
    for (const each of line.parentElement.children) {
      toggle(each.querySelector("button[name=up]"), !each.previousElementSibling);
      toggle(each.querySelector("button[name=down]"), !each.nextElementSibling);
    }
  });
}

function toggle(button, isOff) {
  if (isOff) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}
