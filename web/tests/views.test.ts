import assert from "node:assert/strict";
import { test } from "node:test";
import { commandFor, keyOf, pageFor, viewsIn } from "../src/page/views.ts";
import { open } from "./dom.ts";

const HELD = JSON.stringify({
  "": "explore/",
  "by=organisation": "explore/share--by-organisation/",
  "measure=cadence": "explore/cadence/",
  "measure=top&attribution=base&groups=US%2CCN": "explore/top--x/",
});

function views() {
  open(`<main id=main><script type="application/json" id="views">${HELD}</script></main>`);
  const found = viewsIn(document);
  assert.ok(found);
  return found;
}

test("a question is found however its address is written", () => {
  const asked = new URLSearchParams("groups=US&attribution=base&groups=CN&measure=top&by=&was=top");
  assert.equal(pageFor(views(), [...asked]), "explore/top--x/");
  assert.equal(pageFor(views(), []), "explore/");
});

test("a question that has no page is not answered with another's", () => {
  assert.equal(pageFor(views(), [["by", "family"]]), null);
  assert.equal(pageFor(views(), [["by", "__proto__"]]), null);
});

test("another measure is shown as it is where it has no page with the options of the one before", () => {
  const options = [["by", "organisation"], ["was", "share"]] as const;
  assert.equal(pageFor(views(), [["measure", "cadence"], ...options]), "explore/cadence/");
  assert.equal(pageFor(views(), [["measure", "cadence"], ["by", "family"]]), null, "nobody changed the measure");
  assert.equal(pageFor(views(), [["by", "organisation"], ["was", "cadence"]]), "explore/share--by-organisation/");
  assert.equal(pageFor(views(), [["by", "model"], ["was", "cadence"]]), "explore/");
});

test("a page without published views has none", () => {
  open("<main id=main></main>");
  assert.equal(viewsIn(document), null);
});

test("equal questions have one key, other questions have another", () => {
  assert.equal(keyOf([["b", "2"], ["a", "1"]]), keyOf([["a", "1"], ["b", "2"], ["c", ""]]));
  assert.notEqual(keyOf([["a", "1"], ["b", "2"]]), keyOf([["a", "1&b=2"]]));
});

test("the command asks what the address asked, with every text quoted for the shell", () => {
  assert.equal(commandFor([["by", "family"], ["strict", "yes"]]), "weighbridge share --by family --strict");
  assert.equal(commandFor([["measure", "top"], ["chart", "bars"]]), "weighbridge top");
  assert.equal(commandFor([["by", "family"]], "compare"), "weighbridge compare --by family");
  assert.equal(commandFor([["groups", "a'; rm -rf ~"]]), `weighbridge share --groups 'a'"'"'; rm -rf ~'`);
});
