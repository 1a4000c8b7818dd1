// A drawing that is only looked at: where a case is, the path of a trial, what a version changes, where cases wait.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { coloursOf, fontOf, moddleExtensions } from "./modeler.js";
import { wordsModule } from "./words.js";

export function fit(viewer) {
  const canvas = viewer.get("canvas");
  // Where it isn't shown there is nothing to fit into.
  if (!canvas.getContainer().clientWidth) return;
  canvas.zoom("fit-viewport", "auto");
  // A short process isn't blown up.
  canvas.zoom(Math.min(1, canvas.zoom() * 0.9), "auto");
}

export function nameDrawing(container, title) {
  const drawing = container.querySelector(".djs-container svg");
  drawing?.setAttribute("role", "group");
  drawing?.setAttribute("aria-label", title);
}

export function badgeOf({ text, tone = "info", url = "", title = "" }) {
  const badge = document.createElement(url ? "a" : "span");
  badge.className = `node-badge node-badge-${tone}`;
  badge.textContent = text;
  if (url) badge.href = url;
  if (title) badge.title = title;
  return badge;
}

export async function draw(container) {
  const { bpmn, marks = {}, badges = [] } = JSON.parse(document.getElementById(container.dataset.processDrawing).textContent);
  const viewer = new NavigatedViewer({
    container,
    moddleExtensions,
    additionalModules: [wordsModule],
    bpmnRenderer: coloursOf(container),
    textRenderer: fontOf(container),
  });
  try {
    await viewer.importXML(bpmn);
  } catch {
    container.dataset.drawingFailed = "";
    container.textContent = container.dataset.failed ?? "";
    return;
  }
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const [id, names] of Object.entries(marks)) {
    if (registry.get(id)) for (const name of [names].flat()) canvas.addMarker(id, `is-${name}`);
  }
  const overlays = viewer.get("overlays");
  for (const badge of badges) {
    if (registry.get(badge.id)) overlays.add(badge.id, { position: { top: -12, right: 16 }, html: badgeOf(badge) });
  }
  nameDrawing(container, container.dataset.title ?? "");
  fit(viewer);
  new ResizeObserver(() => {
    canvas.resized();
    fit(viewer);
  }).observe(container);
  container.setAttribute("data-drawing-ready", "");
}
