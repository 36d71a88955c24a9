"""The colours of the charts as properties of the style sheet: `python web/theme.py` writes web/src/style/theme.css.

The page and its charts so have one look; a test fails where the two differ.
"""

from __future__ import annotations

from pathlib import Path

from weighbridge.charts.theme import DARK, FONT, LIGHT, Theme

FILE = Path(__file__).parent / "src" / "style" / "theme.css"
PLAIN = ("ground", "ink", "soft", "faint", "grid", "shade", "neutral")


def properties(theme: Theme) -> str:
    """The colours of a theme as declarations."""
    named = {name: getattr(theme, name) for name in PLAIN}
    marks = {f"mark-{place}": colour for place, colour in enumerate(theme.marks, 1)}
    inks = {f"ink-{place}": colour for place, colour in enumerate(theme.inks, 1)}
    return "".join(f"  --{name}: {colour};\n" for name, colour in (named | marks | inks).items())


def sheet() -> str:
    """The whole file."""
    light = f":root {{\n  color-scheme: light;\n  --font: {FONT.replace(chr(39), chr(34))};\n{properties(LIGHT)}}}\n"
    dark = f"  color-scheme: dark;\n{properties(DARK)}"
    chosen = _within("@media screen", f':root[data-theme="dark"] {{\n{dark}}}')
    system = _within("@media screen and (prefers-color-scheme: dark)", f":root:not([data-theme]) {{\n{dark}}}")
    return f"/* Made from the charts' themes by web/theme.py; paper is always light. */\n{light}\n{system}\n{chosen}"


def _within(media: str, rule: str) -> str:
    return f"{media} {{\n" + "".join(f"  {line}\n" for line in rule.splitlines()) + "}\n"


if __name__ == "__main__":
    FILE.write_text(sheet(), encoding="utf-8")
