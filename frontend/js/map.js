// A map of declared screens: our own boundaries below, the rows or their numbers above, nothing from elsewhere.
import { Map as MapView, NavigationControl, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";
import "../css/map.css";
import { startPoints } from "./map_point.js";
import { drawMarks, makeStyle, ROW_LAYERS, wordsOf } from "./map_style.js";

const MOST_IN_POPUP = 10;

function start(element) {
  const { worker, west, south, east, north, rowsUrl } = element.dataset;
  const words = wordsOf(element);
  setWorkerUrl(new URL(worker, location.href).href);
  let map;
  try {
    map = new MapView({
      container: element,
      style: makeStyle(element),
      bounds: [[Number(west), Number(south)], [Number(east), Number(north)]],
      fitBoundsOptions: { padding: 32, maxZoom: 15 },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      rollEnabled: false,
      // One scrolls past a map on the phone with one finger and on the desk with the wheel.
      cooperativeGestures: true,
      fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      // Printers get what the canvas holds.
      canvasContextAttributes: { preserveDrawingBuffer: true },
      locale: {
        "Map.Title": words.map,
        "NavigationControl.ZoomIn": words.zoomIn,
        "NavigationControl.ZoomOut": words.zoomOut,
        "Popup.Close": words.close,
        "ScaleControl.Kilometers": words.kilometres,
        "ScaleControl.Meters": words.metres,
        "CooperativeGesturesHandler.WindowsHelpText": words.ctrlScroll,
        "CooperativeGesturesHandler.MacHelpText": words.cmdScroll,
        "CooperativeGesturesHandler.MobileHelpText": words.twoFingers,
      },
    });
  } catch {
    tell(element, words.noDrawing);
    return;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-left");
  const aim = document.createElement("span");
  aim.className = "map-aim";
  element.append(aim);

  map.on("style.load", () => drawMarks(map, element));
  map.once("idle", () => element.setAttribute("data-map-ready", ""));
  map.on("error", ({ error }) => {
    if (error?.name !== "AbortError") tell(element, words.missingTiles);
  });
  addEventListener("beforeprint", () => fitPaper(map));
  addEventListener("afterprint", () => map.resize());
  map.on("click", (event) => open(map, event.point, words, rowsUrl));
  for (const layer of ROW_LAYERS) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    open(map, map.project(map.getCenter()), words, rowsUrl);
  });
}

// What is in sight is on the paper too, whose shape is another.
function fitPaper(map) {
  const seen = map.getBounds();
  map.resize();
  map.fitBounds(seen, { animate: false });
  map.redraw();
}

// A number is a place to go nearer to; a mark says what it is.
function open(map, point, words, rowsUrl) {
  const near = [[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]];
  const found = map.queryRenderedFeatures(near, { layers: ROW_LAYERS });
  const rows = [...new Map(found.filter((f) => f.sourceLayer === "rows").map((f) => [f.properties.key, f])).values()];
  if (rows.length) {
    const popup = new Popup({ maxWidth: "320px", offset: 10, focusAfterOpen: true });
    popup.setLngLat(rows[0].geometry.coordinates).setDOMContent(list(rows, words, rowsUrl)).addTo(map);
  } else if (found.length) {
    const target = { center: found[0].geometry.coordinates, zoom: Math.min(map.getZoom() + 2, 18) };
    map.easeTo({ ...target, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300 });
  }
}

// Text only: what a row holds never becomes markup.
function list(rows, words, rowsUrl) {
  const items = rows.slice(0, MOST_IN_POPUP).map(({ properties: { key, label, kind } }) => {
    const item = document.createElement("li");
    const name = document.createElement(rowsUrl ? "a" : "b");
    name.textContent = label || key;
    if (rowsUrl) name.href = `${rowsUrl}${encodeURIComponent(key)}/`;
    item.append(name);
    const legend = document.querySelector(`[data-kind="${CSS.escape(kind)}"]`);
    if (legend) {
      const line = document.createElement("span");
      line.append(legend.querySelector(".mark").cloneNode(true), legend.dataset.title);
      item.append(line);
    }
    return item;
  });
  if (rows.length > MOST_IN_POPUP) {
    const rest = document.createElement("li");
    rest.textContent = words.more.replace("{n}", String(rows.length - MOST_IN_POPUP));
    items.push(rest);
  }
  const found = document.createElement("ul");
  found.className = "map-popup";
  found.append(...items);
  return found;
}

function tell(element, sentence) {
  const note = document.querySelector("[data-map-note]");
  if (note) {
    note.hidden = false;
    note.textContent = sentence;
  } else {
    element.textContent = sentence;
  }
}

for (const element of document.querySelectorAll("[data-map]")) start(element);
startPoints(document);
for (const name of ["htmx:after:settle", "forms:added"]) document.addEventListener(name, () => startPoints(document));
