/** The views that a published folder holds: canonical queries and the pages that answer them. */
export type Views = ReadonlyMap<string, string>;
export type Pairs = readonly (readonly [string, string])[];

const DEFAULT = "share"; // what is weighed where nothing is named
const MEASURES: ReadonlyMap<string, string> = new Map([
  ["compare", "compare"],
  ["definitions", "matrix"],
]);
const WAS = "was"; // the measure for which a form was made

export function viewsIn(page: Document): Views | null {
  const text = page.querySelector("script#views")?.textContent;
  if (!text) return null;
  const held: unknown = JSON.parse(text);
  if (typeof held !== "object" || held === null) return null;
  const views = new Map<string, string>();
  for (const [query, address] of Object.entries(held)) {
    if (typeof address === "string") views.set(keyOf(new URLSearchParams(query)), address);
  }
  return views;
}

/** One text for equal questions, however they are written: without empty values, lists in one, names in order. */
export function keyOf(pairs: Iterable<readonly [string, string]>): string {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (value === "") continue;
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return new URLSearchParams([...joined].sort(([a], [b]) => (a < b ? -1 : 1))).toString();
}

/**
 * The page of a question, as an address from the page that holds the views.
 *
 * A form that was made for one measure asks another one without the first one's options, where that has no page with
 * them.
 */
export function pageFor(views: Views, pairs: Pairs): string | null {
  const found = views.get(keyOf(questionIn(pairs)));
  if (found !== undefined) return found;
  const measure = valueOf(pairs, "measure");
  if (pairs.every(([name, value]) => name !== WAS || value === measure)) return null;
  return views.get(keyOf([["measure", measure === DEFAULT ? "" : measure]])) ?? null;
}

/** What is asked, without what only says which form asked. */
export function questionIn(pairs: Pairs): Pairs {
  return pairs.filter(([name, value]) => name !== WAS && value !== "");
}

function valueOf(pairs: Pairs, name: string): string {
  return pairs.find(([other]) => other === name)?.[1] || DEFAULT;
}

/** What a command line would ask, for views that no published page holds; a page's own name says what it weighs. */
export function commandFor(pairs: Pairs, page = "explore"): string {
  const words = ["weighbridge", quoted(MEASURES.get(page) ?? valueOf(pairs, "measure"))];
  for (const [name, value] of questionIn(pairs)) {
    if (name === "measure" || name === "chart") continue;
    words.push(`--${name}`);
    if (value !== "yes") words.push(quoted(value));
  }
  return words.join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
