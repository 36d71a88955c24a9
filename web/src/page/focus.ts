/** Where the keyboard was, found again in another view of the same page. */

/** A selector of an element's counterpart, or null where it has no name. */
export function placeOf(element: Element | null, main: Element): string | null {
  if (!element || !main.contains(element)) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const form = element.closest("form[id]");
  const name = element.getAttribute("name");
  if (form && name) {
    const choice = element instanceof HTMLInputElement && ["checkbox", "radio"].includes(element.type);
    return `#${CSS.escape(form.id)} [name="${CSS.escape(name)}"]${choice ? `[value="${CSS.escape(element.value)}"]` : ""}`;
  }
  const cell = element.closest("[data-row][data-col]");
  if (cell instanceof HTMLElement) {
    const inside = cell === element ? "" : " :is(a, button, [tabindex])";
    return `[data-row="${CSS.escape(cell.dataset["row"] ?? "")}"][data-col="${CSS.escape(cell.dataset["col"] ?? "")}"]${inside}`;
  }
  return null;
}

/** Gives the keyboard back to the same control, or to the page's own part; says whether the control was there. */
export function restore(place: string | null, main: HTMLElement): boolean {
  const found = place === null ? null : main.querySelector<HTMLElement>(place);
  found?.focus({ preventScroll: true });
  if (found && document.activeElement === found) return true;
  if (!main.hasAttribute("tabindex")) main.tabIndex = -1;
  main.focus({ preventScroll: true });
  return false;
}
