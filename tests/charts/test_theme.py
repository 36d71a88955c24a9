"""The palette keeps apart what is apart, for eyes of every common kind, on both grounds.

Simulations of colour vision: Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. Distances: CIE 1976,
in L*a*b* under D65; 2.3 is a difference that can just be seen.
"""

from __future__ import annotations

import itertools
import math

import pytest

from weighbridge.charts.colours import channels, contrast, mixed, readable
from weighbridge.charts.theme import PALE, THEMES, Theme

VISION = {
    "ordinary": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}  # fmt: skip
APART = {"ordinary": 20.0, "deuteranopia": 15.0, "protanopia": 15.0, "tritanopia": 11.0}
every_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def seen(colour: str, vision: str) -> list[float]:
    """Linear RGB of a colour as such eyes see it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in channels(colour))]
    return [min(max(sum(m * c for m, c in zip(row, linear, strict=True)), 0.0), 1.0) for row in VISION[vision]]


def lab(linear: list[float]) -> tuple[float, float, float]:
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    f = [t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@every_theme
@pytest.mark.parametrize("vision", VISION)
def test_any_two_series_are_told_apart_by_eyes_of_this_kind(theme: Theme, vision: str):
    for a, b in itertools.combinations(theme.marks, 2):
        assert math.dist(lab(seen(a, vision)), lab(seen(b, vision))) >= APART[vision], (a, b)


@every_theme
def test_shapes_have_three_to_one_against_the_ground(theme: Theme):
    for colour in (*theme.marks, theme.neutral, theme.dark):
        assert contrast(colour, theme.ground) >= 3.0, colour


@every_theme
def test_text_has_four_and_a_half_to_one_against_every_ground_it_stands_on(theme: Theme):
    for ink in (theme.ink, theme.soft, theme.faint, *theme.inks):
        assert contrast(ink, theme.ground) >= 4.5, ink
    assert contrast(theme.faint, theme.shade) >= 4.5


@every_theme
def test_numbers_in_cells_are_read_at_every_strength_of_the_colour(theme: Theme):
    for mark in theme.marks:
        for part in (0.18, 0.3, 0.5, 0.7, 0.9, 1.0):
            fill = mixed(theme.ground, mark, part)
            assert contrast(readable(fill, theme), fill) >= 4.5, (mark, part)


@every_theme
def test_what_lies_between_bounds_is_not_taken_for_the_value(theme: Theme):
    for mark in (theme.marks[0], theme.neutral):
        pale = mixed(theme.ground, mark, PALE)
        assert contrast(pale, mark) >= 1.8, mark


@every_theme
def test_there_is_an_ink_for_every_mark(theme: Theme):
    assert len(theme.inks) == len(theme.marks) == len(set(theme.marks))


def test_contrast_runs_from_one_to_twenty_one():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1
