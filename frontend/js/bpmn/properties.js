// The properties of the chosen element, beside the drawing; the same panel serves who works with the table.
import { conditionField } from "./conditions.js";
import { button, checks, choice, input, labelled, make, optionsOf } from "./dom.js";
import { APPENDED, kindOf, nameOf } from "./elements.js";
import { fieldsEditor } from "./node_fields.js";
import { say } from "./words.js";

const ID = /^[a-z][a-z0-9_]*$/i;
const BRANCHES = new Set(["branch", "inclusive"]);
const split = (text) => (text || "").split(/[,，]/).map((each) => each.trim()).filter(Boolean);

export class Properties {
  constructor(modeler, panel, designer) {
    this.modeler = modeler;
    this.panel = panel;
    this.designer = designer;
    this.element = null;
    this.isOwn = false;
    modeler.on("selection.changed", ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
    modeler.on("commandStack.changed", () => {
      // What a listener returns would keep the event from the others.
      if (!this.isOwn) this.show(this.element);
    });
  }

  get modeling() {
    return this.modeler.get("modeling");
  }

  // A change made here doesn't build the panel anew: the focus would be lost.
  set(values, { again = false } = {}) {
    this.isOwn = true;
    try {
      this.modeling.updateProperties(this.element, values);
    } finally {
      this.isOwn = false;
    }
    if (again) this.show(this.element);
  }

  // What is being typed is kept though another element is chosen: no browser reports the change of a box that is gone.
  keepTyped() {
    const box = document.activeElement;
    const isTyped = this.panel.contains(box) && box.matches("input:not([type=checkbox]), textarea") && box.value !== box.defaultValue;
    if (isTyped && this.element && this.modeler.get("elementRegistry").get(this.element.id)) {
      box.defaultValue = box.value;
      box.dispatchEvent(new Event("change"));
    }
  }

  show(element) {
    const registry = this.modeler.get("elementRegistry");
    this.keepTyped();
    let found = element?.labelTarget ?? element;
    if (!found || !registry.get(found.id)) found = this.modeler.get("canvas").getRootElement();
    this.element = found;
    const kept = this.panel.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    this.panel.replaceChildren(...this.sections(found).filter(Boolean));
    if (kept) this.panel.querySelector(`[data-key="${CSS.escape(kept)}"]`)?.focus();
  }

  sections(element) {
    const object = element.businessObject;
    if (object.$instanceOf("bpmn:Process")) return this.ofProcess(object);
    if (object.$instanceOf("bpmn:SequenceFlow")) return this.ofFlow(element, object);
    const kind = kindOf(element);
    const head = make("h2", { className: "panel-title" }, say(`kind.${kind}`) || object.$type);
    if (kind === "note") return [head, labelled(say("text"), input("text", object.text, (text) => this.set({ text }))), this.removal(element)];
    const parts = {
      review: () => this.ofHandled(object, false),
      joint: () => this.ofHandled(object, true),
      branch: () => this.ofBranch(element, object),
      inclusive: () => this.ofBranch(element, object),
      table: () => [labelled(say("table"), choice("table", [{ value: "", title: say("chooseTable") }, ...optionsOf("tables")], object.get("zt:table"), (table) => this.set({ "zt:table": table || undefined })), say("tableHint"))],
      subprocess: () => [labelled(say("process"), choice("process", [{ value: "", title: say("chooseProcess") }, ...optionsOf("processes")], object.calledElement, (calledElement) => this.set({ calledElement: calledElement || undefined })))],
    };
    return [head, ...this.naming(object), ...(parts[kind]?.() ?? []), this.onwards(element), this.removal(element)];
  }

  ofProcess(object) {
    return [
      make("h2", { className: "panel-title" }, say("wholeProcess")),
      labelled(say("name"), input("name", object.name, (name) => this.set({ name }), { maxLength: 100 })),
      make("p", { className: "muted" }, say("chooseSomething")),
    ];
  }

  naming(object) {
    const problem = make("p", { className: "process-verdict", role: "status" });
    const id = input("id", object.id, (value) => {
      const isTaken = value !== object.id && this.modeler.get("moddle").ids.assigned(value);
      problem.dataset.tone = "danger";
      problem.textContent = !ID.test(value) ? say("badId") : isTaken ? say("takenId") : "";
      if (!problem.textContent && value !== object.id) this.set({ id: value });
    }, { maxLength: 60 });
    return [
      labelled(say("name"), input("name", object.name, (name) => this.set({ name }), { maxLength: 100 })),
      make("div", {}, labelled(say("id"), id, say("idHint")), problem),
    ];
  }

  ofHandled(object, isJoint) {
    const text = (name, label, hint = "", more = {}) =>
      labelled(label, input(name, object.get(`zt:${name}`), (value) => this.set({ [`zt:${name}`]: value || undefined }), more), hint);
    const one = (name, label, options, hint = "", again = false) =>
      labelled(label, choice(name, options, object.get(`zt:${name}`), (value) => this.set({ [`zt:${name}`]: value || undefined }, { again })), hint);
    const others = this.modeler.get("elementRegistry").filter((each) => kindOf(each) === "review" && each.businessObject !== object);
    const relations = [
      ...optionsOf("relations"),
      ...others.map((each) => ({ value: `same:${each.id}`, title: say("same", { name: nameOf(each) }) })),
      ...others.map((each) => ({ value: `not:${each.id}`, title: say("not", { name: nameOf(each) }) })),
    ];
    return [
      one("role", say("role"), optionsOf("roles")),
      ...(isJoint ? this.ofDepartments(object, text) : [one("organisation", say("organisation"), optionsOf("organisations"))]),
      one("relation", say("relation"), relations, say("relationHint")),
      text("days", say("days"), say("daysHint"), { type: "number", min: 1, max: 365 }),
      text("outcomes", say("outcomes"), say("outcomesHint"), { placeholder: say("outcomesSample") }),
      fieldsEditor(object.get("zt:fields"), (fields) => this.set({ "zt:fields": fields })),
      checks("documents", say("documents"), optionsOf("documents"), split(object.get("zt:documents")), (chosen) => this.set({ "zt:documents": chosen.join(",") || undefined })),
    ];
  }

  ofDepartments(object, text) {
    return [
      checks("departments", say("departments"), optionsOf("departments"), split(object.get("zt:departments")), (chosen) => this.set({ "zt:departments": chosen.join(",") || undefined })),
      text("departmentsFrom", say("departmentsFrom"), say("departmentsFromHint")),
    ];
  }

  ofBranch(element, object) {
    const flows = element.outgoing.filter((flow) => flow.type === "bpmn:SequenceFlow");
    if (flows.length < 2) return [make("p", { className: "process-hint" }, say("branchNeedsTwo"))];
    const byDefault = choice("default", [{ value: "", title: say("noDefault") }, ...flows.map((flow) => ({ value: flow.id, title: this.flowName(flow) }))], object.default?.id, (id) =>
      this.set({ default: flows.find((flow) => flow.id === id)?.businessObject }, { again: true }),
    );
    return [
      labelled(say("default"), byDefault, say("defaultHint")),
      ...flows.filter((flow) => flow.businessObject !== object.default).map((flow) => this.condition(flow)),
    ];
  }

  flowName(flow) {
    return flow.businessObject.name || say("to", { name: nameOf(flow.target) });
  }

  condition(flow) {
    return conditionField(this.modeler, this.designer, {
      key: `condition-${flow.id}`,
      label: say("conditionOf", { name: this.flowName(flow) }),
      value: flow.businessObject.conditionExpression?.body,
      change: (body) => {
        const conditionExpression = body ? this.modeler.get("bpmnFactory").create("bpmn:FormalExpression", { body }) : undefined;
        this.isOwn = true;
        this.modeling.updateProperties(flow, { conditionExpression });
        this.isOwn = false;
      },
    });
  }

  ofFlow(flow, object) {
    const isBranch = BRANCHES.has(kindOf(flow.source)) && flow.source.outgoing.length > 1;
    const isDefault = flow.source.businessObject.default === object;
    return [
      make("h2", { className: "panel-title" }, say("flow")),
      make("p", { className: "muted" }, `${nameOf(flow.source)} → ${nameOf(flow.target)}`),
      labelled(say("flowName"), input("name", object.name, (name) => this.set({ name }), { maxLength: 60 })),
      isBranch && !isDefault ? this.condition(flow) : null,
      isDefault ? make("p", { className: "process-hint" }, say("isDefault")) : null,
      this.removal(flow),
    ];
  }

  // What follows: the way for those who don't drag.
  onwards(element) {
    const kind = kindOf(element);
    if (kind === "end") return null;
    const box = make("fieldset", { className: "process-checks process-onwards" }, make("legend", { className: "process-label" }, say("next")));
    for (const flow of element.outgoing.filter((each) => each.type === "bpmn:SequenceFlow")) {
      const remove = () => this.modeling.removeElements([flow]);
      box.append(make("div", { className: "process-next" }, make("span", {}, `→ ${nameOf(flow.target)}`), button(say("cut"), remove, { label: say("cutTo", { name: nameOf(flow.target) }) })));
    }
    const kinds = choice("append-kind", APPENDED.map((value) => ({ value, title: say(`kind.${value}`) })), "review", () => {});
    kinds.setAttribute("aria-label", say("appendKind"));
    const append = button(say("append"), () => this.append(element, kinds.value), { key: "append" });
    const targets = this.modeler.get("elementRegistry").filter(
      (each) => each !== element && !["", "start", "note"].includes(kindOf(each)) && each.type !== "label" && !element.outgoing.some((flow) => flow.target === each),
    );
    box.append(make("div", { className: "process-next" }, kinds, append));
    if (targets.length) {
      const to = choice("connect-to", targets.map((each) => ({ value: each.id, title: nameOf(each) })), targets[0].id, () => {});
      to.setAttribute("aria-label", say("connectTo"));
      const connect = button(say("connectHere"), () => this.modeling.connect(element, this.modeler.get("elementRegistry").get(to.value), { type: "bpmn:SequenceFlow" }), { key: "connect" });
      box.append(make("div", { className: "process-next" }, to, connect));
    }
    return box;
  }

  // A node put between this one and its only follower takes over the flow.
  append(element, kind) {
    const flows = element.outgoing.filter((each) => each.type === "bpmn:SequenceFlow");
    const isBetween = flows.length === 1 && !["branch", "inclusive", "parallel"].includes(kindOf(element)) && kind !== "end";
    const follower = flows[0]?.target;
    const added = this.modeler.get("autoPlace").append(element, this.modeler.get("processElements").make(kind));
    // The name is written in the panel; an editor in the drawing would take what is typed.
    this.modeler.get("directEditing").cancel();
    if (isBetween) {
      this.modeling.removeElements([flows[0]]);
      this.modeling.connect(added, follower, { type: "bpmn:SequenceFlow" });
    }
    this.modeler.get("selection").select(added);
    this.panel.querySelector('[data-key="name"]')?.focus();
  }

  removal(element) {
    return button(say("deleteThis"), () => this.modeling.removeElements([element]), { tone: "danger", key: "delete" });
  }
}
