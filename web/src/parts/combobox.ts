/** The search box: a combobox with a list of hits (WAI-ARIA 1.2, "Editable Combobox With List Autocomplete"). */
import { say } from "../page/status.ts";
import type { Found, Kind } from "./ranking.ts";
import type { Searching } from "./searching.ts";

const QUIET = 120; // milliseconds without a key before a search starts
const TITLES: Readonly<Record<Kind, string>> = {
  organisation: "Organisations",
  family: "Families",
  model: "Models",
};

export class Combobox {
  readonly #field: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #search: Searching;
  readonly #root: URL;
  #timer = 0;
  #running: AbortController | null = null;
  #active = -1;

  constructor(field: HTMLInputElement, search: Searching, root: URL) {
    this.#field = field;
    this.#search = search;
    this.#root = root;
    this.#list = document.createElement("div");
    this.#list.id = `${field.id || "q"}-hits`;
    this.#list.className = "hits";
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", "Hits");
    field.after(this.#list);
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-autocomplete", "list"],
      ["aria-controls", this.#list.id],
      ["aria-expanded", "false"],
    ] as const)
      field.setAttribute(name, value);
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("keydown", (event) => this.#pressed(event));
    field.addEventListener("focusout", (event) => {
      if (!(event.relatedTarget instanceof Node && this.#list.contains(event.relatedTarget))) this.close();
    });
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.#list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
      if (option) this.#go(option);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#list.hidden = true;
    this.#active = -1;
    this.#field.setAttribute("aria-expanded", "false");
    this.#field.removeAttribute("aria-activedescendant");
  }

  /** Goes to the chosen hit, else to the first one of what the field now says. */
  async first(): Promise<void> {
    const text = this.#field.value.trim();
    clearTimeout(this.#timer);
    if (text === "") return;
    await this.#find(text);
    const option = this.#options[Math.max(this.#active, 0)];
    if (option && !this.#list.hidden) this.#go(option);
  }

  #typed(): void {
    clearTimeout(this.#timer);
    const text = this.#field.value.trim();
    if (text === "") this.close();
    else this.#timer = window.setTimeout(() => void this.#find(text), QUIET);
  }

  async #find(text: string): Promise<void> {
    this.#running?.abort();
    const run = new AbortController();
    this.#running = run;
    try {
      const found = await this.#search(text, run.signal);
      if (!run.signal.aborted) this.#show(found, text);
    } catch (failure) {
      if (run.signal.aborted) return;
      console.info("the search box finds nothing now:", failure); // the form still goes to the search page
      this.close();
    }
  }

  /** What was chosen stays so where it is still among the hits: keys may be faster than answers. */
  #show(found: readonly Found[], text: string): void {
    const chosen = this.#options[this.#active]?.dataset["page"];
    this.#active = -1;
    this.#field.removeAttribute("aria-activedescendant");
    const groups = new Map<Kind, HTMLElement>();
    let count = 0;
    for (const hit of found.filter((one) => one.page !== "")) {
      const group = groups.get(hit.kind) ?? this.#group(hit.kind, groups.size);
      groups.set(hit.kind, group);
      group.append(this.#option(hit, count++));
    }
    this.#list.replaceChildren(...groups.values());
    this.#list.hidden = count === 0;
    this.#field.setAttribute("aria-expanded", String(count > 0));
    if (chosen !== undefined) this.#choose(this.#options.findIndex((option) => option.dataset["page"] === chosen));
    say(count === 0 ? `Nothing is found for ${text}` : `${count} ${count === 1 ? "hit" : "hits"}`);
  }

  #group(kind: Kind, number: number): HTMLElement {
    const group = document.createElement("div");
    const title = document.createElement("div");
    title.id = `${this.#list.id}-group-${number}`;
    title.className = "kind";
    title.textContent = TITLES[kind];
    title.setAttribute("role", "presentation");
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", title.id);
    group.append(title);
    return group;
  }

  /** Names are what strangers wrote: text, isolated in its own direction. */
  #option(hit: Found, number: number): HTMLElement {
    const option = document.createElement("div");
    const name = document.createElement("bdi");
    option.id = `${this.#list.id}-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset["page"] = hit.page;
    name.textContent = hit.name;
    option.append(name);
    if (hit.what) {
      const what = document.createElement("bdi");
      what.className = "what";
      what.textContent = hit.what;
      option.append(" ", what);
    }
    return option;
  }

  get #options(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("[role=option]")];
  }

  #pressed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const open = !this.#list.hidden;
    const options = this.#options;
    if (event.key === "Escape" && open) this.close();
    else if (event.key === "Enter" && open && options[this.#active]) this.#go(options[this.#active] as HTMLElement);
    else if (event.key === "ArrowDown" && open) this.#choose((this.#active + 1) % options.length);
    else if (event.key === "ArrowUp" && open) this.#choose(this.#active < 1 ? options.length - 1 : this.#active - 1);
    else if (event.key === "ArrowDown" && this.#field.value.trim()) void this.#find(this.#field.value.trim());
    else return;
    event.preventDefault();
  }

  #choose(number: number): void {
    this.#active = number;
    this.#options.forEach((option, n) => option.setAttribute("aria-selected", String(n === number)));
    const chosen = this.#options[number];
    if (!chosen) return;
    this.#field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  /** Only an address of this site is followed. */
  #go(option: HTMLElement): void {
    const place = (option.dataset["page"] ?? "").split("/").map(encodeURIComponent).join("/");
    const address = new URL(`./${place}`, this.#root);
    if (address.origin === this.#root.origin) location.assign(address);
  }
}
