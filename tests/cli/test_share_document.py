"""The JSON of `share`: its keys, the order of its rows, and what the values and bounds mean."""

from __future__ import annotations

import csv
import io
import json

import pytest

from weighbridge.cubes.weigh import DIMENSIONS as BY
from weighbridge.register import files
from weighbridge.register.parties import is_country

NUMBER = (int, float)
TEXT_OR_NULL = (str, type(None))
SHAPE = {
    "measure": str, "by": str, "hub": str, "engine": str, "definition": dict, "window": dict, "as_of": str,
    "vintages": list, "population": str, "simulated": bool, "total": int, "unknown_age": int, "coverage": dict,
    "removed": list, "periods": (list, type(None)), "rows": list, "notes": list,
}  # fmt: skip
DEFINITION = {
    "name": str, "version": int, "attribution": str, "max_age_days": (int, type(None)), "scope": str, "clean": list,
    "register": str, "contested": str,
}  # fmt: skip
WINDOW = {"from": str, "to": str, "kind": str}
COVERAGE = {"registered_share": NUMBER, "located_share": NUMBER, "declared_base_share": NUMBER, "by_grade": dict}
REMOVED = {"rule": str, "models": int, "downloads": int, "examples": list, "moved": dict}
PERIOD = {"period": str, "from": str, "to": str, "total": int, "complete": bool, "kind": str}
ROW = {
    "group": str, "value": NUMBER, "lo": NUMBER, "hi": NUMBER, "downloads": int, "models": int, "kind": str,
    "period": TEXT_OR_NULL,
}  # fmt: skip
DEFINITIONS = ("house", "raw", "young-models", "base-credit")


def assert_shape(document, shape):
    """Every key of the contract is there with a value of its type."""
    for key, kind in shape.items():
        assert key in document
        assert isinstance(document[key], kind), (key, document[key])
        if kind in (int, NUMBER):
            assert not isinstance(document[key], bool), key


def share(command, store, *arguments):
    ran = command("share", *arguments, "--store", store, "--json")
    assert ran.status == 0, ran.out
    return ran.document


def by_period(document):
    periods: dict[object, list] = {}
    for row in document["rows"]:
        periods.setdefault(row["period"], []).append(row)
    return periods


@pytest.mark.parametrize("arguments", [
    ("--by", "country"), ("--by", "model", "--definition", "raw"), ("--hub", "ollama", "--over", "month"),
    ("--definition", "young-models", "--top", "2"), ("--over", "month", "--definition", "base-credit"),
])  # fmt: skip
def test_every_key_of_the_contract_is_there_with_its_type(command, hub_store, arguments):
    document = share(command, hub_store, *arguments)
    assert_shape(document, SHAPE)
    assert_shape(document["definition"], DEFINITION)
    assert_shape(document["window"], WINDOW)
    assert_shape(document["coverage"], COVERAGE)
    assert {"stated", "inferred", "recalled"} == set(document["coverage"]["by_grade"])
    assert document["rows"]
    for row in document["rows"]:
        assert_shape(row, ROW)
        assert set(row) == set(ROW)
    for removal in document["removed"]:
        assert_shape(removal, REMOVED)
    for period in document["periods"] or ():
        assert_shape(period, PERIOD)
    assert document["measure"] == "share"
    assert document["engine"] == "embedded"
    assert document["simulated"] is False


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("by", BY)
def test_shares_are_parts_of_one_whole_in_the_order_of_the_contract(command, hub_store, by, definition):
    document = share(command, hub_store, "--by", by, "--definition", definition)
    rows = document["rows"]
    assert document["by"] == by
    assert sum(row["downloads"] for row in rows) == document["total"]
    assert sum(row["value"] for row in rows) == pytest.approx(1)
    for row in rows:
        assert row["value"] == row["downloads"] / document["total"]
        assert 0 <= row["lo"] <= row["value"] <= row["hi"] <= 1
    assert rows == sorted(rows, key=lambda row: (-row["value"], row["group"]))
    assert len({row["group"] for row in rows}) == len(rows)


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_what_nobody_knows_widens_every_country_and_nothing_else_does(command, hub_store, definition):
    rows = {row["group"]: row for row in share(command, hub_store, "--definition", definition)["rows"]}
    dark = rows["unregistered"]["value"] + rows["unknown"]["value"]
    assert dark > 0
    countries = [row for group, row in rows.items() if is_country(group)]
    assert {row["group"] for row in countries} >= {"US", "CN", "FR"}
    for row in countries:
        assert row["lo"] == row["value"]
        assert row["hi"] == pytest.approx(row["value"] + dark)
    for group in ("unregistered", "unknown"):
        assert rows[group]["lo"] == 0
        assert rows[group]["hi"] == rows[group]["value"]


