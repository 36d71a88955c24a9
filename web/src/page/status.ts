/** One line for screen readers, said when they have finished what they say. */
export function say(text: string): void {
  const status = document.getElementById("status");
  if (status) status.textContent = text;
}
