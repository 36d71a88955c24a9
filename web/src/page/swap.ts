/** Another view of the same page put in place of the one that is shown. */
import { openedIn, reopen } from "./opened.ts";
import { placeOf, restore } from "./focus.ts";

/** A page as it came, checked to be one of this site's. */
export function parsed(html: string): Document {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!page.querySelector("main#main")) throw new Error("what came is no page of this site");
  return page;
}

/** Links outside `main` stay when the address changes its depth, so they must not hang on it. */
export function fixLinks(page: Document): void {
  for (const link of page.querySelectorAll<HTMLAnchorElement>("header.site a[href], footer.site a[href]")) {
    if (!link.getAttribute("href")?.startsWith("#")) link.setAttribute("href", link.href);
  }
  for (const link of page.querySelectorAll<HTMLLinkElement>("link[rel=icon][href], link[rel=alternate][href]")) {
    link.setAttribute("href", link.href);
  }
  for (const form of page.querySelectorAll<HTMLFormElement>("header.site form[action]")) {
    form.setAttribute("action", form.action);
  }
}

/**
 * Shows a page's own part. The address must be the new one already: what is put in loads from there.
 *
 * @returns whether the keyboard is where it was.
 */
export function swap(page: Document): boolean {
  const before = document.querySelector<HTMLElement>("main#main");
  const after = page.querySelector<HTMLElement>("main#main");
  if (!before || !after) throw new Error("there is no main part");
  const place = placeOf(document.activeElement, before);
  const inside = before.contains(document.activeElement);
  const opened = openedIn(before);
  document.title = page.title;
  canonical(page);
  currentPage(page);
  before.replaceChildren(...after.childNodes);
  for (const { name, value } of after.attributes) before.setAttribute(name, value);
  before.removeAttribute("aria-busy");
  reopen(before, opened);
  return inside ? restore(place, before) : true;
}

function canonical(page: Document): void {
  const old = document.querySelector("link[rel=canonical]");
  const put = page.querySelector("link[rel=canonical]");
  if (old && put) old.replaceWith(put);
  else if (put) document.head.append(put);
  else old?.remove();
}

function currentPage(page: Document): void {
  const links = document.querySelectorAll("header.site nav a");
  const others = page.querySelectorAll("header.site nav a");
  links.forEach((link, n) => {
    const now = others[n]?.getAttribute("aria-current");
    if (now) link.setAttribute("aria-current", now);
    else link.removeAttribute("aria-current");
  });
}
