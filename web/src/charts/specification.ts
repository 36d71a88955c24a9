/** Which of a figure's specifications fits the reader's window and colours; null where it has none. */
export function specificationOf(figure: HTMLElement, small: boolean, dark: boolean): string | null {
  const name = `spec${small ? "Narrow" : ""}${dark ? "Dark" : ""}`;
  return figure.dataset[name] || null;
}
