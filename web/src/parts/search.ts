/** The search boxes of a page become comboboxes. */
import { published, root } from "../page/visit.ts";
import { Combobox } from "./combobox.ts";
import { asking, looking } from "./searching.ts";

const done = new WeakSet<HTMLFormElement>();

export function showSearch(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[role=search][data-search]")) {
    const field = form.querySelector<HTMLInputElement>("input[name=q]");
    if (!field || done.has(form)) continue;
    done.add(form);
    const address = new URL(form.dataset["search"] ?? "", location.href);
    new Combobox(field, (published ? looking : asking)(address), root);
  }
}
