// Small makers of elements: text only, so that what an office types never becomes markup.
export function make(name, { css = "", text = "", ...attributes } = {}, children = []) {
  const element = document.createElement(name);
  if (css) element.className = css;
  if (text) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export function button(text, act, { css = "button button-quiet button-small", label = "" } = {}) {
  const element = make("button", { css, text, type: "button", "aria-label": label || null });
  element.addEventListener("click", act);
  return element;
}

export function labelled(text, control, hint = "") {
  const id = `designer-${labelled.count++}`;
  control.id = id;
  const parts = [make("label", { css: "field-label", text, for: id })];
  if (hint) parts.push(make("p", { css: "field-hint", text: hint }));
  return make("div", { css: "field" }, [...parts, control]);
}
labelled.count = 0;

export function input(value, change, attributes = {}) {
  const element = make("input", { css: "input", type: "text", autocomplete: "off", ...attributes });
  element.value = value ?? "";
  element.addEventListener("change", () => change(element.value));
  return element;
}

export function select(choices, value, change) {
  const element = make("select", { css: "select" }, choices.map(([code, text]) => make("option", { value: code, text })));
  element.value = value ?? "";
  element.addEventListener("change", () => change(element.value));
  return element;
}

export function check(text, value, change) {
  const box = make("input", { css: "check-input", type: "checkbox" });
  box.checked = Boolean(value);
  box.addEventListener("change", () => change(box.checked));
  return make("label", { css: "choice" }, [box, make("span", { text })]);
}
