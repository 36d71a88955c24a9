/** Where the page stands: its site's root, and which of its pages an address is. */
export const SWAPPED: ReadonlySet<string> = new Set(["compare", "definitions", "explore"]);

/** The root of the site, whatever folder of whatever host it is in. */
export function rootOf(html: HTMLElement, here: string): URL {
  return new URL(html.dataset["root"] || "./", here);
}

/** The first folder below the root: the page's name, `""` for the overview, null for what is not of this site. */
export function pageOf(root: URL, address: URL): string | null {
  if (address.origin !== root.origin || !address.pathname.startsWith(root.pathname)) return null;
  const inside = address.pathname.slice(root.pathname.length);
  const end = inside.indexOf("/");
  return end < 0 ? (inside === "" ? "" : null) : inside.slice(0, end);
}

/** Whether going from one address to the other changes only what a page shows, not which page it is. */
export function samePage(root: URL, from: URL, to: URL): boolean {
  const page = pageOf(root, to);
  if (page === null || !SWAPPED.has(page) || page !== pageOf(root, from)) return false;
  const last = to.pathname.slice(to.pathname.lastIndexOf("/") + 1);
  return last === "" || last === "index.html";
}
