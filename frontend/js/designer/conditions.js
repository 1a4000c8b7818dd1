// When a field is shown, put together from lists: one condition a line, all of them or any.
import { button, input, make, select } from "./dom.js";

const NOT_ASKED = ["repeat", "upload"];

function readLine(condition) {
  if (condition.not && condition.not.field && condition.not.values) return { ...condition.not, sign: "not" };
  if (condition.field && condition.values) return { ...condition, sign: "is" };
  if (condition.field && "at_least" in condition) return { ...condition, sign: "least" };
  return null;
}

function read(condition) {
  if (!condition) return { kind: "always", lines: [] };
  const kind = condition.any ? "any" : "all";
  const lines = (condition.any ?? condition.all ?? [condition]).map(readLine);
  return lines.includes(null) ? null : { kind, lines };
}

function write({ kind, lines }) {
  const said = lines
    .filter((line) => line.field)
    .map(({ field, sign, values, at_least: least }) => {
      if (sign === "least") return { field, at_least: Number(least) || 0 };
      const one = { field, values: values?.length ? values : [""] };
      return sign === "not" ? { not: one } : one;
    });
  if (kind === "always" || !said.length) return undefined;
  return said.length === 1 ? said[0] : { [kind]: said };
}

export function conditionBuilder(target, fields, words, change) {
  const box = make("fieldset", { css: "field designer-condition" }, [make("legend", { css: "field-label", text: words.condition })]);
  const state = read(target.condition);
  const set = () => change(write(state));
  if (!state) {
    box.append(make("p", { css: "muted small", text: words.handMade }), button(words.clear, () => change(undefined)));
    return box;
  }
  const others = fields.filter((field) => field !== target && !NOT_ASKED.includes(field.type));
  box.append(
    select([["always", words.always], ["all", words.allOf], ["any", words.anyOf]], state.kind, (kind) => {
      state.kind = kind;
      if (kind !== "always" && !state.lines.length && others.length) state.lines.push({ field: others[0].key, sign: "is", values: [] });
      set();
    }),
  );
  box.lastChild.setAttribute("aria-label", words.condition);
  if (state.kind === "always") return box;
  state.lines.forEach((line, number) => {
    const field = others.find((each) => each.key === line.field);
    const row = make("div", { css: "designer-rule" });
    const which = select([["", words.none], ...others.map((each) => [each.key, each.label || each.key])], line.field, (key) => {
      Object.assign(line, { field: key, values: [] });
      if (!key) state.lines.splice(number, 1);
      set();
    });
    const isNumber = ["number", "calculated"].includes(field?.type);
    const sign = select(isNumber ? [["least", words.atLeast]] : [["is", words.is], ["not", words.isNot]], isNumber ? "least" : line.sign, (value) => {
      line.sign = value;
      set();
    });
    if (isNumber) line.sign = "least";
    which.setAttribute("aria-label", words.condition);
    sign.setAttribute("aria-label", words.is);
    row.append(which, sign);
    if (line.sign === "least") {
      row.append(input(line.at_least ?? "", (value) => { line.at_least = value; set(); }, { inputmode: "decimal", "aria-label": words.atLeast }));
    } else if (field?.options?.length || field?.type === "boolean") {
      for (const option of field.options ?? ["是"]) {
        const tick = make("input", { css: "check-input", type: "checkbox", value: option });
        tick.checked = line.values?.includes(option);
        tick.addEventListener("change", () => {
          line.values = tick.checked ? [...(line.values ?? []), option] : line.values.filter((each) => each !== option);
          set();
        });
        row.append(make("label", { css: "choice" }, [tick, make("span", { text: option })]));
      }
    } else {
      row.append(input((line.values ?? []).join("、"), (value) => { line.values = value.split("、").map((each) => each.trim()).filter(Boolean); set(); }, { "aria-label": words.values, placeholder: words.values }));
    }
    box.append(row);
  });
  box.append(button(words.addCondition, () => { if (others.length) { state.lines.push({ field: others[0].key, sign: "is", values: [] }); set(); } }));
  return box;
}
