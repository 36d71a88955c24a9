"""How charts look: colours, type and sizes, light and dark. Everything that draws takes them from here.

The hues are those of Okabe and Ito, "Color Universal Design" (2002, revised 2008), which people with any common
colour vision tell apart. Six of them are kept. On a light ground they are darkened, since orange and sky blue as
published have less than 3:1 against white (WCAG 2.2, success criterion 1.4.11); on a dark ground they are nearly as
published. Text in a series' colour uses an ink of the same hue with 4.5:1 (criterion 1.4.3).
`tests/charts/test_theme.py` measures all of this, under deuteranopia, protanopia and tritanopia too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif"
"""What a browser draws with: the reader's own system. Nothing is fetched, and no place depends on it."""
DRAWN_FONT = "Liberation Sans"
"""What pictures without a browser (PNG) are drawn with; it comes inside `vl-convert-python`."""
BASE = 13
"""Size of ordinary text, in pixels."""
SMALL = 11.5
LINE = 1.35
"""Height of a line of text, as a multiple of its size."""
PALE = 0.28
"""Opacity of what lies between a value and its upper bound."""
BAND = 0.16
"""Opacity of bands around lines, several of which may overlap."""


@dataclass(frozen=True)
class Theme:
    """Colours of a chart.

    Attributes:
        id: light or dark.
        ground: behind everything.
        ink: titles and names.
        soft: subtitles and lesser numbers.
        faint: sources and notes.
        grid: lines that the eye should pass over.
        shade: behind a stretch that is not whole.
        neutral: of groups that are no party: the rest, the unaffiliated.
        dark: outline of what nobody knows: the unregistered, the unknown.
        marks: of series, in the order in which they are given out.
        inks: the same hues for text.
    """

    id: str
    ground: str
    ink: str
    soft: str
    faint: str
    grid: str
    shade: str
    neutral: str
    dark: str
    marks: tuple[str, ...]
    inks: tuple[str, ...]

    def config(self) -> dict[str, Any]:
        """The `config` of a specification: no axes or legends of Vega's own, and no labels for each mark."""
        return {
            "font": FONT,
            "background": self.ground,
            "aria": False,
            "view": {"stroke": None},
            "text": {"fill": self.ink, "fontSize": BASE, "align": "left", "baseline": "middle", "limit": 0},
        }


LIGHT = Theme(
    id="light",
    ground="#ffffff",
    ink="#1b1f24",
    soft="#4b535d",
    faint="#646d78",
    grid="#dfe3e8",
    shade="#f1f3f5",
    neutral="#878f99",
    dark="#6b7480",
    marks=("#0063a0", "#d17a00", "#00966d", "#b8518b", "#7a3b00", "#4798cf"),
    inks=("#0063a0", "#9a5a00", "#007a58", "#a8427b", "#7a3b00", "#2a719f"),
)
DARK = Theme(
    id="dark",
    ground="#14171b",
    ink="#f0f2f4",
    soft="#bcc3cb",
    faint="#98a1ab",
    grid="#31373f",
    shade="#1d2126",
    neutral="#7d8691",
    dark="#929ba6",
    marks=("#56b4e9", "#e69f00", "#11a579", "#d88bb5", "#f0e442", "#d55e00"),
    inks=("#56b4e9", "#e69f00", "#1fb98a", "#e09cc2", "#f0e442", "#ee7a24"),
)
THEMES = {theme.id: theme for theme in (LIGHT, DARK)}
