// What a node asks of its handler: a small table of fields, kept as JSON in the drawing.
import { button, choice, input, make, optionsOf } from "./dom.js";
import { say } from "./words.js";

function read(text) {
  try {
    const found = JSON.parse(text || "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

const CHOSEN = new Set(["choice", "multichoice"]);

export function fieldsEditor(text, change) {
  const rows = read(text);
  const body = make("div", { className: "process-rows" });
  const keep = () => change(rows.length ? JSON.stringify(rows) : undefined);

  function freeKey() {
    for (let number = rows.length + 1; ; number += 1) if (!rows.some((row) => row.key === `field_${number}`)) return `field_${number}`;
  }

  function rowOf(row, number) {
    const set = (name, value) => {
      if (value === "" || value === undefined || value.length === 0) delete row[name];
      else row[name] = value;
      keep();
    };
    const named = (control, name) => {
      control.setAttribute("aria-label", `${say("fieldNumber", { n: number + 1 })} ${say(name)}`);
      control.placeholder = say(name);
      return control;
    };
    const tick = make("input", { type: "checkbox", checked: row.is_required !== false });
    tick.addEventListener("change", () => set("is_required", tick.checked));
    const box = make(
      "div",
      { className: "process-row" },
      named(input(`field-label-${number}`, row.label, (value) => set("label", value)), "fieldLabel"),
      named(input(`field-key-${number}`, row.key, (value) => set("key", value), { pattern: "[a-z][a-z0-9_]*" }), "fieldKey"),
      named(choice(`field-type-${number}`, optionsOf("fieldTypes"), row.type ?? "text", (value) => {
        set("type", value);
        show();
      }), "fieldType"),
      make("label", { className: "process-check" }, tick, make("span", {}, say("required"))),
      button(say("removeRow"), () => {
        rows.splice(number, 1);
        keep();
        show();
      }, { label: say("removeRowNumber", { n: number + 1 }) }),
    );
    if (CHOSEN.has(row.type)) {
      const split = (value) => value.split(/[,，、]/).map((each) => each.trim()).filter(Boolean);
      box.append(named(input(`field-options-${number}`, (row.options ?? []).join("，"), (value) => set("options", split(value))), "fieldOptions"));
    }
    return box;
  }

  function show() {
    body.replaceChildren(...rows.map(rowOf));
  }
  show();
  const add = button(say("addField"), () => {
    rows.push({ key: freeKey(), label: "", type: "text", is_required: true });
    keep();
    show();
    body.lastElementChild.querySelector("input").focus();
  }, { key: "add-field" });
  return make("fieldset", { className: "process-checks" }, make("legend", { className: "process-label" }, say("fields")), body, add);
}
