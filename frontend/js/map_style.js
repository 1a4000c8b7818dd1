// How maps look: MapLibre's style made from the page's tokens, and the marks of kinds drawn from its legend.
const FONT = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "sans-serif"];
const NONE = "mark:";
const ASIDE = { "text-variable-anchor": ["center", "bottom", "top", "left", "right", "bottom-left", "bottom-right", "top-left", "top-right"], "text-radial-offset": 1.8, "text-justify": "auto" };
export const ROW_LAYERS = ["rows", "cells"];

export function wordsOf(element) {
  return JSON.parse(document.getElementById(element.dataset.words).textContent);
}

function token(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

// The worker fetches tiles by itself and knows no page to be relative to.
const absolute = (path) => location.origin + path;

export function makeStyle(element) {
  const colour = (name) => token(element, name);
  const { tiles, base } = element.dataset;
  const sources = tiles ? { rows: { type: "vector", tiles: [absolute(tiles)], maxzoom: 16 } } : {};
  if (base) sources.base = { type: "vector", tiles: [absolute(base)], maxzoom: 14 };
  const level = (name) => ["==", ["get", "level"], name];
  const line = (name, width, dash) => ({
    id: `line-${name}`,
    type: "line",
    source: "base",
    "source-layer": "regions",
    filter: level(name),
    layout: { "line-join": "round" },
    paint: { "line-color": colour("--control-line"), "line-width": width, ...(dash && { "line-dasharray": dash }) },
  });
  const name = (of, size, from, to) => ({
    id: `name-${of}`,
    type: "symbol",
    source: "base",
    "source-layer": "names",
    minzoom: from,
    maxzoom: to,
    filter: level(of),
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": size, "text-padding": 4, ...ASIDE },
    paint: { "text-color": colour("--secondary"), "text-halo-color": colour("--card"), "text-halo-width": 1.5 },
  });
  const below = base
    ? [
        { id: "land", type: "fill", source: "base", "source-layer": "regions", filter: level("city"), paint: { "fill-color": colour("--card") } },
        line("village", 0.6, [2, 3]),
        line("town", 0.9, [4, 2]),
        line("county", 1.4),
        line("city", 2.2),
        name("village", 12, 12, 24),
        name("town", 13, 9.5, 24),
        name("county", 15, 6, 9.5),
      ]
    : [];
  return {
    version: 8,
    sources,
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour("--page") } },
      ...below,
      ...(tiles ? marks(colour) : []),
    ],
  };
}

// The rows, or their numbers where they lie too close.
function marks(colour) {
  return [
      {
        id: "cells",
        type: "circle",
        source: "rows",
        "source-layer": "cells",
        paint: {
          "circle-color": colour("--primary"),
          "circle-opacity": 0.9,
          "circle-stroke-color": colour("--card"),
          "circle-stroke-width": 2,
          "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0.4, 13, 3, 20, 5, 28],
        },
      },
      {
        id: "cell-numbers",
        type: "symbol",
        source: "rows",
        "source-layer": "cells",
        layout: {
          "text-field": ["number-format", ["get", "count"], { locale: "en" }],
          "text-font": FONT,
          "text-size": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0, 12, 5, 14],
          "text-allow-overlap": true,
          // Names keep clear of the circle around the number.
          "text-padding": 6,
        },
        paint: { "text-color": colour("--on-primary") },
      },
      {
        id: "rows",
        type: "symbol",
        source: "rows",
        "source-layer": "rows",
        layout: {
          "icon-image": ["coalesce", ["image", ["concat", NONE, ["get", "kind"]]], ["image", NONE]],
          "icon-allow-overlap": true,
          "icon-ignore-placement": true,
        },
      },
  ];
}

// The legend is the one place that says which shape and colour a kind has.
export function drawMarks(map, element) {
  for (const entry of document.querySelectorAll("[data-kind]")) {
    const mark = entry.querySelector(".mark");
    const image = draw(mark.querySelector("path").getAttribute("d"), token(mark, "--mark"), token(element, "--card"));
    map.addImage(NONE + entry.dataset.kind, image, { pixelRatio: 2 });
  }
  if (!map.hasImage(NONE)) {
    map.addImage(NONE, draw("M16 10a6 6 0 1 1-12 0a6 6 0 1 1 12 0z", token(element, "--primary"), token(element, "--card")), { pixelRatio: 2 });
  }
}

// A mark of 20 units, 18 pixels wide on the map, at twice that for dense screens.
function draw(path, fill, edge) {
  const size = 36;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  pen.scale(size / 20, size / 20);
  const shape = new Path2D(path);
  pen.lineWidth = 2.5;
  pen.lineJoin = "round";
  pen.strokeStyle = edge;
  pen.fillStyle = fill;
  pen.stroke(shape);
  pen.fill(shape);
  return pen.getImageData(0, 0, size, size);
}
