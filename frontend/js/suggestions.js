// The list under a search box: arrows go through it, Enter opens what is marked, Escape puts it away. The box keeps the focus
// (WAI-ARIA combobox with a list), so that one goes on typing.
export function suggestions() {
  document.addEventListener("keydown", (event) => {
    const box = event.target instanceof Element ? event.target.closest("[data-suggests]") : null;
    if (!box || event.isComposing) return;
    const list = document.getElementById(box.dataset.suggests);
    const options = [...list.querySelectorAll("[role=option]")];
    if (event.key === "Escape" && options.length) {
      event.preventDefault();
      list.replaceChildren();
      mark(box, [], -1);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      const at = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
      const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? options.length - 1 : at - 1;
      mark(box, options, next >= options.length ? -1 : next);
    } else if (event.key === "Enter") {
      const chosen = options.find((each) => each.getAttribute("aria-selected") === "true");
      if (!chosen) return;
      event.preventDefault();
      chosen.click();
    }
  });
  document.addEventListener("htmx:after:settle", (event) => {
    const list = event.target instanceof Element ? event.target.closest(".suggestions") ?? event.target.querySelector?.(".suggestions") : null;
    const box = list && document.querySelector(`[data-suggests="${list.id}"]`);
    if (box) mark(box, [...list.querySelectorAll("[role=option]")], -1);
  });
}

function mark(box, options, at) {
  options.forEach((each, place) => each.setAttribute("aria-selected", String(place === at)));
  box.setAttribute("aria-expanded", String(options.length > 0));
  if (at >= 0) box.setAttribute("aria-activedescendant", options[at].id);
  else box.removeAttribute("aria-activedescendant");
  options[at]?.scrollIntoView({ block: "nearest" });
}
