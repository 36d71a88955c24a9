import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { licences } from "./licences.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Fixed names, so that pages and the check of the committed build know them. `theme.js` runs before the first paint and
 * so must need no other file; `charts.js` is fetched only when a chart comes near.
 */
export default defineConfig({
  base: "./",
  publicDir: here("public"),
  resolve: { alias: [{ find: /^vega$/, replacement: here("src/charts/vega.ts") }] },
  plugins: [licences()],
  build: {
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200, // kB; web/build.py holds all script to its limit
    cssCodeSplit: false,
    emptyOutDir: true,
    modulePreload: false,
    outDir: process.env["WEIGHBRIDGE_STATIC"] ?? here("../src/weighbridge/surfaces/web/static"),
    reportCompressedSize: false,
    sourcemap: false,
    target: "es2022",
    rolldownOptions: {
      input: { app: here("src/app.ts"), charts: here("src/charts/charts.ts"), theme: here("src/theme.ts") },
      preserveEntrySignatures: "exports-only",
      output: {
        assetFileNames: "app[extname]",
        entryFileNames: "[name].js",
      },
    },
  },
});
