/** Pictures that become live charts when they come near; whatever fails leaves the picture that was drawn before. */
import { current, onTheme } from "../parts/theme.ts";
import { specificationOf } from "./specification.ts";
import type { Live } from "./charts.ts";
import { hide, tell } from "./tip.ts";

const BUILT = "./charts.js";
const NEAR = "200px";
const NARROW = "(max-width: 44.99em)"; // as parts/figure.py and the style sheet have it

interface Shown {
  wanted: string;
  live: Live | null;
}

const shown = new Map<HTMLElement, Shown>();
const narrow = matchMedia(NARROW);
const near = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) void renew(entry.target as HTMLElement);
  },
  { rootMargin: NEAR },
);

/** Looks for the page's figures, and lets go of those that are no longer there. */
export function showCharts(): void {
  for (const [figure, { live }] of shown) {
    if (figure.isConnected) continue;
    near.unobserve(figure);
    live?.end();
    shown.delete(figure);
  }
  hide();
  for (const figure of document.querySelectorAll<HTMLElement>("figure.chart[data-spec]")) near.observe(figure);
}

export function startCharts(): void {
  const again = (): void => {
    for (const figure of document.querySelectorAll<HTMLElement>("figure.chart[data-spec]")) {
      near.unobserve(figure); // observing anew tells of those that are near
      near.observe(figure);
    }
  };
  onTheme(again);
  narrow.addEventListener("change", again);
}

async function renew(figure: HTMLElement): Promise<void> {
  const address = specificationOf(figure, narrow.matches, current() === "dark");
  const picture = figure.querySelector<HTMLElement>(".picture");
  if (!address || !picture) return;
  const state = shown.get(figure) ?? { wanted: "", live: null };
  shown.set(figure, state);
  if (state.wanted === address) return;
  state.wanted = address;
  try {
    await put(state, picture, address, figure);
  } catch (failure) {
    if (state.wanted !== address) return;
    console.info("the picture stays as it was drawn:", failure);
    state.live?.end();
    state.live = null;
    picture.querySelector(":scope > .live")?.remove();
  }
}

async function put(state: Shown, picture: HTMLElement, address: string, figure: HTMLElement): Promise<void> {
  const [specification, { draw }] = await Promise.all([specificationAt(address), drawing()]);
  const into = document.createElement("div");
  const live = await draw(specification, into);
  if (state.wanted !== address || !figure.isConnected) {
    live.end();
    return;
  }
  named(into, figure);
  live.onPointer(tell);
  picture.querySelector(":scope > .live")?.remove();
  picture.append(into); // the drawn ones stay below it, for paper
  state.live?.end();
  state.live = live;
}

/** What draws, from beside this script once both are built. */
function drawing(): Promise<typeof import("./charts.ts")> {
  return import(/* @vite-ignore */ BUILT) as Promise<typeof import("./charts.ts")>;
}

async function specificationAt(address: string): Promise<unknown> {
  const from = new URL(address, document.baseURI);
  if (from.origin !== location.origin) throw new Error("a specification of another host is not read");
  const response = await fetch(from);
  if (!response.ok) throw new Error(`${from.pathname} answers ${response.status}`);
  return response.json();
}

/** One picture with a name for screen readers, as the drawn one is; the table has its parts. */
function named(into: HTMLElement, figure: HTMLElement): void {
  into.className = "live";
  into.removeAttribute("aria-roledescription");
  into.setAttribute("role", "img");
  into.setAttribute("aria-label", figure.querySelector("figcaption :is(h1, h2, h3, h4)")?.textContent ?? "Chart");
  for (const part of into.querySelectorAll("*")) {
    part.removeAttribute("role");
    for (const { name } of [...part.attributes]) if (name.startsWith("aria-")) part.removeAttribute(name);
  }
  into.querySelector("svg")?.setAttribute("aria-hidden", "true");
  into.querySelector("svg")?.setAttribute("focusable", "false");
}
