/** The built charts module against the specification and the recorded picture of every chart. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { open } from "./dom.ts";

const STATIC = new URL("../../src/weighbridge/surfaces/web/static/", import.meta.url);
const GOLDEN = new URL("../../tests/charts/golden/", import.meta.url);
const folder = process.env["WEIGHBRIDGE_CHARTS"];
const skip = folder ? false : "the specifications come from `python web/build.py --check`";
const cases = folder ? readdirSync(folder).sort() : [];
type Charts = typeof import("../src/charts/charts.ts");

async function drawn(specification: unknown): Promise<HTMLElement> {
  const { draw } = (await import(new URL("charts.js", STATIC).href)) as Charts;
  const into = document.createElement("div");
  await draw(specification, into);
  return into;
}

/** All texts of a picture in order, and the outlines of all its marks. */
function parts(picture: Element): { texts: string[]; outlines: number } {
  const texts = [...picture.querySelectorAll("text")].map((one) => (one.textContent ?? "").trim()).filter(Boolean);
  return { texts, outlines: picture.querySelectorAll("path[d], line, rect").length };
}

test("there are charts to try", { skip }, () => assert.ok(cases.length > 40));

for (const name of cases) {
  test(`the live chart says what the drawn picture says: ${name}`, { skip }, async () => {
    open("<main></main>");
    const specification: unknown = JSON.parse(readFileSync(join(folder as string, name), "utf-8"));
    const live = parts(await drawn(specification));
    const golden = readFileSync(new URL(name.replace(".json", ".svg"), GOLDEN), "utf-8");
    const before = parts(new DOMParser().parseFromString(golden, "text/html").body);
    const other = before.texts.findIndex((text, n) => text !== live.texts[n]);
    assert.equal(live.texts[other], before.texts[other]);
    assert.equal(live.texts.length, before.texts.length);
    assert.ok(Math.abs(live.outlines - before.outlines) <= 2, `${live.outlines} and ${before.outlines} outlines`);
  });
}

test("a chart is drawn where no text may become script", { skip }, async () => {
  open("<main></main>");
  const specification: unknown = JSON.parse(readFileSync(join(folder as string, cases[0] as string), "utf-8"));
  const kept = globalThis.Function;
  globalThis.Function = function refused() {
    throw new Error("a text became script");
  } as unknown as FunctionConstructor;
  try {
    assert.ok((await drawn(specification)).querySelector("svg"));
  } finally {
    globalThis.Function = kept;
  }
});

test("a chart that names an address fetches nothing", { skip }, async () => {
  open("<main></main>");
  let asked = 0;
  const kept = globalThis.fetch;
  globalThis.fetch = () => {
    asked += 1;
    return Promise.reject(new Error("asked"));
  };
  try {
    const data = { url: "https://example.net/rows.json" };
    const marks = { mark: "point", encoding: { x: { field: "x", type: "quantitative" } } };
    await drawn({ data, ...marks }).catch(() => undefined);
    assert.equal(asked, 0);
  } finally {
    globalThis.fetch = kept;
  }
});
