"""The style sheet: the colours of the charts, text that can be read on them, and no address of anybody else."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from weighbridge.charts.colours import TEXT, contrast, mixed
from weighbridge.charts.theme import THEMES, Theme
from weighbridge.surfaces.web.parts.heat import COLOURS, STEPS

WEB = Path(__file__).resolve().parents[3] / "web"
STYLE = WEB / "src" / "style"
SHEETS = sorted(STYLE.glob("*.css"))


def test_the_colours_of_the_pages_are_those_of_the_charts():
    made = runpy.run_path(str(WEB / "theme.py"))["sheet"]()
    assert (STYLE / "theme.css").read_text(encoding="utf-8") == made, "`python web/theme.py` writes it anew"


def test_every_sheet_is_part_of_the_style():
    imported = re.findall(r'@import "\./(\w+\.css)"', (STYLE / "main.css").read_text(encoding="utf-8"))
    assert {*imported, "main.css", "script.css"} == {sheet.name for sheet in SHEETS}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_sheet_fetches_anything(sheet: Path):
    text = sheet.read_text(encoding="utf-8")
    assert "url(" not in text
    assert "//" not in text
    assert "@font-face" not in text


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_colour_comes_from_the_theme(sheet: Path):
    if sheet.name != "theme.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s)])", sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_property_that_is_used_is_one_that_is_set(sheet: Path):
    everywhere = "".join(one.read_text(encoding="utf-8") for one in SHEETS)
    there = set(re.findall(r"(--[\w-]+):", everywhere))
    assert set(re.findall(r"var\((--[\w-]+)", sheet.read_text(encoding="utf-8"))) <= there


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: str(theme.id))
def test_text_reads_well_on_every_ground_that_pages_have(theme: Theme):
    for ground in (theme.ground, theme.shade):
        for text in (theme.ink, theme.soft, *theme.inks):
            assert contrast(ground, text) >= TEXT, (ground, text)
    assert contrast(theme.ground, theme.faint) >= TEXT


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: str(theme.id))
def test_text_reads_well_in_every_cell_of_the_heat_map(theme: Theme):
    table = (STYLE / "table.css").read_text(encoding="utf-8")
    strengths = [int(found) for found in re.findall(r"\.step-\d \{ --strength: (\d+)", table)]
    assert len(strengths) == len(STEPS) + 1
    assert len(re.findall(r"\.lead-\d \{ --lead", table)) == COLOURS
    for colour in theme.marks[:COLOURS]:
        for strength in strengths:
            assert contrast(mixed(theme.ground, colour, strength / 100), theme.ink) >= TEXT, (colour, strength)
