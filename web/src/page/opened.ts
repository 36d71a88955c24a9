/** Which details a reader has opened or closed: kept when the page shows something else. */
export type Opened = ReadonlyMap<string, boolean>;

export function openedIn(main: Element): Opened {
  const found = new Map<string, boolean>();
  for (const [key, details] of named(main)) found.set(key, details.open);
  return found;
}

export function reopen(main: Element, opened: Opened): void {
  for (const [key, details] of named(main)) {
    const open = opened.get(key);
    if (open !== undefined) details.open = open;
  }
}

/** Details by class, by what their summary says, and by the how manieth of these they are. */
function* named(main: Element): Generator<[string, HTMLDetailsElement]> {
  const counts = new Map<string, number>();
  for (const details of main.querySelectorAll("details")) {
    const name = details.id || `${details.className} ${details.querySelector("summary")?.textContent?.trim() ?? ""}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    yield [`${name} ${count}`, details];
  }
}
