// What is chosen, to be set: its words, its limits, where its answer comes from, when it is asked.
import { conditionBuilder } from "./conditions.js";
import { button, check, input, labelled, make, select } from "./dom.js";

const TEXTS = ["text", "textarea", "address"];

export function drawProperties(model, element, data, words, ask) {
  const place = model.chosen;
  const target = model.at(place);
  if (!target) {
    element.replaceChildren(make("p", { css: "muted", text: words.chooseOne }));
    return;
  }
  const set = (name, value, what = "choice") =>
    model.change(() => {
      if (value === undefined || value === "") delete target[name];
      else target[name] = value;
    }, what);
  const text = (name, title = words[name], hint = "") => labelled(title, input(target[name], (value) => set(name, value.trim(), "words")), hint);
  const number = (name, title = words[name]) =>
    labelled(title, input(target[name], (value) => set(name, value.trim() === "" ? undefined : Number.isFinite(Number(value)) ? Number(value) : value, "words"), { inputmode: "decimal" }));
  const area = (name, title, value, read) => {
    const box = make("textarea", { css: "textarea", rows: 4 });
    box.value = value;
    box.addEventListener("change", () => set(name, read(box.value), "words"));
    return labelled(title, box);
  };
  const siblings = place.column !== undefined ? model.at({ section: place.section, field: place.field }).fields : [...data.questions, ...model.form.flatMap((section) => section.fields ?? [])];
  const when = conditionBuilder(target, siblings, words, (condition) => set("condition", condition));

  if (place.field === undefined) {
    element.replaceChildren(text("title"), text("key", words.key, words.keyHelp), area("help", words.help, target.help ?? "", (value) => value.trim()), when);
    return;
  }
  const parts = [text("label"), text("key", words.key, words.keyHelp)];
  const types = Object.entries(data.types).filter(([type]) => place.column === undefined || !data.notInRows.includes(type));
  parts.push(labelled(words.type, select(types, target.type, (type) => set("type", type))));
  parts.push(area("help", words.help, target.help ?? "", (value) => value.trim()));
  if (target.type !== "calculated") parts.push(check(words.required, target.required ?? true, (value) => set("required", value)));
  parts.push(check(words.personal, target.personal, (value) => set("personal", value || undefined)));
  if (["choice", "multichoice"].includes(target.type)) {
    parts.push(area("options", words.options, (target.options ?? []).join("\n"), (value) => value.split("\n").map((each) => each.trim()).filter(Boolean)));
  }
  if (target.type === "dictionary") parts.push(labelled(words.dictionary, select([["", words.none], ...Object.entries(data.dictionaries)], target.dictionary, (value) => set("dictionary", value))));
  if (TEXTS.includes(target.type)) parts.push(number("max_length"), text("pattern"), text("message"));
  if (target.type === "number") parts.push(number("min"), number("max"), number("decimals"));
  if (target.type === "upload") parts.push(number("max_files"));
  if (target.type === "calculated") parts.push(formulaBox(model, target, place, words, ask, set), number("decimals"));
  if (target.type === "repeat") {
    const choices = [["", words.addField], ...Object.entries(data.types).filter(([type]) => !data.notInRows.includes(type))];
    const add = select(choices, "", (type) => type && model.addColumn(place, type, data.types[type]));
    parts.push(number("min_rows"), number("max_rows"), labelled(words.rows, add));
  }
  if (place.column === undefined && target.type !== "repeat") {
    parts.push(labelled(words.prefill, select([["", words.none], ...Object.entries(data.prefills)], target.prefill, (value) => set("prefill", value))), text("element"));
  }
  parts.push(when, button(words.remove, () => model.remove(place), { css: "button button-quiet button-small" }));
  element.replaceChildren(...parts);
}

function formulaBox(model, target, place, words, ask, set) {
  const box = input(target.formula, (value) => set("formula", value.trim(), "words"), { spellcheck: "false" });
  const field = labelled(words.formula, box, words.formulaHelp);
  const note = make("p", { css: "small", role: "status" });
  field.append(note);
  let timer = 0;
  const group = place.column === undefined ? "" : `${model.at({ section: place.section, field: place.field }).key}.`;
  const look = async () => {
    const was = target.formula;
    target.formula = box.value.trim();
    const form = structuredClone(model.form);
    target.formula = was;
    const { answer } = await ask({ act: "formula", formula: box.value, place: group + target.key, form });
    if (!answer) return;
    note.className = answer.error ? "field-error small" : "muted small";
    note.textContent = answer.error || words.formulaRight.replace("{names}", (answer.names ?? []).join("、"));
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 300);
  });
  return field;
}
