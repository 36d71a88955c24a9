"""Text in charts: untrusted names made fit to be drawn, how wide text is at most, folding and shortening.

The reader's system decides which font is drawn, so no width is exact. The widths here are those of DejaVu Sans, the
widest font that stands for `system-ui` anywhere in common use: what fits in it fits everywhere, and a drawing is the
same on every machine.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from typing import Any

from weighbridge.records.shown import plain

ELLIPSIS = "…"
NBSP = "\N{NO-BREAK SPACE}"
MEASURED = 8_192
"""Texts whose width is kept."""
LONGEST = 1_000
"""Characters of a name that a specification keeps; no hub allows longer ones."""
# fmt: off
REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
)
BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995,
    837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712,
    365, 712, 838,
)
# fmt: on
"""Advance widths of the characters from space to tilde, in thousandths of the size."""
OTHERS = {"–": 500, NBSP: 318, "·": 318, "\N{NARROW NO-BREAK SPACE}": 200}
LETTER, SIGN, WIDE = 700, 1_000, 1_050
"""What is assumed of other letters, other signs, and East Asian characters."""


def clean(value: Any) -> str:
    """Untrusted text on one line, without control, direction and invisible characters and what XML forbids."""
    text = " ".join(str(value)[:LONGEST].split())
    if text.isascii() and text.isprintable():  # most names are
        return text
    text = plain(text)
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cn", "Co", "Cs") else "\ufffd" for c in text)


def width(text: str, size: float, bold: bool = False) -> float:
    """The most pixels that a text takes in a line."""
    return _units(text, bold) * size / 1000


@functools.lru_cache(maxsize=MEASURED)
def _units(text: str, bold: bool) -> int:
    """The width of a text in thousandths of its size; the looks of a chart ask for the same texts."""
    table = BOLD if bold else REGULAR
    return sum(_advance(c, table) for c in text)


def _advance(character: str, table: tuple[int, ...]) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return table[code - 32]
    if character in OTHERS:
        return OTHERS[character]
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return WIDE
    return LETTER if character.isalpha() else SIGN


def shortened(text: str, most: float, size: float, bold: bool = False) -> str:
    """Text that takes at most so many pixels, its end replaced by an ellipsis where it is longer."""
    if width(text, size, bold) <= most:
        return text
    table, room = BOLD if bold else REGULAR, most * 1000 / size - SIGN
    kept = 0
    for character in text:
        room -= _advance(character, table)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def folded(text: str, most: float, size: float, bold: bool = False, lines: int | None = None) -> list[str]:
    """Text in lines of at most so many pixels, broken at spaces; a longer word, or a line too many, is shortened."""
    found: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and width(longer, size, bold) > most:
            found.append(line)
            longer = word
        line = longer
    found.append(line)
    if lines is not None and len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [shortened(part, most, size, bold) for part in found]


def balanced(text: str, most: float, size: float, bold: bool = False, lines: int | None = None) -> list[str]:
    """Text folded into as few lines as it needs, these as alike in length as they can be."""
    found = folded(text, most, size, bold, lines)
    if len(found) == 1 or found[-1].endswith(ELLIPSIS):
        return found
    low, high = most / 2, most
    while high - low > 2:
        middle = (low + high) / 2
        tried = folded(text, middle, size, bold)
        if len(tried) <= len(found) and not any(line.endswith(ELLIPSIS) for line in tried):
            found, high = tried, middle
        else:
            low = middle
    return found


def widest(texts: Iterable[str], size: float, bold: bool = False) -> float:
    """Pixels of the widest of some texts; 0 for none."""
    return max((width(text, size, bold) for text in texts), default=0.0)


def percent(value: float, digits: int | None = None) -> str:
    """A part of one as `49 %`, `3.1 %`, `0.24 %`, `> 99 %`; so many digits, or as many as show two figures."""
    if digits is None:
        size = abs(value) * 100
        if 99.5 <= size < 100:
            return f">{NBSP}99{NBSP}%" if value > 0 else f"<{NBSP}−99{NBSP}%"
        if 0 < size < 0.005:
            return f"<{NBSP}0.01{NBSP}%" if value > 0 else f"−0.01{NBSP}%"
        digits = 0 if size >= 9.95 or size == 0 else 1 if size >= 0.95 else 2
    return f"{100 * value:.{digits}f}{NBSP}%".replace("-", "−")


def points(value: float) -> str:
    """A difference of two parts of one in points of a percent, with its sign: `+12`, `−3.1`."""
    size = abs(value) * 100
    if not value:
        return "0"
    return f"{100 * value:+.{0 if size >= 9.95 else 1 if size >= 0.95 else 2}f}".replace("-", "−")


def counted(value: float) -> str:
    """A number with as many figures as a reader takes in: `1.16 billion`, `42,100`, `0.31`."""
    size = abs(value)
    for unit, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if size >= unit:
            return f"{value / unit:.3g}{NBSP}{name}".replace("-", "−")
    if size >= 1000 or float(value).is_integer():
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")
