/** Where the search box looks: the server, or a published folder's index. Both give the same hits. */
import { entriesIn, isKind, isRecord, ranked, type Entry, type Found } from "./ranking.ts";

export const HITS = 12;
export type Searching = (text: string, signal: AbortSignal) => Promise<Found[]>;

/** Asks the server. */
export function asking(address: URL): Searching {
  return async (text, signal) => {
    const asked = new URL(address);
    asked.searchParams.set("q", text);
    asked.searchParams.set("limit", String(HITS));
    return foundIn(await json(asked, signal));
  };
}

/** Looks through the index, which is fetched once, when somebody first searches. */
export function looking(address: URL): Searching {
  let entries: Promise<Entry[]> | null = null;
  return async (text, signal) => {
    entries ??= json(address).then(entriesIn);
    try {
      const held = await entries;
      signal.throwIfAborted();
      return ranked(held, text, HITS);
    } catch (failure) {
      if (!signal.aborted) entries = null;
      throw failure;
    }
  };
}

/** The hits of an answer; what is not as it should be is left out. */
export function foundIn(answer: unknown): Found[] {
  const rows = isRecord(answer) && Array.isArray(answer["rows"]) ? (answer["rows"] as unknown[]) : [];
  const found: Found[] = [];
  for (const row of rows) {
    if (!isRecord(row) || !isKind(row["kind"]) || typeof row["name"] !== "string") continue;
    found.push({ kind: row["kind"], name: row["name"], what: text(row["what"]), page: text(row["page"]) });
  }
  return found;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

async function json(address: URL, signal?: AbortSignal): Promise<unknown> {
  if (address.origin !== location.origin) throw new Error("another host is not asked");
  const response = await fetch(address, signal ? { signal } : {});
  if (!response.ok) throw new Error(`${address.pathname} answers ${response.status}`);
  return response.json();
}
