/** Buttons that copy the text that stands before them. */
import { say } from "../page/status.ts";

const SHOWN_FOR = 2000;

export function startCopy(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button.copy") : null;
    const text = button && textBefore(button);
    if (button && text) void copy(button, text);
  });
}

/** Without a safe context (plain HTTP on another machine) browsers copy nothing, and the buttons stay hidden. */
export function showCopy(): void {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("button.copy")) button.hidden = false;
}

export function textBefore(button: Element): string {
  for (let one = button.previousElementSibling; one; one = one.previousElementSibling) {
    const text = one.matches("pre, code") ? one : one.querySelector("pre, code");
    if (text) return text.textContent ?? "";
  }
  return "";
}

async function copy(button: HTMLButtonElement, text: string): Promise<void> {
  const words = (button.dataset["words"] ??= button.textContent ?? "");
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("Copied");
  } catch {
    button.textContent = "Not copied: select the text";
    say("It could not be copied; select the text");
  }
  setTimeout(() => (button.textContent = words), SHOWN_FOR);
}
