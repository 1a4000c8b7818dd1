// Builds one style sheet and one script under fixed names; WhiteNoise hashes them through Django's manifest storage.
import { defineConfig } from "vite";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("./frontend"),
  publicDir: false,
  base: "./",
  build: {
    outDir: here("./src/zhengtong/screens/static/build"),
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: {
      input: here("./frontend/app.js"),
      output: {
        entryFileNames: "app.js",
        chunkFileNames: "[name].js",
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith(".css")) ? "app.css" : "[name][extname]"),
        codeSplitting: false,
      },
    },
  },
});
