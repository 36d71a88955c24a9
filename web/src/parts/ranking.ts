/** Search in a published folder's index, as the server does it: all words somewhere in the name, the best first. */
import type { components } from "../api.d.ts";

/** What the server tells of a hit, as far as the box shows it; `page` is its page's place below the root. */
export type Found = Pick<components["schemas"]["Hit"], "kind" | "name" | "what" | "page">;
export type Kind = Found["kind"];

export interface Entry extends Found {
  readonly low: string;
  readonly weight: number;
}

/** Of names that match equally well the first kind comes first. */
export const KINDS: readonly Kind[] = ["organisation", "family", "model"];

/** The index as it is published: rows of kind, name, weight, place and what it is. What is not so is left out. */
export function entriesIn(index: unknown): Entry[] {
  const rows = Array.isArray(index) ? index : isRecord(index) && Array.isArray(index["rows"]) ? index["rows"] : [];
  const entries: Entry[] = [];
  for (const row of rows as unknown[]) {
    if (!Array.isArray(row)) continue;
    const [kind, name, weight, page, what] = row as unknown[];
    if (!isKind(kind) || typeof name !== "string") continue;
    entries.push({
      kind,
      name,
      low: name.toLowerCase(),
      weight: typeof weight === "number" ? weight : 0,
      page: typeof page === "string" ? page : "",
      what: typeof what === "string" ? what : "",
    });
  }
  return entries;
}

/** The best hits: exact names, names or last parts that begin with the first word, the rest; then kind, then weight. */
export function ranked(entries: readonly Entry[], text: string, limit: number): Found[] {
  const low = text.trim().toLowerCase();
  const words = low.split(/\s+/u).filter((word) => word !== "");
  if (words.length === 0) return [];
  const hits: [number, Entry][] = [];
  for (const entry of entries) {
    if (words.every((word) => entry.low.includes(word))) hits.push([match(entry.low, low, words[0] ?? ""), entry]);
  }
  hits.sort(([a, one], [b, other]) => a - b || place(one.kind) - place(other.kind) || other.weight - one.weight);
  return hits.slice(0, limit).map(([, entry]) => entry);
}

function match(name: string, text: string, first: string): number {
  if (name === text) return 0;
  return name.startsWith(first) || name.slice(name.indexOf("/") + 1).startsWith(first) ? 1 : 2;
}

function place(kind: Kind): number {
  return KINDS.indexOf(kind);
}

export function isKind(value: unknown): value is Kind {
  return (KINDS as readonly unknown[]).includes(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
