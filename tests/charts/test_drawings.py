"""Files and notebooks: pictures that hold no script and refer to nothing, and files that are whole or not there."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import documents
import pytest
from test_specifications import HOSTILE

from weighbridge.charts import fitting
from weighbridge.charts.drawing import ENDINGS, Drawing
from weighbridge.charts.theme import FONT
from weighbridge.errors import UsageError

DRAWN = {"svg", "g", "path", "text", "tspan", "rect", "line", "title", "desc"}


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314, our own drawing


def hostile():
    """Answers whose names are what nobody should be called."""
    shares = [documents.row(name, 0.05, hi=0.1) for name in HOSTILE]
    series = [r | {"period": p} for p in documents.months(3) for r in shares]
    carriers = documents.influence()
    carriers["rows"] = [row | {"name": name} for row, name in zip(carriers["rows"] * 3, HOSTILE, strict=False)]
    ledger = documents.quality()
    ledger["rows"] = [ledger["rows"][0] | {"model": name, "event": name, "detail": name} for name in HOSTILE]
    said = documents.claims()
    said["rows"] = [said["rows"][0] | {"statement": name, "source": name} for name in HOSTILE]
    words = {"title": HOSTILE[0], "unit": HOSTILE[1], "hub": HOSTILE[2], "notes": [f"Not in the bounds {HOSTILE[1]}"],
             "sources": [{"vintage": HOSTILE[0], "title": HOSTILE[1], "sha256": ""}]}  # fmt: skip
    return {
        "share": documents.document("share", shares, by="model", **words),
        "series": documents.document("share", series, by="model", periods=documents.periods(3), **words),
        "influence": carriers, "quality": ledger, "claims": said,
    }  # fmt: skip


CASES = [(name, chart.id) for name, document in hostile().items() for chart in fitting(document)]


@pytest.mark.parametrize(("name", "chart"), CASES)
def test_hostile_names_are_text_and_nothing_else(name, chart):
    svg = Drawing(hostile()[name], chart, width=375).svg()
    root = parsed(svg)
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in DRAWN
        for attribute, value in element.attrib.items():
            assert not attribute.lower().startswith("on")
            assert "href" not in attribute
            assert "url(" not in value
            assert "javascript" not in value or attribute == "aria-label"
    assert not set(svg) & set("\u202e\u2066\x00\x1b\ufffe")


@pytest.mark.parametrize("name", documents.EVERY)
def test_a_picture_is_named_for_those_who_do_not_see_it(name):
    made = Drawing(documents.EVERY[name])
    root = parsed(made.svg())
    said = made.spec["usermeta"]["weighbridge"]
    assert root.get("role") == "img"
    assert root.get("aria-label") == said["title"] == root[0].text
    assert [child.tag.rpartition("}")[2] for child in root[:2]] == ["title", "desc"]
    assert said["subtitle"] in (root[1].text or "")
    assert said["source"] in (root[1].text or "")
    inside = [element for element in root.iter() if element is not root]
    assert not [e for e in inside for name in e.attrib if name == "role" or name.startswith("aria")]


def test_a_picture_takes_the_readers_own_font():
    fonts = {e.get("font-family") for e in parsed(Drawing(documents.share()).svg()).iter()} - {None}
    assert fonts == {FONT}


def test_a_picture_is_as_wide_as_was_asked_and_the_same_each_time():
    for width in (375, 900):
        first, second = (Drawing(documents.series(), width=width).svg() for _ in range(2))
        assert first == second
        assert parsed(first).get("width") == str(width)


class Reader(HTMLParser):
    """Collects elements and attributes of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def test_a_page_holds_picture_and_table_and_needs_nothing_else():
    reader = Reader()
    reader.feed(Drawing(hostile()["share"]).html())
    assert {"svg", "table", "main", "title"} <= set(reader.tags)
    assert not {"script", "img", "link", "iframe", "object", "a"} & set(reader.tags)
    assert not [name for name, _ in reader.attributes if name in ("src", "href", "srcset") or name.startswith("on")]
    assert reader.tags.count("tr") == len(HOSTILE) + 1
    assert any("<script>alert(1)</script>" in text for text in reader.text)
    assert ("http-equiv", "Content-Security-Policy") in reader.attributes


def test_csv_holds_all_rows_as_they_are_and_no_formula():
    rows = list(csv.DictReader(io.StringIO(Drawing(hostile()["share"]).csv())))
    assert [float(row["value"]) for row in rows] == [0.05] * len(HOSTILE)
    assert not [row["group"] for row in rows if row["group"].startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_is_of_the_kind_that_its_name_says(tmp_path, ending):
    path = Drawing(documents.share()).save(tmp_path / f"share{ending}")
    content = path.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    beginnings = {".svg": b"<svg ", ".png": b"\x89PNG", ".html": b"<!doctype html>", ".json": b"{", ".csv": b"group,"}
    assert content.startswith(beginnings[ending])
    if ending == ".json":
        assert json.loads(content) == Drawing(documents.share()).spec


@pytest.mark.parametrize("name", ["share.pdf", "share", "share.svg.exe", ".svg"])
def test_other_endings_are_refused_with_those_there_are(tmp_path, name):
    with pytest.raises(UsageError) as caught:
        Drawing(documents.share()).save(tmp_path / name)
    assert all(ending in caught.value.hint for ending in ENDINGS)
    assert not list(tmp_path.iterdir())


def test_a_file_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "share.svg"
    path.write_text("before")
    monkeypatch.setattr("pathlib.Path.replace", lambda self, target: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        Drawing(documents.share()).save(path)
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["share.svg"]


def test_a_notebook_gets_the_specification_and_the_picture():
    bundle = Drawing(documents.share())._repr_mimebundle_()
    spec = bundle["application/vnd.vegalite.v5+json"]
    assert spec["$schema"].endswith("v5.json")
    assert bundle["image/svg+xml"] == Drawing(documents.share()).svg()
    assert "United States leads" in bundle["text/plain"]
