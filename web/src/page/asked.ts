/** What a form asks, as an address. */
import type { Pairs } from "./views.ts";

/** Names and values, nothing of what is left open. */
export function askedBy(form: HTMLFormElement): Pairs {
  const pairs: [string, string][] = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim() !== "") pairs.push([name, value.trim()]);
  }
  return pairs;
}

/** The address that a form asks for. */
export function addressOf(form: HTMLFormElement): URL {
  const address = new URL(form.getAttribute("action") || location.href, location.href);
  address.search = new URLSearchParams(askedBy(form).map(([name, value]) => [name, value])).toString();
  address.hash = "";
  return address;
}
