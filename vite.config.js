// Builds what every page loads (app) and what only some do (map, charts, bpmn), each bundle whole in itself and under a
// fixed name; WhiteNoise hashes the names through Django's manifest storage, so no bundle may import another.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const entries = {
  app: "./frontend/app.js",
  map: "./frontend/js/map.js",
  charts: "./frontend/js/charts.js",
  designer: "./frontend/js/designer/main.js",
  bpmn: "./frontend/js/bpmn.js",
};

// MapLibre draws in workers, whose script the page names itself: one from a blob would need a looser policy.
const mapWorker = {
  name: "map-worker",
  generateBundle() {
    const source = readFileSync(here("./node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs"), "utf8");
    this.emitFile({ type: "asset", fileName: "map-worker.js", source: source.replace(/\n\/\/# sourceMappingURL=.*/, "") });
  },
};

export default defineConfig(({ mode }) => {
  const bundle = mode in entries ? mode : "app";
  return {
    root: here("./frontend"),
    publicDir: false,
    base: "./",
    plugins: bundle === "map" ? [mapWorker] : [],
    build: {
      outDir: here("./src/zhengtong/screens/static/build"),
      // All builds fill one folder.
      emptyOutDir: false,
      target: "es2022",
      cssCodeSplit: false,
      modulePreload: false,
      chunkSizeWarningLimit: 1200,
      rolldownOptions: {
        input: here(entries[bundle]),
        output: {
          entryFileNames: `${bundle}.js`,
          chunkFileNames: "[name].js",
          assetFileNames: (asset) =>
            asset.names.some((name) => name.endsWith(".css")) ? `${bundle}.css` : "[name][extname]",
          codeSplitting: false,
        },
      },
    },
  };
});
