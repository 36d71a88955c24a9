"""What differs between two vintages: models, names, attributes and counters, each with its weight."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import making
from weighbridge.errors import UsageError
from weighbridge.sources import source
from weighbridge.store.comparing import ATTRIBUTES
from weighbridge.store.differences import CHANGES, differences
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

FIRST_KNOWN = making.moment("2026-01-01")
A_DAY, NEXT_MONTH = "2024-07-11", "2024-08-10"
FULL = {
    "license": "mit", "gated": False, "base_model": ["x/base"], "pipeline_tag": "text-generation",
    "library_name": "transformers", "parameters": 7, "datasets": ["d"], "created_at": "2024-01-01", "removed": False,
}  # fmt: skip


def row(name, downloads=10, **more):
    return {"id": name, "downloads": downloads, **more}


@pytest.fixture
def diff(read_hub):
    """Reads two listings and compares them; `ats` are their days, `selections` which of them are chosen sets."""

    def compare(was, now, ats=(A_DAY, NEXT_MONTH), selections=(False, False), today=lambda name: None):
        a, b = (
            read_hub(rows, at=at, selection=chosen).vintage
            for rows, at, chosen in zip((was, now), ats, selections, strict=True)
        )
        return differences(a, b, today).to_dict()

    return compare


def found(document, *keys):
    """Changes, models and other cells of all rows, in their order."""
    return [tuple(row[key] for key in ("change", "model", *keys)) for row in document["rows"]]


# models


def test_what_a_later_census_lacks_vanished_and_what_it_has_new_appeared(diff):
    document = diff([row("a/stays"), row("a/goes", 7)], [row("a/stays"), row("a/comes", 9)])
    assert found(document, "was", "now", "weight", "day") == [
        ("appeared", "a/comes", None, "listed", 9, NEXT_MONTH),
        ("vanished", "a/goes", "listed", None, 7, A_DAY),
    ]
    assert document["summary"] == [
        {"change": "appeared", "models": 1, "weight": 9},
        {"change": "vanished", "models": 1, "weight": 7},
    ]
    assert document["notes"] == []


def test_what_a_selection_lacks_is_missing_and_not_gone(diff):
    document = diff([row("a/stays"), row("a/goes")], [row("a/stays")], selections=(False, True))
    assert found(document) == [("missing", "a/goes")]
    assert any("not known to be gone" in note for note in document["notes"])


def test_what_a_selection_did_not_hold_may_have_been_there_before(diff):
    document = diff([row("a/stays")], [row("a/stays"), row("a/comes")], selections=(True, False))
    assert found(document) == [("appeared", "a/comes")]
    assert any("may have been on the hub before" in note for note in document["notes"])


@pytest.mark.parametrize("ats", [(A_DAY, A_DAY), (NEXT_MONTH, A_DAY)])
def test_a_census_that_was_not_observed_later_cannot_tell_that_a_model_is_gone(diff, ats):
    document = diff([row("a/stays"), row("a/goes")], [row("a/stays")], ats=ats)
    assert found(document) == [("vanished", "a/goes")]
    assert any("need not be gone" in note for note in document["notes"])


def test_a_model_of_the_same_key_and_another_name_is_renamed(diff):
    document = diff([row("old/name", _id="k")], [row("new/name", _id="k")])
    assert found(document, "was", "now") == [("renamed", "new/name", "old/name", "new/name")]


def test_a_rename_link_makes_one_model_of_two_names(diff):
    was, now = [row("old/name")], [row("new/name")]
    document = diff(was, now, today={"old/name": "new/name"}.get)
    assert found(document, "was", "now") == [("renamed", "new/name", "old/name", "new/name")]
    assert [change for change, _ in found(diff(was, now, ats=("2024-09-01", "2024-10-01")))] == ["appeared", "vanished"]


def test_a_name_that_both_vintages_hold_is_itself_whatever_a_link_says(diff):
    was, now = [row("old/name")], [row("old/name"), row("new/name")]
    assert found(diff(was, now, today={"old/name": "new/name"}.get)) == [("appeared", "new/name")]


def test_two_models_of_one_vintage_are_never_taken_for_one(diff):
    was, now = [row("old/name", _id="k")], [row("new/name", _id="k"), row("old/name")]
    assert found(diff(was, now), "was", "now") == [
        ("renamed", "new/name", "old/name", "new/name"),
        ("appeared", "old/name", None, "listed"),
    ]


def test_a_name_that_another_model_took_over_is_no_rename(diff):
    document = diff([row("a/name", 5, _id="first")], [row("a/name", 6, _id="second")])
    assert found(document, "weight") == [("appeared", "a/name", 6), ("vanished", "a/name", 5)]


def test_a_model_that_the_hub_removed_is_a_change_of_its_flag(diff):
    was, now = [row("a/b"), row("c/d", removed=True)], [row("a/b", removed=True), row("e/f", removed=True)]
    assert found(diff(was, now), "was", "now") == [
        ("removed", "a/b", False, True),
        ("vanished", "c/d", "removed", None),
        ("appeared", "e/f", None, "removed"),
    ]


# attributes


@pytest.mark.parametrize(
    ("column", "now", "change", "was_shown", "now_shown"),
    [
        ("license", "apache-2.0", "licence", "mit", "apache-2.0"),
        ("license", None, "licence", "mit", None),
        ("gated", True, "gated", False, True),
        ("base_model", ["x/base", "y/other"], "base_models", ["x/base"], ["x/base", "y/other"]),
        ("base_model", [], "base_models", ["x/base"], None),
        ("pipeline_tag", "fill-mask", "task", "text-generation", "fill-mask"),
        ("library_name", "gguf", "library", "transformers", "gguf"),
        ("parameters", 8, "parameters", 7, 8),
        ("datasets", ["e"], "datasets", ["d"], ["e"]),
        ("created_at", "2024-01-02", "created", "2024-01-01", "2024-01-02"),
    ],
)
def test_an_attribute_that_changed_is_one_row_and_no_other(diff, column, now, change, was_shown, now_shown):
    same = row("a/same", **FULL)
    document = diff([same, row("a/b", 9, **FULL)], [same, row("a/b", 12, **(FULL | {column: now}))])
    assert found(document, "was", "now", "weight", "day") == [(change, "a/b", was_shown, now_shown, 12, NEXT_MONTH)]


def test_a_relation_declared_otherwise_is_a_change_and_its_base_is_none(diff):
    was, now = (
        [row("a/b", base_model=["x/base"], tags=[f"base_model:{relation}:x/base"])]
        for relation in ("finetune", "quantized")
    )
    assert found(diff(was, now), "was", "now") == [("relation", "a/b", "finetune", "quantized")]


def test_bases_in_another_order_or_said_twice_are_the_same_bases(diff):
    was = [row("a/b", base_model=["x/one", "x/two"]), row("a/c", base_model=[]), row("a/d", base_model=["x/one"])]
    now = [row("a/b", base_model=["x/two", "x/one", "x/two"]), row("a/c"), row("a/d", base_model=["x/one"])]
    assert found(diff(was, now)) == []


def test_an_hour_of_creation_is_no_difference(diff):
    assert found(diff([row("a/b", created_at="2024-01-01")], [row("a/b", created_at="2024-01-01T17:00:00Z")])) == []


def test_an_attribute_that_one_listing_never_gives_is_not_compared_and_a_note_says_so(diff):
    document = diff([row("a/b")], [row("a/b", gated=True, license="mit")])
    assert found(document) == []
    assert any("Not compared" in note and "licence, gated" in note for note in document["notes"])


def test_a_value_in_only_one_of_the_two_is_a_change_that_may_be_a_gap(diff):
    was, now = [row("a/b"), row("c/d", license="mit")], [row("a/b", license="mit"), row("c/d", license="mit")]
    document = diff(was, now)
    assert found(document, "was", "now") == [("licence", "a/b", None, "mit")]
    assert any("a gap" in note and "licence 1" in note for note in document["notes"])


def test_likes_tags_and_commits_are_not_compared(diff):
    was = row("a/b", likes=1, tags=["one"], last_modified="2024-07-01")
    now = row("a/b", likes=5, tags=["two"], last_modified="2024-08-01")
    assert found(diff([was], [now])) == []


# counters


def dated(counters, column="downloads", name="a/b"):
    return [{"id": name, column: value, "date": day} for day, value in counters.items()]


def test_another_value_for_the_same_model_and_day_is_a_restatement(diff):
    was = {"2024-07-01": 100, "2024-07-02": 200, "2024-07-03": 300}
    now = {"2024-07-02": 180, "2024-07-03": 350, "2024-07-04": 400}
    document = diff(dated(was), dated(now), ats=(None, None))
    cells = ("was", "now", "weight", "day", "quantity", "by", "days")
    assert found(document, *cells) == [
        ("restated", "a/b", 300, 350, 400, "2024-07-03", "downloads_30d", 30, 2),
    ]
    (moved,) = document["counters"]
    assert {key: moved[key] for key in ("change", "quantity", "models", "counters", "up", "down")} == {
        "change": "restated", "quantity": "downloads_30d", "models": 1, "counters": 2, "up": 50, "down": 20,
    }  # fmt: skip
    assert moved["largest"] == document["rows"][0]


def test_30_day_and_cumulative_counters_are_restated_one_by_one(diff):
    was, now = [row("a/b", 10, downloads_all_time=100)], [row("a/b", 11, downloads_all_time=90)]
    document = diff(was, now, ats=(A_DAY, A_DAY))
    assert found(document, "quantity", "by") == [
        ("restated", "a/b", "downloads_30d", 1),
        ("restated", "a/b", "downloads_all", -10),
    ]
    assert document["summary"] == [{"change": "restated", "models": 1, "weight": 11}]


def test_two_readings_of_one_day_at_different_hours_may_be_no_restatement(diff):
    was, now = (
        [{"id": "a/b", "downloads": value, "date": f"2024-07-01T{hour}:00:00Z"}]
        for value, hour in ((10, "08"), (12, "20"))
    )
    document = diff(was, now, ats=(None, None))
    assert found(document) == [("restated", "a/b")]
    assert any("simply have moved on" in note for note in document["notes"])
    same_hour = diff(was, [now[0] | {"date": "2024-07-01T08:00:00Z"}], ats=(None, None))
    assert found(same_hour) == [("restated", "a/b")]
    assert same_hour["notes"] == []


def test_a_cumulative_counter_that_is_lower_on_the_first_later_day_fell(diff):
    was = dated({"2024-07-01": 100, "2024-07-03": 300}, "downloads_all_time")
    now = dated({"2024-07-03": 300, "2024-07-05": 250, "2024-07-06": 900}, "downloads_all_time")
    document = diff(was, now, ats=(None, None))
    assert found(document, "was", "now", "day", "by") == [("fell", "a/b", 300, 250, "2024-07-05", -50)]
    assert document["counters"][0]["down"] == 50
    assert document["weight_of"] == "downloads_all"


def test_a_30_day_counter_may_fall_without_notice(diff):
    assert found(diff([row("a/b", 100)], [row("a/b", 5)])) == []


@pytest.mark.parametrize(
    ("was", "now", "changes"),
    [("998.7K", "1M", []), ("998.7K", "1.1M", ["restated"]), ("1.1M", "1.2M", ["restated"]), ("1.1M", "1.1M", [])],
)
def test_the_same_count_printed_more_roughly_is_not_restated(store, tmp_path, was, now, changes):
    vintages = []
    for number, text in enumerate((was, now)):
        path = making.csv_file(
            tmp_path / f"{number}.csv", [{"date": A_DAY, "model": "m", "pull_count_text": text, "of": number}]
        )
        known = FIRST_KNOWN + timedelta(hours=number)
        vintages.append(ingest(store, source("ollama-pulls"), path, at=None, known=known).vintage)
    document = differences(*vintages).to_dict()
    assert [row["change"] for row in document["rows"]] == changes
    assert document["unit"] == "pulls"


# weight and order


def test_the_weight_of_a_model_is_its_newest_counter_in_either(diff):
    was = [row("a/b", 10, license="mit"), row("c/d", 7)]
    now = [row("a/b", 4, license="apache-2.0")]
    assert found(diff(was, now), "weight") == [("vanished", "c/d", 7), ("licence", "a/b", 4)]
    backwards = diff(was, now, ats=("2024-12-01", "2024-11-01"))
    assert ("licence", "a/b", 10) in found(backwards, "weight")


def test_cumulative_counters_weigh_only_where_no_30_day_counter_is_held(diff):
    was = [{"id": "a/b", "downloads": 3, "downloads_all_time": 50}, {"id": "c/d", "downloads_all_time": 70}]
    document = diff(was, [row("e/f", 2)])
    assert document["weight_of"] == "downloads_30d"
    assert found(document, "weight") == [("vanished", "a/b", 3), ("appeared", "e/f", 2), ("vanished", "c/d", None)]
    assert any(note.startswith("1 of the models") for note in document["notes"])


def test_vintages_without_counters_differ_without_weight(diff):
    was, now = [row("a/b", None, license="mit")], [row("a/b", None, license="other")]
    document = diff(was, now)
    assert found(document, "weight", "day") == [("licence", "a/b", None, None)]
    assert document["weight_of"] is None
    assert document["summary"] == [{"change": "licence", "models": 1, "weight": None}]


def test_rows_are_the_heaviest_and_equal_ones_stand_by_name(read_hub):
    a = read_hub([row("z/z")], at=A_DAY).vintage
    weights = {"a/one": 5, "b/two": 5, "c/three": 5, "d/four": 9, "e/five": 1}
    b = read_hub([row("z/z"), *(row(name, weight) for name, weight in weights.items())], at=NEXT_MONTH).vintage
    found = differences(a, b)
    in_order = ["d/four", "a/one", "b/two", "c/three", "e/five"]
    for top in range(1, 7):
        document = found.to_dict(top)
        assert [row["model"] for row in document["rows"]] == in_order[:top]
        assert (document["rows_shown"], document["rows_in_all"]) == (min(top, 5), 5)
        assert document["summary"] == [{"change": "appeared", "models": 5, "weight": 25}]


def test_only_the_rows_asked_for_are_shown_and_the_summary_is_of_all(read_hub):
    a = read_hub([row("a/b", license="mit", gated=False), row("c/d")], at=A_DAY).vintage
    b = read_hub([row("a/b", license="other", gated=True)], at=NEXT_MONTH).vintage
    document = differences(a, b).to_dict(only=("licence", "vanished"))
    assert {row["change"] for row in document["rows"]} == {"licence", "vanished"}
    assert document["rows_in_all"] == 2
    assert [row["change"] for row in document["summary"]] == ["vanished", "licence", "gated"]
    with pytest.raises(UsageError, match="no change 'weather'") as caught:
        differences(a, b).to_dict(only=("weather",))
    assert all(name in caught.value.hint for name in CHANGES)


# what cannot be compared


def test_a_vintage_does_not_differ_from_itself(read_hub):
    vintage = read_hub([row("a/b")]).vintage
    with pytest.raises(UsageError, match="given twice"):
        differences(vintage, vintage)


def test_vintages_of_two_hubs_are_not_compared(read_hub, store, tmp_path):
    path = making.csv_file(tmp_path / "pulls.csv", [{"date": A_DAY, "model": "m", "pull_count_text": "1K"}])
    pulls = ingest(store, source("ollama-pulls"), path, at=None, known=FIRST_KNOWN).vintage
    with pytest.raises(UsageError, match=r"huggingface.*ollama"):
        differences(read_hub([row("a/b")]).vintage, pulls)


# what always holds

MODELS = st.fixed_dictionaries(
    {
        "downloads": st.none() | st.integers(0, 9),
        "downloads_all_time": st.none() | st.integers(0, 9),
        "license": st.sampled_from([None, "mit", "other"]),
        "gated": st.sampled_from([None, True, False]),
        "base_model": st.lists(st.sampled_from(["x/one", "x/two"]), max_size=3),
        "removed": st.sampled_from([None, True, False]),
    }
)
NAMES = ["a/a", "a/b", "b/a", "b/b", "c/c"]
LISTINGS = st.builds(
    lambda models, keys: [
        {"id": name, "_id": key} | attributes for (name, attributes), key in zip(models.items(), keys, strict=False)
    ],
    st.dictionaries(st.sampled_from(NAMES), MODELS, min_size=1, max_size=5),
    st.permutations([None, None, "k1", "k2", "k3"]),
)
LINKS = {"a/a": "b/a", "c/c": "a/b"}.get
MIRRORED = {"appeared": "vanished", "vanished": "appeared"}


def both_ways(was, now, ats):
    """Differences of two listings forwards and backwards."""
    with tempfile.TemporaryDirectory() as folder:
        store, vintages = Store(Path(folder) / "store"), []
        for number, (rows, at) in enumerate(zip((was, now), ats, strict=True)):
            marked = [row | {"number": number} for row in rows]  # the same listing read twice is one vintage
            path = making.csv_file(Path(folder) / f"{number}.csv", marked)
            known = FIRST_KNOWN + timedelta(hours=number)
            vintages.append(ingest(store, source("hub-dump"), path, at=making.moment(at), known=known).vintage)
        a, b = vintages
        return differences(a, b, LINKS).to_dict(), differences(b, a, LINKS).to_dict()


@settings(max_examples=40, deadline=None)
@given(listing=LISTINGS, at=st.sampled_from([A_DAY, NEXT_MONTH]))
def test_an_equal_copy_does_not_differ(listing, at):
    for document in both_ways(listing, listing, (A_DAY, at)):
        assert document["rows"] == document["summary"] == document["counters"] == []


@settings(max_examples=60, deadline=None)
@given(was=LISTINGS, now=LISTINGS, at=st.sampled_from([A_DAY, NEXT_MONTH]))
def test_backwards_the_differences_are_their_mirror(was, now, at):
    forwards, backwards = both_ways(was, now, (A_DAY, at))

    def cells(document, first, second, mirror):
        return sorted(
            str((mirror.get(row["change"], row["change"]), row[first], row[second], row["weight"], row["quantity"]))
            for row in document["rows"]
            if row["change"] != "fell"
        )

    assert cells(forwards, "was", "now", {}) == cells(backwards, "now", "was", MIRRORED)
    assert not [row for row in backwards["rows"] if row["change"] == "fell"]


@settings(max_examples=40, deadline=None)
@given(was=LISTINGS, now=LISTINGS)
def test_the_models_of_one_vintage_and_the_changes_lead_to_the_other(was, now):
    document, _ = both_ways(was, now, (A_DAY, NEXT_MONTH))
    by = {name: [row for row in document["rows"] if row["change"] == name] for name in CHANGES}
    names = sorted(row["id"] for row in was)
    for row in by["vanished"]:
        names.remove(row["model"])
    for row in by["renamed"]:
        names.remove(row["was"])
    names += [row["now"] for row in by["renamed"]] + [row["model"] for row in by["appeared"]]
    assert sorted(names) == sorted(row["id"] for row in now)
    for total in document["summary"]:
        rows = by[total["change"]]
        assert total["models"] == len(rows) or total["change"] == "restated"
        assert total["weight"] is None or total["weight"] == sum(row["weight"] or 0 for row in rows)


# real data


def test_readings_of_the_chosen_set_of_2026_agree_on_their_common_day(store, real_data):
    folder, vintages = real_data / "hub-radar-2026-08", []
    for number, (name, at) in enumerate((("observations", None), ("models", making.moment("2026-08-22")))):
        path, known = folder / f"{name}.parquet", FIRST_KNOWN + timedelta(hours=number)
        reading = ingest(store, source("hub-dump"), path, at=at, known=known, selection=True)
        vintages.append(reading.vintage)
    document = differences(*vintages).to_dict()
    assert document["summary"] == [{"change": "missing", "models": 6, "weight": 550}]
    assert any("Not compared" in note and "licence" in note for note in document["notes"])


def test_the_fall_of_lfm2_stands_between_two_parts_of_the_ollama_series(store, real_data, tmp_path):
    rows = pq.read_table(real_data / "ollama-pulls-daily" / "pulls.parquet")
    early = pc.less_equal(rows["date"], "2026-03-01")
    vintages = []
    for number, part in enumerate((rows.filter(early), rows.filter(pc.invert(early)))):
        pq.write_table(part, tmp_path / f"{number}.parquet")
        known = FIRST_KNOWN + timedelta(hours=number)
        path = tmp_path / f"{number}.parquet"
        vintages.append(ingest(store, source("ollama-pulls"), path, at=None, known=known).vintage)
    document = differences(*vintages).to_dict()
    fell = [row for row in document["rows"] if row["change"] == "fell"]
    assert [(row["model"], row["was"], row["now"], row["day"]) for row in fell] == [
        ("lfm2", 1_700_000, 907_600, "2026-03-02")
    ]
    assert [(row["change"], row["models"]) for row in document["summary"]] == [
        ("appeared", 24), ("vanished", 1), ("fell", 1),
    ]  # fmt: skip


def test_what_was_changed_in_a_copy_of_the_census_is_what_is_found(store, real_data, tmp_path):
    rows = pq.read_table(real_data / "hub-census-2024-07" / "models.parquet").slice(0, 100_000)
    rows = rows.drop_columns(["tags"])  # a licence may stand there too
    licences = rows["license"].to_pylist()
    changed = [at for at in range(0, 100_000, 997) if licences[at] != "changed"]
    for at in changed:
        licences[at] = "changed"
    downloads = rows["downloads"].to_pylist()
    for at in range(0, 100_000, 1009):
        downloads[at] += 5
    copy = rows.set_column(rows.column_names.index("license"), "license", pa.array(licences))
    copy = copy.set_column(rows.column_names.index("downloads"), "downloads", pa.array(downloads))
    vintages = []
    for number, part in enumerate((rows.slice(0, 99_900), copy.slice(50))):
        pq.write_table(part, tmp_path / f"{number}.parquet")
        known, path = FIRST_KNOWN + timedelta(hours=number), tmp_path / f"{number}.parquet"
        vintages.append(ingest(store, source("hub-dump"), path, at=making.moment(A_DAY), known=known).vintage)
    document = differences(*vintages).to_dict()
    counts = {row["change"]: row["models"] for row in document["summary"]}
    inside = range(50, 99_900)
    assert counts == {
        "appeared": 100,
        "vanished": 50,
        "licence": sum(at in inside for at in changed),
        "restated": sum(at in inside for at in range(0, 100_000, 1009)),
    }
    assert document["counters"][0]["up"] == 5 * counts["restated"]
    weights = [row["weight"] for row in document["rows"]]
    assert weights == sorted(weights, reverse=True)


def test_every_compared_attribute_has_its_change():
    assert set(ATTRIBUTES) < set(CHANGES)
    assert len(set(CHANGES)) == len(CHANGES)
