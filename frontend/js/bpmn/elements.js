// The kinds of elements that a process may have here, and how a new one is made.
import { say } from "./words.js";

export const KINDS = {
  start: { type: "bpmn:StartEvent", icon: "bpmn-icon-start-event-none", stem: "start" },
  review: { type: "bpmn:UserTask", icon: "bpmn-icon-user-task", stem: "step" },
  joint: { type: "bpmn:UserTask", icon: "bpmn-icon-participant", stem: "joint", attributes: { "zt:kind": "joint" } },
  branch: { type: "bpmn:ExclusiveGateway", icon: "bpmn-icon-gateway-xor", stem: "branch" },
  inclusive: { type: "bpmn:InclusiveGateway", icon: "bpmn-icon-gateway-or", stem: "choice" },
  parallel: { type: "bpmn:ParallelGateway", icon: "bpmn-icon-gateway-parallel", stem: "fork" },
  table: { type: "bpmn:BusinessRuleTask", icon: "bpmn-icon-business-rule", stem: "rule" },
  subprocess: { type: "bpmn:CallActivity", icon: "bpmn-icon-call-activity", stem: "sub" },
  end: { type: "bpmn:EndEvent", icon: "bpmn-icon-end-event-none", stem: "end" },
  note: { type: "bpmn:TextAnnotation", icon: "bpmn-icon-text-annotation", stem: "note" },
};

export const APPENDED = ["review", "joint", "branch", "inclusive", "parallel", "table", "subprocess", "end"];
const NAMED = new Set(["start", "review", "joint", "table", "subprocess", "end"]);

export function kindOf(element) {
  if (element.type === "bpmn:UserTask") return element.businessObject.get("zt:kind") === "joint" ? "joint" : "review";
  const known = Object.keys(KINDS).find((kind) => KINDS[kind].type === element.type);
  // What an uploaded file brings beside these can be looked at, named and removed.
  return known ?? (element.businessObject?.$instanceOf?.("bpmn:FlowNode") && element.type !== "label" ? "other" : "");
}

export function nameOf(element) {
  const object = element.businessObject;
  return object.name || object.text || say(`kind.${kindOf(element)}`) || object.id;
}

// Names of outcomes and answers are written with the node's id in conditions, so it is one that can be read.
export class ProcessElements {
  constructor(elementFactory, bpmnFactory, elementRegistry, moddle) {
    Object.assign(this, { elementFactory, bpmnFactory, elementRegistry, moddle });
  }

  freeId(stem) {
    for (let number = 1; ; number += 1) {
      const id = `${stem}_${number}`;
      if (!this.elementRegistry.get(id) && !this.moddle.ids.assigned(id)) return id;
    }
  }

  make(kind) {
    const { type, stem, attributes = {} } = KINDS[kind];
    const named = NAMED.has(kind) ? { name: say(`kind.${kind}`) } : {};
    const businessObject = this.bpmnFactory.create(type, { id: this.freeId(stem), ...named, ...attributes });
    return this.elementFactory.createShape({ type, businessObject });
  }
}
ProcessElements.$inject = ["elementFactory", "bpmnFactory", "elementRegistry", "moddle"];
