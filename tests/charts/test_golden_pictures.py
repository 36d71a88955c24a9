"""Every chart as it was when somebody last looked at it, wide and light, narrow and dark.

A change of the theme or of a chart moves these files, and the move is then seen in a diff. Look at the pictures (they
open in any browser), and where the change is meant, record anew:

    WEIGHBRIDGE_RECORD=1 python -m pytest tests/charts/test_golden_pictures.py
"""

from __future__ import annotations

import os
from pathlib import Path

import documents
import pytest

from weighbridge.charts import charts, chosen
from weighbridge.charts.drawing import Drawing

GOLDEN = Path(__file__).parent / "golden"
RECORD = "WEIGHBRIDGE_RECORD"
FORMS = {"wide-light": ("light", 900), "narrow-dark": ("dark", 375)}
CASES = [(name, form) for name in documents.EVERY for form in FORMS]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_a_picture_is_as_it_was_last_seen(name: str, form: str):
    theme, width = FORMS[form]
    now = Drawing(documents.EVERY[name], documents.BY_NAME.get(name), theme, width).svg()
    path = GOLDEN / f"{name}.{form}.svg"
    if os.environ.get(RECORD) == "1":
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8", newline="\n")
        return
    assert path.is_file(), f"{path.name} was never recorded; {RECORD}=1 records it"
    assert now == path.read_text(encoding="utf-8"), f"{path.name} changed; where that is meant, {RECORD}=1 records it"


def test_every_recorded_picture_belongs_to_a_document():
    names = {path.name for path in GOLDEN.iterdir()}
    expected = {f"{name}.{form}.svg" for name, form in CASES}
    if os.environ.get(RECORD) == "1":
        for name in names - expected:
            (GOLDEN / name).unlink()
        return
    assert names == expected


def test_every_chart_is_drawn_of_a_recorded_document():
    drawn = {chosen(document, documents.BY_NAME.get(name)).id for name, document in documents.EVERY.items()}
    assert drawn == set(charts())


@pytest.mark.parametrize("name", documents.EVERY)
def test_a_document_has_the_chart_that_is_meant_for_it(name: str):
    assert chosen(documents.EVERY[name], documents.BY_NAME.get(name)).id == documents.own(name)
