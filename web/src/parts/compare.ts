/** The form of Compare: what is compared as chips that can be taken away, up to six. Without script it is one field. */
import { say } from "../page/status.ts";

export const GROUPS_MOST = 6;
const NAME = "groups";

/** Groups as a field writes them. */
export function groupsIn(text: string): string[] {
  const groups = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return [...new Set(groups)];
}

export function showCompare(): void {
  const form = document.querySelector<HTMLFormElement>("form#compare");
  const field = form?.querySelector<HTMLInputElement>("input[name=groups]:not([type=hidden], :disabled)");
  if (!form || !field) return;
  const groups = groupsIn(field.value);
  const kept = document.createElement("input");
  kept.type = "hidden";
  kept.value = groups.join(",");
  if (new URLSearchParams(location.search).has(NAME)) kept.name = NAME; // else they are what the page chose itself
  const list = document.createElement("ul");
  list.className = "chips";
  list.setAttribute("aria-label", "Compared");
  list.append(...groups.map((group) => chip(group, () => put(form, kept, groups.filter((one) => one !== group)))));
  field.removeAttribute("name");
  field.value = "";
  field.placeholder = groups.length < GROUPS_MOST ? "Add another" : `At most ${GROUPS_MOST}`;
  field.readOnly = groups.length >= GROUPS_MOST; // and not disabled, since the keyboard may be in it
  field.before(list, kept);
  field.addEventListener("change", () => {
    const more = groupsIn(`${kept.value},${field.value}`);
    if (more.length > GROUPS_MOST) say(`At most ${GROUPS_MOST} are compared`);
    else if (more.length > groups.length) put(form, kept, more);
  });
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) kept.removeAttribute("name"); // groups of something else
  });
}

function put(form: HTMLFormElement, kept: HTMLInputElement, groups: readonly string[]): void {
  kept.name = NAME;
  kept.value = groups.join(",");
  form.requestSubmit();
}

function chip(group: string, remove: () => void): HTMLElement {
  const item = document.createElement("li");
  const name = document.createElement("bdi");
  const button = document.createElement("button");
  name.textContent = group;
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", `Remove ${group}`);
  button.addEventListener("click", remove);
  item.append(name, button);
  return item;
}
