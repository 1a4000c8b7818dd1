// A place of a form on the map: a click or the keyboard's Enter sets the two numbers beside it, typing them moves the pin.
import { Map as MapView, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl";
import { makeStyle } from "./map_style.js";

export function startPoints(root) {
  for (const element of root.querySelectorAll("[data-map-point]:not([data-map-started])")) {
    element.dataset.mapStarted = "1";
    start(element);
  }
}

function start(element) {
  const { worker, west, south, east, north, label } = element.dataset;
  const boxes = [...element.closest("[data-point]").querySelectorAll("input")];
  setWorkerUrl(new URL(worker, location.href).href);
  let map;
  try {
    map = new MapView({
      container: element,
      style: makeStyle(element),
      bounds: [[Number(west), Number(south)], [Number(east), Number(north)]],
      fitBoundsOptions: { padding: 12, maxZoom: 15 },
      attributionControl: false,
      dragRotate: false,
      touchPitch: false,
      cooperativeGestures: true,
      fadeDuration: 0,
      locale: { "Map.Title": label },
    });
  } catch {
    element.hidden = true; // no drawing here: the numbers can be typed
    return;
  }
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  const pin = document.createElement("span");
  pin.className = "point-pin";
  const marker = new Marker({ element: pin, draggable: true, anchor: "bottom" });
  const write = ({ lng, lat }) => {
    boxes[0].value = lng.toFixed(6);
    boxes[1].value = lat.toFixed(6);
    for (const box of boxes) box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const read = () => {
    const [lng, lat] = boxes.map((box) => (box.value.trim() ? Number(box.value) : NaN));
    if (lng >= 73 && lng <= 136 && lat >= 3 && lat <= 54) {
      marker.setLngLat([lng, lat]).addTo(map);
      if (!map.getBounds().contains([lng, lat])) map.jumpTo({ center: [lng, lat] });
    } else {
      marker.remove();
    }
  };
  map.on("click", (event) => {
    write(event.lngLat);
    read();
  });
  marker.on("dragend", () => write(marker.getLngLat()));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    write(map.getCenter());
    read();
  });
  for (const box of boxes) box.addEventListener("input", read);
  map.once("idle", () => element.setAttribute("data-map-ready", ""));
  read();
}
