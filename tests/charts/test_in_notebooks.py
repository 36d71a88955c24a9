"""What a notebook shows of an answer and of its chart, told without one: the methods that every notebook calls."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

import weighbridge
from weighbridge.records.answer import SHOWN_MOST, Row
from weighbridge.surfaces.python import Result

SVG = "{http://www.w3.org/2000/svg}svg"
VEGA_LITE = re.compile(r"application/vnd\.vegalite\.v(\d)\+json")
HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture(scope="module")
def share(tmp_path_factory) -> Result:
    return weighbridge.open(tmp_path_factory.mktemp("nothing") / "store").share(by="country", top=5)


def test_the_bundle_holds_a_form_for_every_front_end(share):
    bundle = share.chart()._repr_mimebundle_(include=None, exclude=None)
    assert json.loads(json.dumps(bundle, allow_nan=False)) == bundle  # a notebook is a JSON file
    vega = [VEGA_LITE.fullmatch(kind) for kind in bundle]
    (version,) = [found[1] for found in vega if found]
    spec = next(form for kind, form in bundle.items() if VEGA_LITE.fullmatch(kind))
    assert spec["$schema"] == f"https://vega.github.io/schema/vega-lite/v{version}.json"
    assert ElementTree.fromstring(bundle["image/svg+xml"]).tag == SVG  # noqa: S314, made by Vega just before
    assert bundle["text/plain"].startswith(share.chart().title)


def test_the_picture_in_the_bundle_is_the_one_that_is_saved(share, tmp_path):
    chart = share.chart(theme="dark", width=360)
    assert chart._repr_mimebundle_()["image/svg+xml"] == chart.save(tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_chart_in_a_notebook_asks_no_other_host(share):
    bundle = share.chart()._repr_mimebundle_()
    spec = next(form for kind, form in bundle.items() if VEGA_LITE.fullmatch(kind))
    assert "url" not in json.dumps(spec | {"$schema": ""}).lower().replace("config", "")
    assert not re.search(r'(?:href|src)="', bundle["image/svg+xml"])


def test_a_table_says_definition_window_and_what_the_sample_is(share):
    page = share._repr_html_()
    assert "house v1" in page
    assert "2024-06-11 to 2024-07-11" in page
    assert "The bundled sample answers" in page


def test_a_table_of_simulated_data_says_so(share):
    assert "SIMULATED DATA" in replace(share, simulated=True)._repr_html_()
    assert "SIMULATED DATA" in repr(replace(share, simulated=True))
    assert "SIMULATED" not in share._repr_html_() + repr(share)


def test_a_notebook_shows_few_rows_of_many_and_says_how_many_are_left(share):
    rows = tuple(Row(f"g{n}", 0.0, 0.0, 0.0, downloads=n, models=1, kind="windowed") for n in range(SHOWN_MOST + 7))
    page = replace(share, rows=rows)._repr_html_()
    assert page.count("<tr>") == SHOWN_MOST + 1
    assert "7 more rows" in page


def test_names_in_a_table_are_text(share):
    rows = (Row(HOSTILE, 1.0, 1.0, 1.0, downloads=1, models=1, kind="windowed"),)
    page = replace(share, rows=rows, notes=(HOSTILE,))._repr_html_()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2


def test_a_console_shows_one_line_and_not_the_whole_answer(share):
    assert len(repr(share).splitlines()) == 1
    assert len(repr(share)) < 300
    assert "6 rows" in repr(share)
