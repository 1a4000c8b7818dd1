// The palette and the pad beside a chosen element: only what the engine runs, in words.
import AutoPlaceModule from "bpmn-js/lib/features/auto-place";
import ConnectModule from "diagram-js/lib/features/connect";
import ContextPadModule from "diagram-js/lib/features/context-pad";
import CreateModule from "diagram-js/lib/features/create";
import GlobalConnectModule from "diagram-js/lib/features/global-connect";
import HandToolModule from "diagram-js/lib/features/hand-tool";
import LassoToolModule from "diagram-js/lib/features/lasso-tool";
import PaletteModule from "diagram-js/lib/features/palette";
import { KINDS, ProcessElements } from "./elements.js";
import { say } from "./words.js";

const ON_PAD = ["review", "branch", "end"];

// Icon and word; the words are ours, so there is nothing in them to escape.
function entryOf(icon, title) {
  const entry = document.createElement("div");
  entry.className = "entry palette-entry";
  entry.draggable = true;
  const glyph = document.createElement("span");
  glyph.className = icon;
  glyph.setAttribute("aria-hidden", "true");
  const word = document.createElement("span");
  word.textContent = title;
  entry.append(glyph, word);
  return entry.outerHTML;
}

class ProcessPalette {
  constructor(palette, create, handTool, lassoTool, globalConnect, processElements) {
    Object.assign(this, { create, handTool, lassoTool, globalConnect, processElements });
    palette.registerProvider(this);
  }

  getPaletteEntries() {
    const tool = (icon, name, click) => ({ group: "tools", html: entryOf(icon, say(name)), title: say(name), action: { click } });
    const entries = {
      "hand-tool": tool("bpmn-icon-hand-tool", "tool.hand", (event) => this.handTool.activateHand(event)),
      "lasso-tool": tool("bpmn-icon-lasso-tool", "tool.lasso", (event) => this.lassoTool.activateSelection(event)),
      "global-connect-tool": tool("bpmn-icon-connection-multi", "tool.connect", (event) => this.globalConnect.start(event)),
      "tool-separator": { group: "tools", separator: true },
    };
    for (const [kind, { icon }] of Object.entries(KINDS)) {
      const start = (event) => this.create.start(event, this.processElements.make(kind));
      const title = say(`kind.${kind}`);
      entries[`create.${kind}`] = { group: "elements", html: entryOf(icon, title), title, action: { dragstart: start, click: start } };
    }
    return entries;
  }
}
ProcessPalette.$inject = ["palette", "create", "handTool", "lassoTool", "globalConnect", "processElements"];

class ProcessPad {
  constructor(contextPad, create, connect, modeling, autoPlace, rules, processElements) {
    Object.assign(this, { create, connect, modeling, autoPlace, rules, processElements });
    contextPad.registerProvider(this);
  }

  mayRemove(elements) {
    const allowed = this.rules.allowed("elements.delete", { elements });
    return Array.isArray(allowed) ? elements.every((each) => allowed.includes(each)) : allowed;
  }

  removal(remove) {
    return { delete: { group: "edit", className: "bpmn-icon-trash", title: say("delete"), action: { click: remove } } };
  }

  getMultiElementContextPadEntries(elements) {
    return this.mayRemove(elements) ? this.removal((_, chosen) => this.modeling.removeElements([...chosen])) : {};
  }

  getContextPadEntries(element) {
    const entries = {};
    const isNode = element.businessObject.$instanceOf("bpmn:FlowNode") && element.type !== "label";
    if (isNode && element.type !== "bpmn:EndEvent") {
      for (const kind of ON_PAD) {
        entries[`append.${kind}`] = {
          group: "model",
          className: KINDS[kind].icon,
          title: say("appendNamed", { kind: say(`kind.${kind}`) }),
          action: {
            click: (_, source) => this.autoPlace.append(source, this.processElements.make(kind)),
            dragstart: (event, source) => this.create.start(event, this.processElements.make(kind), { source }),
          },
        };
      }
    }
    if (isNode || element.type === "bpmn:TextAnnotation") {
      const start = (event, source) => this.connect.start(event, source);
      entries.connect = { group: "connect", className: "bpmn-icon-connection-multi", title: say("connect"), action: { click: start, dragstart: start } };
    }
    if (this.mayRemove([element])) Object.assign(entries, this.removal((_, chosen) => this.modeling.removeElements([chosen])));
    return entries;
  }
}
ProcessPad.$inject = ["contextPad", "create", "connect", "modeling", "autoPlace", "rules", "processElements"];

export const padsModule = {
  __depends__: [PaletteModule, ContextPadModule, CreateModule, ConnectModule, AutoPlaceModule, HandToolModule, LassoToolModule, GlobalConnectModule],
  __init__: ["processPalette", "processPad"],
  processElements: ["type", ProcessElements],
  processPalette: ["type", ProcessPalette],
  processPad: ["type", ProcessPad],
};
