import assert from "node:assert/strict";
import { test } from "node:test";
import { fixLinks, parsed, swap } from "../src/page/swap.ts";
import { open, only } from "./dom.ts";

const view = (title: string, inside: string): string => `<!doctype html><html><head><title>${title}</title>
  <link rel="canonical" href="https://example.org/${title}"></head><body><header class="site"><nav>
  <a href="../explore/" aria-current="page">Explore</a><a href="../data/">Data</a></nav></header>
  <main id="main" tabindex="-1">${inside}</main></body></html>`;
const form = (chosen: string): string => `<h1>${chosen}</h1><form id="controls"><select name="by">
  <option${chosen === "country" ? " selected" : ""}>country</option><option${chosen === "family" ? " selected" : ""}>family</option>
  </select></form><details class="data"><summary>Table</summary>${chosen}</details><details class="cite"><summary>Cite</summary></details>`;

test("another view takes the place of the one before, with its title and canonical address", () => {
  open(view("one", form("country")));
  swap(parsed(view("two", form("family"))));
  assert.equal(only("h1").textContent, "family");
  assert.equal(document.title, "two");
  assert.equal(only("link[rel=canonical]").getAttribute("href"), "https://example.org/two");
});

test("the keyboard stays at the control that was changed", () => {
  open(view("one", form("country")));
  only("select").focus();
  assert.equal(swap(parsed(view("two", form("family")))), true);
  assert.equal(document.activeElement?.getAttribute("name"), "by");
});

test("the keyboard goes to the page's own part where its control is gone", () => {
  open(view("one", form("country")));
  only("select").focus();
  assert.equal(swap(parsed(view("two", "<p>nothing"))), false);
  assert.equal(document.activeElement?.id, "main");
});

test("what a reader opened stays open, and nothing else opens", () => {
  open(view("one", form("country")));
  only<HTMLDetailsElement>("details.data").open = true;
  swap(parsed(view("two", form("family"))));
  assert.equal(only<HTMLDetailsElement>("details.data").open, true);
  assert.equal(only<HTMLDetailsElement>("details.cite").open, false);
});

test("scripts that come with a view are not run, and names stay text", () => {
  open(view("one", "<p>before"));
  const name = "&lt;img src=x onerror=alert(1)&gt;";
  swap(parsed(view("two", `<h1>${name}</h1><script>globalThis.ran = true</script>`)));
  assert.equal("ran" in globalThis, false);
  assert.equal(only("h1").textContent, "<img src=x onerror=alert(1)>");
});

test("what is no page of this site is refused", () => {
  open(view("one", "<p>before"));
  assert.throws(() => parsed("<title>a router's login</title>"), /no page of this site/);
});

test("the menu leads to the same places when the address is deeper, and the page's sign is found", () => {
  open(view("one", "<p>before"), "https://example.org/site/explore/");
  document.head.insertAdjacentHTML("beforeend", '<link rel=icon href="../assets/icon.svg">');
  fixLinks(document);
  assert.equal(only("link[rel=icon]").getAttribute("href"), "https://example.org/site/assets/icon.svg");
  assert.equal(document.querySelectorAll("nav a")[1]?.getAttribute("href"), "https://example.org/site/data/");
});
