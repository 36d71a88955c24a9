/** A specification as a live chart. This module and what it brings are fetched only when a chart comes near. */
import { View, parse, type Item, type Loader } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";

const ERRORS = 1;

/** Nothing is ever fetched for a chart: its data stand in its specification. */
const closed: Loader = {
  load: refused,
  sanitize: refused,
  http: refused,
  file: refused,
};

export interface Live {
  /** What the mark under a pointer says, or nothing. */
  onPointer(told: (says: string, event: Event) => void): void;
  /** Ends it and lets go of what it holds. */
  end(): void;
}

/**
 * Draws into an element of the page, without evaluating any text as script.
 *
 * @throws what Vega throws where a specification cannot be drawn.
 */
export async function draw(specification: unknown, into: HTMLElement): Promise<Live> {
  const compiled = compile(specification as TopLevelSpec).spec;
  const view = new View(parse(compiled, undefined, { ast: true }), {
    container: into,
    expr: expressionInterpreter,
    hover: false,
    loader: closed,
    logLevel: ERRORS,
    renderer: "svg",
  });
  await view.runAsync();
  return {
    onPointer(told) {
      for (const kind of ["pointerdown", "pointermove", "pointerout"]) {
        view.addEventListener(kind, (event, item) => told(kind === "pointerout" ? "" : saidBy(item), event as Event));
      }
    },
    end() {
      view.finalize();
    },
  };
}

/** The text that Python wrote for a mark. */
function saidBy(item: Item | null | undefined): string {
  const datum: unknown = item?.datum;
  if (typeof datum !== "object" || datum === null || !("says" in datum)) return "";
  return typeof datum.says === "string" ? datum.says : "";
}

function refused(): Promise<never> {
  return Promise.reject(new Error("a chart fetches nothing"));
}
