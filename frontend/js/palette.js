// The workbench's search box offers hits while one types: a combobox with a list box (WAI-ARIA), by mouse and by keyboard.
// Without this script the box is a plain form.
const WAIT = 150;

export function palette() {
  const form = document.querySelector("form.desk-search");
  const input = form?.querySelector("[data-search]");
  if (!input || form.dataset.ready) return;
  form.dataset.ready = "1";
  const list = document.createElement("div");
  Object.assign(list, { id: "search-offers", className: "offers", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.getAttribute("aria-label"));
  form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": list.id, "aria-expanded": "false", "aria-autocomplete": "list" })) input.setAttribute(name, value);
  follow(form, input, list);
}

function follow(form, input, list) {
  const address = new URL("offers/", new URL(form.action, location.href));
  const offers = () => [...list.children];
  let timer, running;
  let isComposing = false;

  function show(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) choose(null);
  }

  function choose(offer) {
    for (const each of offers()) each.setAttribute("aria-selected", String(each === offer));
    if (offer) {
      input.setAttribute("aria-activedescendant", offer.id);
      offer.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    running?.abort();
    const typed = input.value.trim();
    if (!typed) return show(false);
    running = new AbortController();
    address.search = new URLSearchParams({ q: typed });
    try {
      const answer = await fetch(address, { signal: running.signal, headers: { "X-Requested-With": "XMLHttpRequest" } });
      // Signed out, or an error page: the form itself then says so.
      if (!answer.ok || answer.redirected) return show(false);
      list.innerHTML = await answer.text();
      show(document.activeElement === input && list.childElementCount > 0);
    } catch {
      // Typed on, or no network: what is offered stays as it was.
    }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  }

  input.addEventListener("compositionstart", () => (isComposing = true));
  input.addEventListener("compositionend", () => {
    isComposing = false;
    later();
  });
  input.addEventListener("input", () => isComposing || later());
  input.addEventListener("keydown", (event) => {
    if (isComposing || event.isComposing) return;
    const all = offers();
    const chosen = all.find((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") {
      if (list.hidden) return;
      event.preventDefault(); // the list closes; what is typed stays
      event.stopPropagation();
      show(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length) return;
      event.preventDefault();
      if (list.hidden) show(true);
      const at = all.indexOf(chosen);
      const up = at === -1 ? all.length - 1 : at - 1;
      // Above the first and below the last lies the box itself.
      choose(all[event.key === "ArrowDown" ? at + 1 : up] ?? null);
    } else if (event.key === "Enter" && chosen && !list.hidden) {
      event.preventDefault();
      chosen.click();
    }
  });
  input.addEventListener("focus", () => input.value.trim() && list.childElementCount && show(true));
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || show(false));
  // The box keeps the focus until the click, so that leaving it doesn't take the list away first.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}
