// What is wrong, sentence by sentence: a click goes to the element, the drawing shows it in red.
import { badgeOf } from "./drawing.js";
import { make } from "./dom.js";
import { say } from "./words.js";

export class Findings {
  constructor(modeler, list, choose) {
    Object.assign(this, { modeler, list, choose });
    this.marked = [];
    this.found = [];
  }

  show(found) {
    this.found = found;
    const count = found.filter((each) => each.level === "error").length;
    this.list.replaceChildren(...found.map((each) => this.line(each)));
    if (!found.length) this.list.append(make("li", { className: "process-finding-none" }, say("noFindings")));
    document.querySelector("[data-findings-count]").textContent = count ? say("findingsCount", { n: count }) : "";
    this.mark();
  }

  line({ element, level, sentence }) {
    const body = [make("span", { className: `process-level process-level-${level}` }, say(`level.${level}`)), sentence];
    const isHere = element && this.modeler.get("elementRegistry").get(element);
    if (!isHere) return make("li", { className: "process-finding" }, ...body);
    const open = make("button", { type: "button", className: "process-finding-open", onclick: () => this.choose(element) }, ...body);
    open.dataset.element = element;
    return make("li", { className: "process-finding" }, open);
  }

  mark() {
    const canvas = this.modeler.get("canvas");
    const overlays = this.modeler.get("overlays");
    const registry = this.modeler.get("elementRegistry");
    overlays.remove({ type: "finding" });
    for (const [id, marker] of this.marked) if (registry.get(id)) canvas.removeMarker(id, marker);
    this.marked = [];
    const sentences = new Map();
    for (const each of this.found) {
      const element = registry.get(each.element);
      if (!element || element === canvas.getRootElement()) continue;
      sentences.set(each.element, [...(sentences.get(each.element) ?? []), each]);
    }
    for (const [id, those] of sentences) {
      const level = those.some((each) => each.level === "error") ? "error" : "warning";
      canvas.addMarker(id, `has-${level}`);
      this.marked.push([id, `has-${level}`]);
      if (registry.get(id).waypoints) continue;
      const badge = badgeOf({ text: String(those.length), tone: level === "error" ? "danger" : "warning", title: those.map((each) => each.sentence).join("\n") });
      overlays.add(id, "finding", { position: { top: -12, left: -10 }, html: badge });
    }
  }
}
