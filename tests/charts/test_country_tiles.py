"""The map of squares: every country has its own, roughly where it lies, in a tone that tells its share."""

from __future__ import annotations

import csv
import itertools
import json
from importlib import resources

import documents
import pytest

from weighbridge.charts import chosen, fitting, specification
from weighbridge.charts.colours import contrast, luminance
from weighbridge.charts.kinds.country_tiles import BREAKS, tone
from weighbridge.charts.theme import THEMES
from weighbridge.charts.tiles import extent, places
from weighbridge.register import files

TABLE = resources.files("weighbridge.charts") / "data" / "tiles.csv"


def rows():
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_no_two_countries_share_a_square():
    assert len(set(places().values())) == len(places()) == len(rows())


def test_every_row_is_as_its_schema_says_and_of_a_country_that_the_register_knows():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((resources.files("weighbridge.charts") / "data" / "tiles.schema.json").read_text())
    for row in rows():
        jsonschema.validate(row, schema)
    assert set(places()) <= {row["code"] for row in files.rows("countries")}


def test_every_country_of_an_organisation_in_the_register_has_a_square():
    there = {row["country"] for row in files.rows("organisations")}
    assert there - set(places()) <= {"INT", "unknown", "unaffiliated", "(europe)", "(elsewhere)"}


def test_what_lies_north_or_west_stands_so():
    where = {row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in rows()}
    right = far = 0
    for a, b in itertools.combinations(where, 2):
        up, across = where[a][0] - where[b][0], where[a][1] - where[b][1]
        if abs(up) > 15 and abs(across) < 40:
            far += 1
            right += (places()[b][1] - places()[a][1]) * up > 0
        if 20 < abs(across) < 120 and abs(up) < 25:
            far += 1
            right += (places()[a][0] - places()[b][0]) * across > 0
    assert far > 3_000
    assert right / far > 0.97


def test_neighbours_stand_near_each_other():
    for a, b in (("US", "CA"), ("DE", "FR"), ("CN", "KR"), ("IN", "PK"), ("BR", "AR"), ("ZA", "LS"), ("NO", "SE")):
        gaps = [abs(x - y) for x, y in zip(places()[a], places()[b], strict=True)]
        assert max(gaps) <= 4, (a, b)


def test_the_map_is_no_larger_than_its_squares_need():
    columns, lines = extent()
    assert columns * lines < 2.5 * len(places())


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.id)
def test_tones_rise_evenly_enough_to_be_told_apart_without_their_hue(theme):
    tones = [tone(theme, place) for place in range(len(BREAKS) + 1)]
    steps = [abs(lightness(b) - lightness(a)) for a, b in itertools.pairwise([theme.ground, *tones])]
    assert min(steps) > 5
    rising = [luminance(one) for one in tones]
    assert rising in (sorted(rising), sorted(rising, reverse=True))


def lightness(colour):
    """L* of CIELAB, 0 to 100."""
    part = luminance(colour)
    return 116 * (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116) - 16


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("wide", [300, 375, 900, 2000])
def test_codes_are_read_on_their_squares(theme, wide):
    data = specification(documents.countries(), "country-tiles", theme, wide)["datasets"]
    square = {
        (round((box["x"] + box["x2"]) / 2, 6), round((box["y"] + box["y2"]) / 2, 6)): box["colour"]
        for box in data["filled"] + data["empty"]
    }
    assert {"US", "DE", "SG"} <= {code["text"] for code in data["codes"]}
    for code in data["codes"]:
        ground = square[round(code["x"], 6), round(code["y"], 6)]
        assert contrast(ground, code["colour"]) >= 4.5


def test_every_country_has_its_square_however_small_its_share():
    data = specification(documents.countries(), "country-tiles")["datasets"]
    assert {code["text"] for code in data["codes"]} == set(places())


def test_what_is_no_country_of_the_map_stands_apart_with_its_share():
    data = specification(documents.countries(), "country-tiles")["datasets"]
    said = {text["text"].replace("\N{NO-BREAK SPACE}", " ") for text in data["names"]}
    assert {"Unaffiliated 20 %", "Unregistered 4.0 %", "Faroe Islands 0.06 %", "All others 6.0 %"} <= said
    assert len(data["hollow"]) == 2


def test_the_map_is_drawn_by_its_name_alone():
    document = documents.countries()
    assert chosen(document).id == "share-bars"
    assert "country-tiles" in [chart.id for chart in fitting(document)]


def test_neither_a_series_nor_organisations_are_a_map():
    for document in (documents.series(), documents.share(by="organisation")):
        assert "country-tiles" not in [chart.id for chart in fitting(document)]


def test_bounds_and_what_has_no_tone_are_said_below():
    note = specification(documents.countries(), "country-tiles")["usermeta"]["weighbridge"]["note"]
    assert "United States 42\N{NO-BREAK SPACE}% to 51\N{NO-BREAK SPACE}%" in note
    assert "part of all others" in note
    assert "any country's" in note
