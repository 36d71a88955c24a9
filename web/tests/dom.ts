/** A document without a browser, for tests of what needs one. */
import { Window } from "happy-dom";

const NAMES = [
  "CSS", "DOMParser", "Document", "Element", "Event", "FormData", "HTMLElement", "HTMLFormElement", "HTMLInputElement",
  "HTMLSelectElement", "KeyboardEvent", "MouseEvent", "MutationObserver", "Node", "SVGElement", "addEventListener",
  "document", "history", "localStorage", "location", "matchMedia", "scrollTo",
] as const; // prettier-ignore

/** Puts a page at an address in place of the one before. */
export function open(html: string, address = "https://example.org/site/explore/"): Window {
  const window = new Window({ url: address, width: 1280, height: 800 });
  window.document.write(html);
  for (const name of NAMES) {
    const value: unknown = window[name as keyof Window];
    const whole = typeof value === "function" && /^[a-z]/.test(name) ? value.bind(window) : value;
    Object.defineProperty(globalThis, name, { configurable: true, value: whole, writable: true });
  }
  Object.defineProperty(globalThis, "window", { configurable: true, value: window, writable: true });
  return window;
}

/** An element that must be there. */
export function only<T extends Element = HTMLElement>(selector: string): T {
  const found = document.querySelectorAll<T>(selector);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} elements match ${selector}`);
  return found[0];
}
