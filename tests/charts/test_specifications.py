"""Specifications: valid Vega-Lite whatever the answer, with every figure in them and nothing but data in the data."""

from __future__ import annotations

import functools
import itertools
import json
from pathlib import Path

import documents
import pytest
import vl_convert
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.charts import WIDTH, charts, chosen, fitting, specification
from weighbridge.charts.drawing import NOTEBOOK_SCHEMA, VEGA_LITE
from weighbridge.charts.series import nice_ticks
from weighbridge.charts.sheet import spread
from weighbridge.charts.text import balanced, folded, shortened, width
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import measures

HOSTILE = (
    "<script>alert(1)</script>", "</svg><img src=x onerror=alert(1)>", "\u202eevil\u202c/\u2066gpj.exe", "x" * 300,
    "a\x00b\x1b[31mc\ufffe", "datum['value'] || signal", "{{7*7}}${7*7}", "javascript:alert(1)", "=cmd|' /C calc'!A0",
    "שלום/עולם", "模型/模型" * 40, "'\"&;", "\ud800x", "[0].a\\.b", "🎈" * 50, "",
)  # fmt: skip
EXPRESSIONS = ("expr", "signal", "test", "calculate", "labelExpr", "url", "href", "src", "transform", "params")
groups = st.one_of(
    st.sampled_from(["US", "CN", "unknown", "unregistered", "unaffiliated", "(other)", *HOSTILE]), st.text()
)
parts = st.floats(0.0, 1.0, allow_nan=False)


@functools.cache
def validator():
    """The validator of Vega-Lite's own JSON schema, which altair brings."""
    altair = pytest.importorskip("altair", reason="the schema of Vega-Lite comes with altair")
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(altair.__file__).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
    return jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


def assert_valid(spec):
    error = next(validator().iter_errors(spec), None)
    assert error is None, error.message[:300]
    json.dumps(spec, allow_nan=False)


def expressions(node, inside=()):
    """Every text in a specification that Vega would run or fetch, outside the data."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("datasets", "usermeta"):
                continue
            if key in EXPRESSIONS:
                yield (*inside, key), value
            yield from expressions(value, (*inside, key))
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value, inside)


@st.composite
def answers(draw):
    """Answers of one window or several, with any names and any limits around the value."""
    names = draw(st.lists(groups, min_size=1, max_size=30, unique=True))
    months = draw(st.sampled_from([None, 1, 2, 5]))
    rows = []
    for period in documents.months(months) if months else [None]:
        for name in names:
            lo, value, hi = sorted(draw(st.tuples(parts, parts, parts)))
            known = draw(st.booleans())
            rows.append(documents.row(name, value) | {"lo": lo if known else None, "hi": hi if known else None}
                        | {"period": period})  # fmt: skip
    by = draw(st.sampled_from(["country", "organisation", "model", "family", "task"]))
    held = documents.periods(months) if months else None
    return documents.document(draw(st.sampled_from(["share", "made-up"])), rows, by=by, periods=held)


@given(answers(), st.sampled_from(["light", "dark"]), st.sampled_from([300, 375, 900, 2000]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_answer_makes_a_valid_specification_with_every_figure_in_it(document, theme, wide):
    for chart in fitting(document):
        spec = specification(document, chart.id, theme, wide)
        assert_valid(spec)
        held = spec["datasets"]["rows"]
        assert [row["value"] for row in held] == [row["value"] for row in document["rows"]]
        assert [(row["lo"], row["hi"]) for row in held] == [(row["lo"], row["hi"]) for row in document["rows"]]
        padding = spec["padding"]
        assert spec["width"] + padding["left"] + padding["right"] == wide


@given(answers())
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_names_are_data_and_reach_no_expression(document):
    for chart in fitting(document):
        for place, value in expressions(specification(document, chart.id)):
            assert place[-1] == "test", place
            assert value == {"field": "inside", "equal": "hollow"}


@pytest.mark.parametrize("name", documents.EVERY)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("wide", [300, 375, 900, 2000])
def test_every_chart_is_valid_at_every_width(name, theme, wide):
    assert_valid(specification(documents.EVERY[name], documents.BY_NAME.get(name), theme, wide))


def test_the_schema_refuses_what_is_no_chart():
    with pytest.raises(AssertionError):
        assert_valid(specification(documents.share()) | {"layer": [{"mark": "pie in the sky"}]})


def figures(node):
    """All numbers in some data."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        return set().union(*(figures(value) for value in node)) if node else set()
    return {float(node)} if isinstance(node, (int, float)) and not isinstance(node, bool) else set()


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_figure_of_a_row_is_in_the_data(name):
    document = documents.EVERY[name]
    held = figures(specification(document, documents.BY_NAME.get(name))["datasets"]["rows"])
    for row in document["rows"]:
        for key in ("value", "lo", "hi", "moves", "published", "ours", "CN", "US"):
            if isinstance(row.get(key), (int, float)):
                assert float(row[key]) in held, (key, row)


@pytest.mark.parametrize("name", documents.EVERY)
def test_nothing_is_drawn_outside_the_sheet(name):
    for wide in (375, 900):
        spec = specification(documents.EVERY[name], documents.BY_NAME.get(name), width=wide)
        left, right = spec["padding"]["left"], spec["width"] + spec["padding"]["right"]
        for layer in spec["layer"]:
            mark = layer["mark"]
            if mark["type"] != "text":
                continue
            for text in spec["datasets"][layer["data"]["name"]]:
                bold = mark.get("fontWeight", 400) >= 600
                long = width(str(text["text"]), mark["fontSize"], bold)
                start = {"left": 0.0, "center": long / 2, "right": long}[mark["align"]]
                assert text["x"] - start >= -left - 1, (layer["data"]["name"], text)
                assert text["x"] - start + long <= right + 1, (layer["data"]["name"], text)


