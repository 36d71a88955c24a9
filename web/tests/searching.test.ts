import assert from "node:assert/strict";
import { test } from "node:test";
import { Combobox } from "../src/parts/combobox.ts";
import { entriesIn, ranked } from "../src/parts/ranking.ts";
import { foundIn } from "../src/parts/searching.ts";
import { open, only } from "./dom.ts";

const INDEX = entriesIn([
  ["model", "google/gemma-2-9b", 90, "model/google/gemma-2-9b/"],
  ["model", "other/my-gemma", 900, "model/other/my-gemma/"],
  ["model", "gemma/plain", 1, "model/gemma/plain/"],
  ["family", "Gemma", 5, "family/gemma/"],
  ["organisation", "Gemma Makers", 1, "organisation/gemma-makers/"],
  ["organisation", "Google", 500, "organisation/google/"],
]);
const names = (text: string, limit = 10): string[] => ranked(INDEX, text, limit).map(({ name }) => name);

test("an exact name comes first, then names that begin so, then names that hold it", () => {
  assert.deepEqual(names("gemma"), ["Gemma", "Gemma Makers", "google/gemma-2-9b", "gemma/plain", "other/my-gemma"]);
});

test("all words must be in the name, in any order and letter case", () => {
  assert.deepEqual(names("9B GEMMA"), ["google/gemma-2-9b"]);
  assert.deepEqual(names("gemma zzz"), []);
});

test("blank text finds nothing", () => {
  assert.deepEqual(names("  "), []);
});

test("no more hits come than were asked for", () => {
  assert.equal(names("g", 2).length, 2);
});

test("rows that are not what they should be are left out, and take no others with them", () => {
  const held = entriesIn([null, 3, [], ["model", 7], ["model", "a/b", "much", null], { kind: "model" }]);
  assert.deepEqual(held.map(({ name, weight, page }) => [name, weight, page]), [["a/b", 0, ""]]);
  assert.deepEqual(entriesIn("no index"), []);
  assert.deepEqual(foundIn({ rows: [null, { kind: "model" }, { kind: "model", name: "a/b" }] }), [
    { kind: "model", name: "a/b", what: "", page: "" },
  ]);
});

test("the first hit opens without one being chosen, and nothing does where nothing is found", async () => {
  const window = open("<p id=status></p><input id=q name=q>");
  const field = only<HTMLInputElement>("#q");
  const looked = async (text: string) => Promise.resolve(ranked(INDEX, text, 10));
  const gone: string[] = [];
  Object.defineProperty(globalThis, "location", {
    configurable: true,
    value: { assign: (address: URL) => gone.push(address.href) },
  });
  const box = new Combobox(field, looked, new URL("https://example.org/site/"));
  for (const text of ["", "nowhere at all", "gemma"]) {
    field.value = text;
    await box.first();
  }
  assert.deepEqual(gone, ["https://example.org/site/family/gemma/"]);
  await window.happyDOM.close();
});

test("what is chosen stays chosen when the hits of a longer text come", async () => {
  const window = open("<p id=status></p><input id=q name=q>");
  const field = only<HTMLInputElement>("#q");
  const looked = async (text: string) => Promise.resolve(ranked(INDEX, text, 10));
  new Combobox(field, looked, new URL("https://example.org/site/"));
  const typed = async (text: string): Promise<void> => {
    field.value = text;
    field.dispatchEvent(new Event("input"));
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  const chosen = (): (string | null)[] =>
    [...document.querySelectorAll("[aria-selected=true] > bdi:first-child")].map((name) => name.textContent);
  await typed("g");
  while (chosen()[0] !== "google/gemma-2-9b") field.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
  await typed("gemma");
  assert.deepEqual(chosen(), ["google/gemma-2-9b"]);
  assert.equal(field.getAttribute("aria-activedescendant"), only("[aria-selected=true]").id);
  await typed("makers");
  assert.deepEqual(chosen(), []);
  window.close();
});
