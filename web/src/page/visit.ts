/** Going to another view of the same page: fetched, put in place, in the history. Whatever fails is an ordinary visit. */
import { pageFor, viewsIn, commandFor, type Pairs } from "./views.ts";
import { say } from "./status.ts";
import { fixLinks, parsed, swap } from "./swap.ts";
import { SWAPPED, pageOf, rootOf, samePage } from "./where.ts";

export type Way = "push" | "replace" | "back";

const KEPT_MOST = 20;
const html = document.documentElement;
const root = rootOf(html, location.href);
const published = "published" in html.dataset;
const pages = new Map<string, string>();
const scrolls = new Map<number, number>();
const shown: (() => void)[] = [];
let running: AbortController | null = null;
let at = withoutPart(new URL(location.href)); // what is shown
let entry = 0;
let entries = 0;

export { published, root };

/** Calls back after each swap. */
export function onShown(told: () => void): void {
  shown.push(told);
}

/** Whether an address can be shown here without leaving the page. */
export function canShow(address: URL): boolean {
  return samePage(root, new URL(location.href), address);
}

/** Shows an address; the browser goes there by itself if this cannot. */
export async function visit(address: URL, way: Way = "push"): Promise<void> {
  running?.abort();
  const run = new AbortController();
  running = run;
  const main = document.querySelector("main#main");
  main?.setAttribute("aria-busy", "true");
  try {
    const kept = way === "back" ? pages.get(withoutPart(address)) : undefined;
    const [text, end] = kept === undefined ? await fetched(address, run.signal) : [kept, address];
    if (run.signal.aborted) return;
    show(text, end, way);
  } catch (failure) {
    if (run.signal.aborted) return;
    console.info("the page is loaded whole:", failure);
    if (way === "back") location.reload();
    else location.assign(address);
  } finally {
    if (running === run) running = null;
  }
}

/** Shows what a form or a query asks, where only some questions have a page; else says what would answer it. */
export function visitPublished(pairs: Pairs, way: Way = "push"): void {
  const views = viewsIn(document);
  const address = views === null ? null : pageFor(views, pairs);
  if (address === null) missing(pairs);
  else void visit(new URL(address, location.href), way);
}

async function fetched(address: URL, signal: AbortSignal): Promise<[string, URL]> {
  const asked = new URL(withoutPart(address));
  const response = await fetch(asked, { headers: { accept: "text/html" }, signal });
  const end = new URL(response.url || asked);
  if (!response.ok) throw new Error(`${end.pathname} answers ${response.status}`);
  if (!response.headers.get("content-type")?.startsWith("text/html")) throw new Error("no page came");
  if (!samePage(root, address, end)) throw new Error("it leads to another page");
  const text = await response.text();
  pages.delete(end.href); // the newest stand last
  pages.set(end.href, text);
  for (const first of pages.keys()) {
    if (pages.size <= KEPT_MOST) break;
    pages.delete(first);
  }
  end.hash = address.hash;
  return [text, end];
}

function show(text: string, end: URL, way: Way): void {
  const page = parsed(text);
  const said = (page.querySelector("main figcaption :is(h2, h3)") ?? page.querySelector("main h1"))?.textContent?.trim() || page.title;
  history.scrollRestoration = "manual";
  scrolls.set(entry, scrollY);
  if (way === "back") entry = entryOf(history.state);
  else {
    if (way === "push" && end.href !== location.href) entry = ++entries;
    history[way === "push" && end.href !== location.href ? "pushState" : "replaceState"]({ entry }, "", end);
  }
  at = withoutPart(new URL(location.href));
  const kept = swap(page);
  fixLinks(document);
  scroll(end, way, kept);
  say(`Now shows: ${said}`);
  for (const told of shown) told();
}

function scroll(end: URL, way: Way, kept: boolean): void {
  const part = end.hash.length > 1 ? document.getElementById(decodeURIComponent(end.hash.slice(1))) : null;
  if (way === "back") scrollTo({ top: scrolls.get(entry) ?? 0, behavior: "instant" });
  else if (part) part.scrollIntoView();
  else if (!kept) scrollTo({ top: 0, behavior: "instant" });
}

function entryOf(state: unknown): number {
  return typeof state === "object" && state !== null && "entry" in state ? Number(state.entry) : 0;
}

/** A question that this folder has no page for is said, with the command that answers it. */
function missing(pairs: Pairs): void {
  const main = document.querySelector("main#main");
  if (!main) return;
  main.removeAttribute("aria-busy");
  const note = document.createElement("p");
  const code = document.createElement("code");
  note.className = "notice missing";
  code.textContent = commandFor(pairs, pageOf(root, new URL(location.href)) ?? "");
  note.append("This published folder has no page for that view. The command that answers it: ", code);
  main.querySelector(".notice.missing")?.remove();
  main.querySelector("h1")?.after(note);
  if (!note.isConnected) main.prepend(note);
  say(note.textContent ?? "");
}

/** Links to other views, and the browser's own buttons. */
export function startVisits(): void {
  fixLinks(document);
  if (!SWAPPED.has(pageOf(root, new URL(location.href)) ?? "")) return;
  addEventListener("pagehide", () => (history.scrollRestoration = "auto")); // who comes back comes to a whole page
  entry = entries = entryOf(history.state);
  history.replaceState({ entry }, "");
  addEventListener("popstate", wentBack);
  document.addEventListener("click", followed);
  if (published && location.search.length > 1) visitPublished([...new URLSearchParams(location.search)], "replace");
}

/** Back, forward, or a part of the shown page, which the browser shows by itself. */
function wentBack(): void {
  const address = new URL(location.href);
  if (withoutPart(address) !== at) void visit(address, "back");
}

function followed(event: MouseEvent): void {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!plain || event.defaultPrevented || !link?.getAttribute("href")) return;
  if (link.hasAttribute("download") || (link.target && link.target !== "_self")) return;
  const address = new URL(link.href);
  if (!canShow(address) || (address.hash !== "" && withoutPart(address) === at)) return;
  event.preventDefault();
  void visit(address);
}

function withoutPart(address: URL): string {
  return address.href.split("#")[0] ?? address.href;
}
