/** The search boxes of a page become comboboxes. A published folder has no search page: there the first hit opens. */
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
    const box = new Combobox(field, (published ? looking : asking)(address), root);
    if (!form.hidden) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void box.first();
    });
  }
}
