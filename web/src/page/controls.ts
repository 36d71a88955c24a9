/** Forms that ask for another view of the page: shown as soon as a control changes, in the address as a link would be. */
import { addressOf, askedBy } from "./asked.ts";
import { canShow, published, visit, visitPublished } from "./visit.ts";

const QUIET = 400; // milliseconds without a key
const QUIET_DATE = 1200; // a date is valid long before its year is written out

/**
 * Shows what controls ask as they change. A key in a list chooses what begins with it, and more keys may follow: then
 * it waits until the keys have stopped, since the control itself is put in anew.
 */
export function startControls(): void {
  let waiting = 0;
  let pressed = Number.NEGATIVE_INFINITY;
  let asking: HTMLFormElement | null = null;
  const ask = (form: HTMLFormElement, quiet: number): void => {
    asking = form;
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      if (asking?.isConnected) show(asking);
      asking = null;
    }, quiet);
  };
  document.addEventListener("keydown", (event) => {
    const quiet = quietOf(event.target);
    if (quiet === 0) return;
    pressed = event.timeStamp;
    if (asking) ask(asking, quiet);
  });
  document.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    asking = null;
    if (event.target instanceof HTMLFormElement && show(event.target)) event.preventDefault();
  });
  document.addEventListener("change", (event) => {
    const control = event.target;
    if (!(control instanceof HTMLSelectElement || control instanceof HTMLInputElement)) return;
    if (!control.form || !control.name || !control.checkValidity()) return;
    const quiet = quietOf(control);
    ask(control.form, event.timeStamp - pressed < quiet ? quiet : 0);
  });
}

/** For how long keys must have stopped in a control before what it says is meant. */
function quietOf(control: EventTarget | null): number {
  if (control instanceof HTMLSelectElement) return QUIET;
  return control instanceof HTMLInputElement && control.type === "date" ? QUIET_DATE : 0;
}

/** Shows what a form of this page asks; false where it is for the browser to do. */
function show(form: HTMLFormElement): boolean {
  if (form.method !== "get" || !form.closest("main") || form.getAttribute("role") === "search") return false;
  const address = addressOf(form);
  if (!canShow(address)) return false;
  if (published) visitPublished(askedBy(form));
  else void visit(address);
  return true;
}
