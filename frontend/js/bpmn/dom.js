// Controls of the properties panel, made one by one: nothing that is typed ever becomes markup.
import { say } from "./words.js";

let made = 0;

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "for" || name === "scope" || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function button(text, click, { tone = "quiet", key = "", label = "" } = {}) {
  const found = make("button", { type: "button", className: `button button-${tone} button-small`, onclick: click }, text);
  if (key) found.dataset.key = key;
  if (label) found.setAttribute("aria-label", label);
  return found;
}

export function labelled(label, control, hint = "") {
  control.id ||= `process-control-${(made += 1)}`;
  const box = make("div", { className: "process-field" }, make("label", { className: "process-label", for: control.id }, label), control);
  if (hint) {
    const note = make("p", { className: "process-hint", id: `${control.id}-hint` }, hint);
    control.setAttribute("aria-describedby", note.id);
    box.append(note);
  }
  return box;
}

export function input(key, value, change, { type = "text", ...more } = {}) {
  const found = make("input", { type, className: "input process-input", value: value ?? "", ...more });
  found.dataset.key = key;
  found.addEventListener("change", () => change(found.value.trim()));
  return found;
}

export function choice(key, options, value, change) {
  const found = make("select", { className: "select process-input" });
  found.dataset.key = key;
  const known = options.some((option) => option.value === (value ?? ""));
  // What an uploaded file says and we don't know stays visible, until another is chosen.
  for (const option of known ? options : [...options, { value, title: say("unknownValue", { value }) }]) {
    found.append(new Option(option.title, option.value, false, option.value === (value ?? "")));
  }
  found.addEventListener("change", () => change(found.value));
  return found;
}

export function checks(key, legend, options, chosen, change) {
  const box = make("fieldset", { className: "process-checks" }, make("legend", { className: "process-label" }, legend));
  const list = make("div", { className: "process-checks-list", tabIndex: 0, role: "group", "aria-label": legend });
  const selected = new Set(chosen);
  const known = new Set(options.map((option) => option.value));
  for (const option of [...options, ...[...selected].filter((each) => !known.has(each)).map((value) => ({ value, title: value }))]) {
    const tick = make("input", { type: "checkbox", checked: selected.has(option.value) });
    tick.dataset.key = `${key}:${option.value}`;
    tick.addEventListener("change", () => {
      if (tick.checked) selected.add(option.value);
      else selected.delete(option.value);
      change([...selected]);
    });
    list.append(make("label", { className: "process-check" }, tick, make("span", {}, option.title)));
  }
  box.append(list);
  return box;
}

export function optionsOf(name) {
  return JSON.parse(document.getElementById("process-options").textContent)[name] ?? [];
}