@pytest.mark.parametrize("name", documents.EVERY)
def test_texts_of_one_kind_do_not_lie_on_each_other(name):
    for wide in (375, 900):
        spec = specification(documents.EVERY[name], documents.BY_NAME.get(name), width=wide)
        for layer in spec["layer"]:
            mark = layer["mark"]
            if mark["type"] != "text":
                continue
            boxes = []
            for text in spec["datasets"][layer["data"]["name"]]:
                long = width(str(text["text"]), mark["fontSize"], mark.get("fontWeight", 400) >= 600)
                start = text["x"] - {"left": 0.0, "center": long / 2, "right": long}[mark["align"]]
                boxes.append((start, start + long, text["y"], text["text"]))
            for n, (start, end, y, said) in enumerate(boxes):
                for other_start, other_end, other_y, other in boxes[n + 1 :]:
                    apart = end <= other_start or other_end <= start or abs(y - other_y) >= 0.8 * mark["fontSize"]
                    assert apart or not (said and other), (layer["data"]["name"], said, other)


def test_without_head_the_words_are_beside_the_picture_and_not_in_it():
    spec = specification(documents.share(), head=False)
    assert not {"title", "subtitle", "foot"} & set(spec["datasets"])
    assert spec["usermeta"]["weighbridge"]["title"].startswith("United States leads")


def said_by(spec, data):
    return [row["says"].replace("\N{NO-BREAK SPACE}", " ") for row in spec["datasets"][data]]


def test_a_mark_says_whole_what_its_label_has_no_room_for():
    long = "/".join(["organisation", "m" * 120])
    spec = specification(documents.share() | {"rows": [documents.row(long, 0.25, hi=0.5)]}, width=360)
    assert spec["datasets"]["names"][0]["text"] != long
    assert said_by(spec, "solid") == [f"{long}: 25 % (to 50 %)"]


def test_a_dot_of_a_series_says_its_group_its_period_and_its_limits():
    said = said_by(specification(documents.series()), "dots")
    assert "United States, Jan 2025: 60 % (48 % to 65 %)" in said


def test_both_versions_of_vega_lite_draw_the_same():
    for name, document in documents.EVERY.items():
        spec = specification(document, documents.BY_NAME.get(name))
        older = spec | {"$schema": NOTEBOOK_SCHEMA}
        assert vl_convert.vegalite_to_svg(json.dumps(older), vl_version="5.21") == vl_convert.vegalite_to_svg(
            json.dumps(spec), vl_version=VEGA_LITE
        )


def test_a_chart_says_what_it_shows_and_for_which_measures():
    for chart in charts().values():
        assert len(chart.title) > 10
        known = {*measures(), "claims", "quality", "new-models", "openness", "derivatives", "licence-drift", "lineage"}
        assert set(chart.answers) <= known


@pytest.mark.parametrize("choices", [{"theme": "sepia"}, {"width": 10}, {"width": True}, {"name": "pie"}])
def test_what_cannot_be_drawn_is_answered_with_what_can(choices):
    with pytest.raises(UsageError) as caught:
        specification(documents.share(), **choices)
    assert caught.value.hint


def test_an_answer_without_figures_has_no_chart():
    with pytest.raises(DataMissing):
        chosen(documents.document("share", []))


def test_a_document_is_not_changed_by_being_drawn():
    for document in documents.EVERY.values():
        before = json.dumps(document)
        specification(document, width=WIDTH)
        assert json.dumps(document) == before


@given(st.lists(st.floats(0, 300), max_size=12), st.floats(5, 20))
def test_labels_are_kept_apart_and_in_order(places, gap):
    found = spread(places, gap, 0.0, 300.0)
    order = sorted(range(len(places)), key=lambda n: places[n])
    assert all(found[b] - found[a] >= gap - 1e-6 for a, b in itertools.pairwise(order))
    assert all(place >= -1e-6 for place in found)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_enclose_the_range_and_are_few(least, span):
    ticks = nice_ticks(least, least + span)
    close = 1e-6 * abs(least) + 1e-8 * span + 1e-9  # a tick may be off by so little of a step
    assert ticks[0] <= least + close
    assert ticks[-1] >= least + span - close
    assert 2 <= len(ticks) <= 8


@given(st.text(), st.floats(20, 400))
def test_shortened_text_fits(text, room):
    assert width(shortened(text, room, 13), 13) <= room


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=8), max_size=20), st.floats(80, 400))
def test_folded_text_loses_no_word_that_fits(words, room):
    lines = folded(" ".join(words), room, 13)
    if all(width(word, 13) <= room for word in words):
        assert " ".join(lines).split() == " ".join(words).split()
    assert all(width(line, 13) <= room for line in lines)


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=8), max_size=20), st.floats(80, 400))
def test_balanced_text_has_the_words_and_the_lines_of_folded_text(words, room):
    text = " ".join(words)
    plain, lines = folded(text, room, 13), balanced(text, room, 13)
    assert " ".join(lines) == " ".join(plain)
    assert len(lines) <= len(plain)
    assert all(width(line, 13) <= room for line in lines)