def test_the_unaffiliated_widen_countries_only_under_strict_bounds(command, hub_store):
    plain = {row["group"]: row for row in share(command, hub_store)["rows"]}
    strict = {row["group"]: row for row in share(command, hub_store, "--bounds", "strict")["rows"]}
    assert plain["unaffiliated"]["value"] > 0
    assert strict["CN"]["hi"] == pytest.approx(plain["CN"]["hi"] + plain["unaffiliated"]["value"])
    assert strict["CN"]["value"] == plain["CN"]["value"]


def test_bounds_of_rounded_counters_hold_the_value_in_every_period(command, hub_store):
    document = share(command, hub_store, "--hub", "ollama", "--over", "month")
    for rows in by_period(document).values():
        for row in rows:
            assert row["lo"] < row["value"] < row["hi"]


def test_raw_is_a_plain_sum_over_the_file(command, hub_store):
    document = share(command, hub_store, "--by", "model", "--definition", "raw", "--at", "2024-07-11")
    held = {row["group"]: row["downloads"] for row in document["rows"]}
    assert held["google/alpha-7b"] == 5000
    assert held["Qwen/Qwen2-7B-GGUF"] == 700
    assert document["window"] == {"from": "2024-06-11", "to": "2024-07-11", "kind": "windowed"}
    assert document["removed"] == []
    assert all(row["models"] == 1 for row in document["rows"])


def test_a_removal_is_named_and_leaves_the_total(command, hub_store):
    raw, house = (share(command, hub_store, "--definition", name) for name in ("raw", "house"))
    removal = next(r for r in house["removed"] if r["rule"] == "material-outlier")
    assert removal["examples"] == ["nobody-looked-here/eta"]
    assert removal["models"] == 1
    assert raw["total"] - house["total"] == removal["downloads"]
    before, after = ({r["group"]: r["value"] for r in d["rows"]} for d in (raw, house))
    assert removal["moved"]["US"] == pytest.approx(after["US"] - before["US"], abs=1e-6)


def test_base_credit_moves_weight_to_roots_and_keeps_the_total(command, hub_store):
    uploader = share(command, hub_store, "--by", "model", "--clean", "none")
    base = share(command, hub_store, "--by", "model", "--definition", "base-credit", "--clean", "none")
    assert uploader["total"] == base["total"]
    credited = {row["group"]: row["downloads"] for row in base["rows"]}
    own = {row["group"]: row["downloads"] for row in uploader["rows"]}
    assert "Qwen/Qwen2-7B-GGUF" not in credited
    assert credited["Qwen/Qwen2-7B"] == own["Qwen/Qwen2-7B"] + own["Qwen/Qwen2-7B-GGUF"]
    assert base["coverage"]["declared_base_share"] > 0


def test_unknown_age_is_left_out_and_reported(command, hub_store):
    document = share(command, hub_store, "--max-age", "365", "--at", "2024-07-11", "--clean", "none", "--by", "model")
    assert document["unknown_age"] == 333
    groups = {row["group"] for row in document["rows"]}
    assert "nobody-looked-here/zeta" not in groups
    assert "google/alpha-7b" not in groups
    assert document["definition"]["max_age_days"] == 365


