/** Runs before the first paint: a reader's own choice of light or dark, so that nothing flashes. Needs no other file. */
{
  try {
    const kept = localStorage.getItem("weighbridge-theme");
    if (kept === "light" || kept === "dark") document.documentElement.dataset["theme"] = kept;
  } catch {
    // A browser that keeps nothing follows the system.
  }
}
