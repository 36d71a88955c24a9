import assert from "node:assert/strict";
import { test } from "node:test";
import { entriesIn, ranked } from "../src/parts/ranking.ts";
import { foundIn } from "../src/parts/searching.ts";

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
