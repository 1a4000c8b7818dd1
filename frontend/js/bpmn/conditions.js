// A condition: typed, checked by the server while it is typed, with the names that it may use.
import { csrfToken } from "../csrf.js";
import { labelled, make, optionsOf } from "./dom.js";
import { kindOf, nameOf } from "./elements.js";
import { say } from "./words.js";

const QUIET = 400; // ms without typing before asking

// What the applicant answers and what the case is, from the server; what earlier nodes decide and ask, from the drawing.
export function namesFor(modeler) {
  const found = [...optionsOf("names")];
  for (const element of modeler.get("elementRegistry").filter((each) => ["review", "joint", "table"].includes(kindOf(each)))) {
    const object = element.businessObject;
    const name = nameOf(element);
    if (kindOf(element) === "table") {
      const table = optionsOf("tables").find((each) => each.value === object.get("zt:table"));
      for (const output of table?.outputs ?? []) found.push({ name: `table.${table.value}.${output.key}`, title: `${table.title} · ${output.title}` });
      continue;
    }
    found.push({ name: `outcome.${object.id}`, title: say("outcomeOf", { name }), values: (object.get("zt:outcomes") || "").split(/[,，]/).filter(Boolean) });
  }
  return found;
}

export function conditionField(modeler, designer, { key, label, value, change }) {
  const area = make("textarea", { className: "textarea process-input process-expression", rows: 2, value: value ?? "", spellcheck: false });
  area.dataset.key = key;
  const verdict = make("p", { className: "process-verdict", role: "status" });
  let timer = 0;
  let asked = 0;

  const tell = (text, tone) => {
    verdict.textContent = text;
    verdict.dataset.tone = tone;
    area.toggleAttribute("data-wrong", tone === "danger");
  };
  async function check() {
    const expression = area.value.trim();
    const mine = (asked += 1);
    if (!expression) return tell("", "");
    const body = JSON.stringify({ expression, names: namesFor(modeler).map((each) => each.name) });
    try {
      const response = await fetch(designer.dataset.expression, {
        method: "POST",
        body,
        redirect: "manual",
        headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/json", Accept: "application/json" },
      });
      if (mine !== asked || !response.ok) return;
      const { problem } = await response.json();
      tell(problem || say("expressionHolds"), problem ? "danger" : "success");
    } catch {
      // Without a network it is checked at the next saving.
    }
  }
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, QUIET);
  });
  area.addEventListener("change", () => change(area.value.trim()));
  if (value) check();

  const put = (text) => {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    area.dispatchEvent(new Event("input"));
    change(area.value.trim());
  };
  const list = make("ul", { className: "process-names" });
  for (const { name, title, values = [] } of namesFor(modeler)) {
    const item = make("li", {}, make("button", { type: "button", className: "process-name", onclick: () => put(name) }, make("code", {}, name), ` ${title}`));
    if (values.length) {
      const sample = `${name} == "${values[0].trim()}"`;
      item.append(make("button", { type: "button", className: "process-name", onclick: () => put(sample) }, make("code", {}, sample)));
    }
    list.append(item);
  }
  return make(
    "div",
    { className: "process-condition" },
    labelled(label, area),
    verdict,
    make("details", { className: "process-names-box" }, make("summary", {}, say("names")), list),
  );
}