@pytest.mark.parametrize("top", [1, 3])
def test_top_sums_the_rest_as_other_in_the_last_row(command, hub_store, top):
    whole = share(command, hub_store, "--by", "namespace")
    rows = share(command, hub_store, "--by", "namespace", "--top", top)["rows"]
    assert [row["group"] for row in rows] == [*(r["group"] for r in whole["rows"][:top]), "(other)"]
    assert rows[:-1] == whole["rows"][:top]
    assert sum(row["downloads"] for row in rows) == whole["total"]
    assert rows[-1]["value"] > rows[0]["value"] or top > 1
    assert rows[-1]["models"] == sum(row["models"] for row in whole["rows"][top:])


def test_top_beyond_the_number_of_groups_has_no_other(command, hub_store):
    assert share(command, hub_store, "--top", "500")["rows"] == share(command, hub_store)["rows"]


@pytest.mark.parametrize("over", ["week", "month", "quarter", "year"])
def test_periods_come_in_order_and_each_is_a_whole(command, hub_store, over):
    document = share(command, hub_store, "--hub", "ollama", "--over", over, "--top", "1")
    names = [period["period"] for period in document["periods"]]
    assert names == sorted(names)
    forms = {"week": "2026-W23", "month": "2026-06", "quarter": "2026-Q2", "year": "2026"}
    assert forms[over] in names
    assert [row["period"] for row in document["rows"]] == sorted(row["period"] for row in document["rows"])
    totals = {period["period"]: period["total"] for period in document["periods"]}
    for name, rows in by_period(document).items():
        assert [row["group"] for row in rows][-1] == "(other)"
        assert sum(row["downloads"] for row in rows) == totals[name]
        assert sum(row["value"] for row in rows) == pytest.approx(1)
    assert sum(totals.values()) == document["total"]


def test_a_period_that_was_not_observed_whole_says_so(command, hub_store):
    document = share(command, hub_store, "--hub", "ollama", "--over", "month")
    complete = {period["period"]: period["complete"] for period in document["periods"]}
    assert complete["2026-05"] is True
    assert complete["2026-06"] is False
    assert any("2026-06" in note for note in document["notes"])


def test_windows_are_half_open(command, hub_store):
    arguments = ("--hub", "ollama", "--clean", "none")
    whole = share(command, hub_store, *arguments, "--from", "2026-04-10", "--to", "2026-05-10")["total"]
    parts = [("2026-04-10", "2026-04-20"), ("2026-04-20", "2026-05-10")]
    assert whole == sum(share(command, hub_store, *arguments, "--from", a, "--to", b)["total"] for a, b in parts)
    assert whole == 30 * 6000


def test_the_definition_names_what_was_changed(command, hub_store):
    document = share(command, hub_store, "--attribution", "base", "--clean", "none", "--contested", "widest")
    definition = document["definition"]
    assert (definition["name"], definition["attribution"], definition["clean"]) == ("house", "base", [])
    assert set(definition["changed"]) == {"attribution", "clean", "contested"}


def test_csv_and_markdown_hold_the_rows_of_the_document(command, hub_store):
    rows = share(command, hub_store, "--by", "organisation", "--top", "4")["rows"]
    text = command("share", "--by", "organisation", "--top", "4", "--store", hub_store, "--format", "csv").out
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["group"], int(line["downloads"])) for line in lines] == [(r["group"], r["downloads"]) for r in rows]
    markdown = command("share", "--by", "organisation", "--top", "4", "--store", hub_store, "--format", "md").out
    cells = [line.split("|")[1].strip() for line in markdown.splitlines() if line.startswith("|")]
    assert cells == ["organisation", "---", *(row["group"] for row in rows)]


