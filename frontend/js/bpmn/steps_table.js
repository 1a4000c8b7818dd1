// The process as a table, for those who listen to it or don't drag: each node by its name, kind, handler, days and followers.
import { make, optionsOf } from "./dom.js";
import { kindOf, nameOf } from "./elements.js";
import { say } from "./words.js";

const titleOf = (list, value) => optionsOf(list).find((option) => option.value === (value ?? ""))?.title ?? value ?? "";

// From the start along the flows; what nothing leads to comes last.
export function inOrder(registry) {
  const nodes = registry.filter((each) => !["", "note"].includes(kindOf(each)) && each.type !== "label");
  const found = new Set();
  const waiting = nodes.filter((each) => kindOf(each) === "start");
  while (waiting.length) {
    const node = waiting.shift();
    if (found.has(node)) continue;
    found.add(node);
    waiting.push(...node.outgoing.filter((flow) => flow.type === "bpmn:SequenceFlow").map((flow) => flow.target));
  }
  return [...found, ...nodes.filter((each) => !found.has(each))];
}

function handlerOf(element) {
  const object = element.businessObject;
  const kind = kindOf(element);
  if (kind === "joint") {
    const names = (object.get("zt:departments") || "").split(",").filter(Boolean).map((code) => titleOf("departments", code));
    return names.join("、") || object.get("zt:departmentsFrom") || say("nobody");
  }
  if (kind === "review") return [titleOf("organisations", object.get("zt:organisation")), titleOf("roles", object.get("zt:role"))].join(" · ");
  if (kind === "table") return titleOf("tables", object.get("zt:table"));
  if (kind === "subprocess") return titleOf("processes", object.calledElement);
  return "";
}

export function startTable(modeler, body, choose) {
  const show = () => {
    const kept = body.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    const chosen = modeler.get("selection").get();
    body.replaceChildren(
      ...inOrder(modeler.get("elementRegistry")).map((element, number) => {
        const open = make("button", { type: "button", className: "process-open", onclick: () => choose(element) }, nameOf(element));
        open.dataset.key = element.id;
        if (chosen.includes(element)) open.setAttribute("aria-current", "true");
        const flows = element.outgoing.filter((flow) => flow.type === "bpmn:SequenceFlow");
        const next = flows.map((flow) => (flow.businessObject.name ? `${flow.businessObject.name} → ` : "") + nameOf(flow.target)).join("；");
        const days = element.businessObject.$instanceOf("bpmn:UserTask") ? element.businessObject.get("zt:days") : "";
        return make(
          "tr",
          { className: chosen.includes(element) ? "process-row-chosen" : "" },
          make("td", {}, String(number + 1)),
          make("th", { scope: "row" }, open),
          make("td", {}, say(`kind.${kindOf(element)}`)),
          make("td", {}, handlerOf(element)),
          make("td", {}, days ? say("someDays", { n: days }) : ""),
          make("td", {}, next || (kindOf(element) === "end" ? say("ends") : say("leadsNowhere"))),
        );
      }),
    );
    if (kept) body.querySelector(`[data-key="${CSS.escape(kept)}"]`)?.focus();
  };
  for (const event of ["import.done", "commandStack.changed", "selection.changed"]) modeler.on(event, show);
  show();
}
