/** The licences of the packages that are in the build, in one file beside it. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const INSIDE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;
const FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

interface Package {
  name: string;
  version: string;
  license?: string;
}

export function licences(): Plugin {
  return {
    name: "licences",
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const output of Object.values(bundle)) {
        if (output.type !== "chunk") continue;
        for (const id of output.moduleIds) {
          const folder = INSIDE.exec(id)?.[1];
          if (folder) folders.add(folder);
        }
      }
      const texts = [...folders].map(licenceOf).sort((a, b) => (a < b ? -1 : 1));
      this.emitFile({ type: "asset", fileName: "licences.txt", source: `${texts.join(`\n${"-".repeat(80)}\n\n`)}` });
    },
  };
}

function licenceOf(folder: string): string {
  const said = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8")) as Package;
  const files = readdirSync(folder).filter((name) => FILE.test(name)).sort();
  if (files.length === 0) throw new Error(`${said.name} comes without the text of its licence`);
  const text = files.map((name) => readFileSync(join(folder, name), "utf-8").replaceAll("\r\n", "\n").trim()).join("\n\n");
  return `${said.name} ${said.version} (${said.license ?? "see below"})\n\n${text}\n`;
}
