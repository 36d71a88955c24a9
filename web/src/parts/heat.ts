/** The keyboard in a heat map: one stop for the Tab key, arrows from cell to cell. */
const INSIDE = "a[href], button, [tabindex]";
type Move = (row: number, column: number, grid: Grid) => [number, number];
type Grid = readonly (readonly HTMLElement[])[];

const MOVES: Readonly<Record<string, Move>> = {
  ArrowUp: (row, column) => [row - 1, column],
  ArrowDown: (row, column) => [row + 1, column],
  ArrowLeft: (row, column) => [row, column - 1],
  ArrowRight: (row, column) => [row, column + 1],
  Home: (row) => [row, 0],
  End: (row, _column, grid) => [row, (grid[row]?.length ?? 1) - 1],
  "Control+Home": () => [0, 0],
  "Control+End": (_row, _column, grid) => [grid.length - 1, (grid.at(-1)?.length ?? 1) - 1],
};

/** What can be focused, by rows; a row holds the first link or button of each of its cells. */
export function gridOf(table: Element): Grid {
  const rows: HTMLElement[][] = [];
  for (const row of table.querySelectorAll("tr")) {
    const cells = [...row.querySelectorAll<HTMLElement>(":scope > [data-row][data-col]")];
    const found = cells.map((cell) => cell.querySelector<HTMLElement>(INSIDE) ?? cell);
    if (found.length > 0) rows.push(found);
  }
  return rows;
}

/** Where a key leads from a place, within the grid; null where it leads nowhere. */
export function moved(grid: Grid, row: number, column: number, key: string): HTMLElement | null {
  const move = MOVES[key];
  if (!move) return null;
  const [down, across] = move(row, column, grid);
  return grid[down]?.[across] ?? null;
}

/** One stop for the Tab key in every heat map: the one that had it, else the first. */
export function showHeat(): void {
  for (const table of document.querySelectorAll("table.heat[role=grid]")) {
    const cells = gridOf(table).flat();
    const now = cells.find((cell) => cell === document.activeElement) ?? cells[0];
    for (const cell of cells) cell.tabIndex = cell === now ? 0 : -1;
  }
}

export function startHeat(): void {
  document.addEventListener("keydown", (event) => {
    const at = event.target instanceof HTMLElement ? event.target : null;
    const table = at?.closest("table.heat[role=grid]");
    if (!at || !table || event.altKey || event.metaKey || event.shiftKey) return;
    const grid = gridOf(table);
    const row = grid.findIndex((cells) => cells.includes(at));
    const to = moved(grid, row, grid[row]?.indexOf(at) ?? -1, `${event.ctrlKey ? "Control+" : ""}${event.key}`);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
  document.addEventListener("focusin", (event) => {
    const at = event.target instanceof HTMLElement ? event.target : null;
    const table = at?.closest("table.heat[role=grid]");
    if (!at || !table) return;
    for (const cell of gridOf(table).flat()) cell.tabIndex = cell === at ? 0 : -1;
  });
}
