"""Arithmetic of colours: mixing, and contrast as WCAG 2.2 defines it."""

from __future__ import annotations

from weighbridge.charts.theme import Theme

TEXT = 4.5
"""Least contrast of text (WCAG 2.2, success criterion 1.4.3)."""


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(ground: str, colour: str, part: float) -> str:
    """A colour laid over another with so much of it, 0 to 1."""
    pairs = zip(channels(ground), channels(colour), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(ground: str, theme: Theme) -> str:
    """The theme's ink where it reads well on a ground, else black or white, one of which does on any."""
    if contrast(ground, theme.ink) >= TEXT:
        return theme.ink
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ground, ink))
