import assert from "node:assert/strict";
import { test } from "node:test";
import { specificationOf } from "../src/charts/specification.ts";
import { addressOf } from "../src/page/asked.ts";
import { groupsIn, showCompare } from "../src/parts/compare.ts";
import { textBefore } from "../src/parts/copy.ts";
import { gridOf, moved } from "../src/parts/heat.ts";
import { open, only } from "./dom.ts";

const row = (number: number): string =>
  `<tr><th>${number}</th>${[0, 1, 2].map((n) => `<td data-row=${number} data-col=${n}><a href="?${number}${n}">x</a></td>`).join("")}</tr>`;

test("arrows, Home and End lead through a heat map and not out of it", () => {
  open(`<table class="heat" role="grid"><tr><th></th><th>a</th></tr>${row(0)}${row(1)}</table>`);
  const grid = gridOf(only("table"));
  const at = (down: number, across: number, key: string): string | null =>
    moved(grid, down, across, key)?.getAttribute("href") ?? null;
  assert.equal(at(0, 0, "ArrowRight"), "?01");
  assert.equal(at(0, 1, "ArrowDown"), "?11");
  assert.equal(at(1, 2, "Home"), "?10");
  assert.equal(at(0, 0, "Control+End"), "?12");
  assert.equal(at(0, 0, "ArrowUp"), null);
  assert.equal(at(1, 2, "ArrowRight"), null);
  assert.equal(at(0, 0, "x"), null);
});

test("a button copies the text before it, not that of its neighbour", () => {
  open(`<div><p>APA</p><pre><code>one</code></pre><button>c</button></div><div><pre>two</pre><button id=b>c</button></div>`);
  assert.equal(textBefore(only("#b")), "two");
  assert.equal(textBefore(document.querySelectorAll("button")[0] as Element), "one");
});

test("a form's address leaves out what is left open", () => {
  open(`<form method=get action="./?old=1"><input name=by value=""><input name=groups value=" US,CN "><button name=x></button></form>`);
  assert.equal(addressOf(only<HTMLFormElement>("form")).href, "https://example.org/site/explore/?groups=US%2CCN");
});

test("groups are named once each", () => {
  assert.deepEqual(groupsIn("US, CN,,US "), ["US", "CN"]);
});

const compared = (address: string): HTMLFormElement => {
  open(`<p id=status></p><form id=compare><select name=by><option>x</select><input id=g name=groups value="US,CN"></form>`, address);
  showCompare();
  return only<HTMLFormElement>("form");
};

test("groups that the page chose are not in the address until somebody changes them", () => {
  const form = compared("https://example.org/site/compare/");
  let asked = "";
  form.requestSubmit = () => (asked = addressOf(form).search);
  assert.equal(addressOf(form).search, "?by=x");
  document.querySelectorAll<HTMLButtonElement>(".chips button")[0]?.click();
  assert.equal(asked, "?by=x&groups=CN");
});

test("groups of one kind are not asked of another", () => {
  const form = compared("https://example.org/site/compare/?groups=US%2CCN");
  assert.match(addressOf(form).search, /groups=US/);
  only("select").dispatchEvent(new Event("change", { bubbles: true }));
  assert.equal(addressOf(form).search, "?by=x");
});

test("a figure's specification is that of the window and of the colours", () => {
  open(`<figure data-spec=w data-spec-dark=wd data-spec-narrow=n data-spec-narrow-dark=nd></figure>`);
  const figure = only("figure");
  const all = [false, true].flatMap((small) => [false, true].map((dark) => specificationOf(figure, small, dark)));
  assert.deepEqual(all, ["w", "wd", "n", "nd"]);
});
