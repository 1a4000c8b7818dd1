// The designer: drawing or table, properties, findings, saved by itself; undo, zoom, files.
import { fit, nameDrawing } from "./drawing.js";
import { Findings } from "./findings.js";
import { makeModeler } from "./modeler.js";
import { Properties } from "./properties.js";
import { Saving } from "./saving.js";
import { startTable } from "./steps_table.js";
import { toast } from "../words.js";
import { say } from "./words.js";

const LARGEST = 2_000_000; // characters of an uploaded file

function download(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function design(designer) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const part = (name) => designer.querySelector(`[data-${name}]`);
  const modeler = makeModeler(part("canvas"));
  const { code, file } = designer.dataset;

  const choose = (target) => {
    const element = typeof target === "string" ? modeler.get("elementRegistry").get(target) : target;
    if (!element) return;
    modeler.get("selection").select(element);
    if (!part("canvas").hidden) modeler.get("canvas").scrollToElement(element);
    part("properties").querySelector("input, select, textarea")?.focus({ preventScroll: innerWidth > 1099 });
  };
  const findings = new Findings(modeler, part("findings"), choose);
  const saving = new Saving(designer, async () => (await modeler.saveXML({ format: true })).xml, (found) => findings.show(found));

  try {
    await modeler.importXML(read("process-bpmn"));
  } catch (error) {
    toast(say("unreadable", { reason: error.message }));
  }
  nameDrawing(part("canvas"), say("drawingOf", { name: file }));
  fit(modeler);
  new Properties(modeler, part("properties"), designer).show(null);
  startTable(modeler, part("steps"), choose);
  findings.show(read("process-findings"));
  modeler.on("commandStack.changed", () => {
    saving.changed();
    showStack();
  });

  const stack = () => modeler.get("commandStack");
  const zoom = (factor) => modeler.get("canvas").zoom(Math.min(4, Math.max(0.2, modeler.get("canvas").zoom() * factor)));
  const acts = {
    undo: () => stack().undo(),
    redo: () => stack().redo(),
    "zoom-in": () => zoom(1.25),
    "zoom-out": () => zoom(0.8),
    fit: () => fit(modeler),
    bpmn: async () => download(`${file}.bpmn`, (await modeler.saveXML({ format: true })).xml, "application/xml"),
    svg: async () => download(`${file}.svg`, (await modeler.saveSVG()).svg, "image/svg+xml"),
    upload: () => part("file").click(),
    drawing: () => view("drawing"),
    table: () => view("table"),
  };

  function showStack() {
    for (const [name, can] of [["undo", stack().canUndo()], ["redo", stack().canRedo()]]) {
      designer.querySelector(`[data-act="${name}"]`).disabled = !can;
    }
  }

  function view(name) {
    const isDrawing = name === "drawing";
    part("canvas").hidden = !isDrawing;
    part("table").hidden = isDrawing;
    for (const each of ["drawing", "table"]) designer.querySelector(`[data-act="${each}"]`).setAttribute("aria-pressed", String(each === name));
    for (const each of designer.querySelectorAll("[data-only-drawing]")) each.hidden = !isDrawing;
    if (isDrawing) modeler.get("canvas").resized();
  }

  async function take(chosen) {
    const before = (await modeler.saveXML({ format: true })).xml;
    const text = chosen.size > LARGEST ? "" : await chosen.text();
    try {
      if (!text) throw new Error(say("tooLarge"));
      await modeler.importXML(text);
      // The drawing is this process's from now on, whatever it was called where it came from.
      const root = modeler.get("canvas").getRootElement();
      if (!root.businessObject.$instanceOf("bpmn:Process")) throw new Error(say("noPools"));
      if (root.businessObject.id !== code) modeler.get("modeling").updateProperties(root, { id: code });
      toast(say("uploaded", { name: chosen.name }), "success");
      fit(modeler);
      saving.changed();
    } catch (error) {
      await modeler.importXML(before);
      fit(modeler);
      toast(say("unreadable", { reason: error.message }));
    }
    showStack();
  }

  designer.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
  part("file").addEventListener("change", async (event) => {
    const [chosen] = event.target.files;
    if (chosen) await take(chosen);
    event.target.value = "";
  });
  // Also while the focus is in the table or the panel; typing has its own undo.
  designer.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, [contenteditable]") || event.defaultPrevented) return;
    const key = event.key.toLowerCase();
    if (part("canvas").contains(event.target)) return;
    if (key === "z") acts[event.shiftKey ? "redo" : "undo"]();
    else if (key === "y") acts.redo();
    else return;
    event.preventDefault();
  });
  showStack();
  designer.setAttribute("data-designer-ready", "");
}
