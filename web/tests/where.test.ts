import assert from "node:assert/strict";
import { test } from "node:test";
import { pageOf, samePage } from "../src/page/where.ts";

const root = new URL("https://example.org/some/where/");
const at = (path: string): URL => new URL(path, root);

test("a page is the first folder below the root, wherever the site is", () => {
  assert.equal(pageOf(root, at("explore/?by=family")), "explore");
  assert.equal(pageOf(root, at("explore/share--by-family/index.html")), "explore");
  assert.equal(pageOf(root, at("")), "");
});

test("what is outside the site's folder is no page of it", () => {
  assert.equal(pageOf(root, new URL("https://example.org/explore/")), null);
  assert.equal(pageOf(root, new URL("https://example.net/some/where/explore/")), null);
});

test("only views of one page are put in place of each other", () => {
  assert.ok(samePage(root, at("explore/"), at("explore/?by=family")));
  assert.ok(samePage(root, at("explore/index.html"), at("explore/share--by-family/index.html")));
  assert.ok(!samePage(root, at("explore/"), at("definitions/")));
  assert.ok(!samePage(root, at("quality/"), at("quality/?kind=removal")), "a page that is not made of views is loaded");
});

test("files are never put in place of a page", () => {
  assert.ok(!samePage(root, at("explore/"), at("explore/share.csv")));
});
