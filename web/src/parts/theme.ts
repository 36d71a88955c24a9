/** The switch between light and dark. What equals the system's choice is not kept, so that it follows the system. */
export type Theme = "light" | "dark";

const KEY = "weighbridge-theme";
const html = document.documentElement;

export function system(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** What the page shows now. */
export function current(): Theme {
  const chosen = html.dataset["theme"];
  return chosen === "light" || chosen === "dark" ? chosen : system();
}

/** Calls back when the theme has changed, by the switch or by the system. */
export function onTheme(changed: () => void): void {
  new MutationObserver(changed).observe(html, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

function choose(theme: Theme): void {
  const own = theme === system();
  if (own) delete html.dataset["theme"];
  else html.dataset["theme"] = theme;
  try {
    if (own) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It then holds for this page only.
  }
}

export function startTheme(): void {
  const button = document.querySelector<HTMLButtonElement>("button.theme");
  if (!button) return;
  const other = (): Theme => (current() === "dark" ? "light" : "dark");
  const say = (): void => {
    button.textContent = `Use ${other()} colours`; // what it does, so it needs no state beside its name
  };
  button.hidden = false;
  button.addEventListener("click", () => choose(other()));
  onTheme(say);
  say();
}
