// The form as it is drawn: sections and fields as cards that are dragged, or moved with buttons and Alt with the arrows.
import Sortable from "sortablejs";
import { button, make } from "./dom.js";

export function drawPalette(model, element, data, words) {
  const types = Object.entries(data.types).map(([type, name]) => {
    const card = button(name, () => model.add(type, name), { css: "button button-secondary button-small designer-type" });
    card.dataset.type = type;
    return card;
  });
  element.append(...types, button(`＋ ${words.section}`, () => model.addSection(words.newSection), { css: "button button-quiet button-small" }));
  Sortable.create(element, { group: { name: "fields", pull: "clone", put: false }, sort: false, draggable: "[data-type]", forceFallback: true, fallbackTolerance: 4 });
}

export function drawCanvas(model, element, data, words, announce) {
  const wrong = new Map();
  for (const { place, message } of model.findings ?? []) wrong.set(place, [...(wrong.get(place) ?? []), message]);
  const isSame = (place) => JSON.stringify(model.chosen) === JSON.stringify(place);

  const acts = (place, name) => {
    const move = (by) => {
      const at = model.move(place, by);
      if (at) announce(words.moved.replace("{name}", name).replace("{n}", at));
    };
    return make("span", { css: "designer-acts" }, [
      button("↑", () => move(-1), { label: `${words.up} ${name}` }),
      button("↓", () => move(1), { label: `${words.down} ${name}` }),
      button("×", () => model.remove(place), { label: `${words.remove} ${name}` }),
    ]);
  };

  const card = (field, place, prefix = "") => {
    const name = field.label || field.key || "—";
    const said = wrong.get(prefix + field.key) ?? [];
    const chooser = make("button", { css: "designer-choose", type: "button", "aria-pressed": isSame(place) ? "true" : "false" }, [
      make("span", { css: "designer-name", text: name }),
      make("span", { css: "muted small", text: [data.types[field.type] ?? field.type, field.required === false || field.type === "calculated" ? "" : words.required, field.condition ? words.condition : ""].filter(Boolean).join(" · ") }),
    ]);
    chooser.addEventListener("click", () => model.choose(place));
    chooser.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const at = model.move(place, event.key === "ArrowUp" ? -1 : 1);
      if (at) announce(words.moved.replace("{name}", name).replace("{n}", at));
    });
    const item = make("li", { css: `designer-field${isSame(place) ? " is-chosen" : ""}${said.length ? " is-wrong" : ""}` }, [
      make("div", { css: "designer-line" }, [make("span", { css: "designer-handle", text: "⠿", title: words.drag, "aria-hidden": "true" }), chooser, acts(place, name)]),
      ...said.map((text) => make("p", { css: "field-error small", text })),
    ]);
    item.dataset.place = JSON.stringify(place);
    if (field.type === "repeat") {
      item.append(make("ol", { css: "designer-columns" }, (field.fields ?? []).map((each, column) => card(each, { ...place, column }, `${field.key}.`))));
    }
    return item;
  };

  const hadFocus = element.contains(document.activeElement);
  element.replaceChildren(
    ...model.form.map((section, number) => {
      const place = { section: number };
      const title = make("button", { css: "designer-choose designer-title", type: "button", text: section.title || section.key, "aria-pressed": isSame(place) ? "true" : "false" });
      title.addEventListener("click", () => model.choose(place));
      const list = make("ol", { css: "designer-fields" }, (section.fields ?? []).map((field, at) => card(field, { section: number, field: at })));
      list.dataset.section = number;
      if (!section.fields?.length) list.append(make("li", { css: "muted small designer-empty", text: words.empty }));
      sort(model, list, data);
      const said = wrong.get(section.key) ?? [];
      return make("section", { css: `panel designer-section${isSame(place) ? " is-chosen" : ""}` }, [
        make("div", { css: "designer-line" }, [title, acts(place, section.title ?? "")]),
        ...said.map((text) => make("p", { css: "field-error small", text })),
        list,
      ]);
    }),
  );
  if (!model.form.length) element.append(make("p", { css: "muted panel", text: words.empty }));
  if (hadFocus) element.querySelector('[aria-pressed="true"]')?.focus();
}

function sort(model, list, data) {
  const section = Number(list.dataset.section);
  Sortable.create(list, {
    group: { name: "fields", pull: true, put: true },
    handle: ".designer-handle",
    draggable: ".designer-field",
    animation: 0,
    // Buttons are dragged by no browser of its own accord.
    forceFallback: true,
    fallbackTolerance: 4,
    onAdd({ item, newDraggableIndex, pullMode }) {
      if (pullMode !== "clone") return;
      const { type } = item.dataset;
      item.remove();
      setTimeout(() => model.add(type, data.types[type], { section, field: newDraggableIndex }));
    },
    onEnd({ item, to, newDraggableIndex }) {
      if (to.dataset.section === undefined || !item.dataset.place) return;
      const from = JSON.parse(item.dataset.place);
      setTimeout(() => model.carry(from, { section: Number(to.dataset.section), field: newDraggableIndex }));
    },
  });
}
