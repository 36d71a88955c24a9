/** The text beside the pointer: what the mark under it says. The table holds the same for those who use no pointer. */
const GAP = 14;
let tip: HTMLElement | null = null;

/** Shows a text at an event's place; an empty text hides it. The text is never read as markup. */
export function tell(text: string, event: Event): void {
  if (!text) {
    hide();
    return;
  }
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "tip";
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
    addEventListener("scroll", hide, { passive: true });
    addEventListener("keydown", (pressed) => pressed.key === "Escape" && hide());
  }
  if (tip.textContent !== text) tip.textContent = text;
  tip.hidden = false;
  if (event instanceof MouseEvent) place(tip, event.clientX, event.clientY);
}

export function hide(): void {
  if (tip) tip.hidden = true;
}

/** Beside the pointer, and within the window. */
function place(box: HTMLElement, x: number, y: number): void {
  const { width, height } = box.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  const left = x + GAP + width <= room ? x + GAP : Math.max(x - GAP - width, 0);
  const top = y - GAP - height >= 0 ? y - GAP - height : y + GAP;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}