def test_the_terminal_shows_definition_window_vintage_and_coverage(command, hub_store):
    document = share(command, hub_store)
    text = command("share", "--store", hub_store).out
    assert f"house v{document['definition']['version']}" in text
    assert document["window"]["from"] in text
    assert document["vintages"][0] in text
    assert f"{document['coverage']['registered_share']:.1%}" in text
    assert "nobody-looked-here/eta" in text


def test_top_lists_the_largest(command, hub_store):
    document = command("top", "models", "--top", "2", "--definition", "raw", "--store", hub_store, "--json").document
    assert [row["group"] for row in document["rows"]] == ["google/alpha-7b", "nobody-looked-here/eta", "(other)"]
    assert document["measure"] == "top"
    organisations = command("top", "organisations", "--store", hub_store, "--json").document
    assert organisations["rows"] == share(command, hub_store, "--by", "organisation", "--top", "20")["rows"]


@pytest.mark.parametrize("of", ["models", "organisations", "countries"])
def test_concentration_gives_every_index(command, hub_store, of):
    document = command("concentration", "--of", of, "--store", hub_store, "--json").document
    names = ("hhi", "gini", "top_1", "top_10", "top_100", "top_1pct", "effective_number")
    figures = {name: document[name] for name in names}
    for name in names:
        assert isinstance(figures[name], NUMBER)
    assert [row["group"] for row in document["rows"]] == list(names)
    assert {row["group"]: row["value"] for row in document["rows"]} == figures
    assert figures["effective_number"] == pytest.approx(1 / figures["hhi"])
    assert figures["top_1"] <= figures["top_10"] <= figures["top_100"] <= 1


def test_answers_are_the_same_every_time(command, hub_store):
    first, second = (share(command, hub_store, "--by", "model", "--as-of", "2026-08-01") for _ in range(2))
    assert json.dumps(first) == json.dumps(second)


def test_a_dimension_whose_broad_group_is_empty_still_answers(command, no_store, csv_file, tmp_path):
    path = csv_file(tmp_path / "one.csv", [{"id": "Qwen/Qwen2-7B", "downloads": 5}])
    assert command("ingest", "hub-dump", path, "--at", "2024-07-11", "--store", no_store).status == 0
    for by in ("family", "country", "region"):
        rows = share(command, no_store, "--by", by)["rows"]
        assert [row["value"] for row in rows] == [1.0]


def test_the_outlier_curve_comes_as_rows(command, hub_store):
    assert command("outlier-curve", "--store", hub_store, "--json").document["rows"]


def test_a_group_without_weight_is_of_the_kind_of_its_window(command, no_store, csv_file, tmp_path):
    contested = next(
        row["namespace"] for row in files.rows("namespaces") if "country=" in row["alternatives"] and not row["until"]
    )
    path = csv_file(
        tmp_path / "contested.csv", [{"id": f"{contested}/m", "downloads": 5}, {"id": "a/idle", "downloads": 0}]
    )
    assert command("ingest", "hub-dump", path, "--at", "2024-07-11", "--store", no_store).status == 0
    rows = share(command, no_store, "--contested", "widest")["rows"]
    assert [row["downloads"] for row in rows[:2]] == [5, 0]
    assert {row["kind"] for row in rows} == {"windowed"}


def test_one_download_is_no_plural(command, csv_file, tmp_path):
    rows = [{"id": f"a/m{n}", "downloads": 1, "created_at": created} for n, created in enumerate(("2024-07-01", ""))]
    path = csv_file(tmp_path / "hub.csv", rows)
    command("ingest", "hub-dump", path, "--at", "2024-07-11", "--store", tmp_path / "store")
    out = " ".join(command("share", "--max-age", "365", "--store", tmp_path / "store").out.split())
    assert "1 download on huggingface" in out
    assert "1 download of models of unknown age is left out." in out
    assert "1 downloads" not in out
