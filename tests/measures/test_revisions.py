"""How one window's answer moved as readings came in."""

from __future__ import annotations

import pytest

import making
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import StoreBacking, ask

KNOWN = ("2024-07-12T00:00:00Z", "2024-08-01T00:00:00Z", "2024-09-01T00:00:00Z")


def hub(us, cn, nobody=0, at="2024-07-11"):
    return [
        {"id": name, "downloads": value, "observed_at": at}
        for name, value in (("google/a", us), ("Qwen/b", cn), ("nobody/c", nobody))
    ]


@pytest.fixture
def restated(store, read_hub):
    """A store in which one day's census was read three times, and restated twice."""
    for known, values in zip(KNOWN, ((60, 40), (60, 40, 100), (30, 120, 50)), strict=True):
        read_hub(hub(*values), known=making.moment(known.removesuffix("Z")))
    return store


def revisions(store, groups=None, by="country", **options):
    own = {"by": by} | ({} if groups is None else {"groups": groups})
    return ask(StoreBacking(store), "revisions", making.asked("raw", **options), own).to_dict()


def of(document, group):
    return [row for row in document["rows"] if row["group"] == group]


@pytest.mark.parametrize("window", [{}, {"at": "2024-07-11"}], ids=["newest", "that day"])
def test_each_reading_that_restates_the_window_has_its_rows(restated, window):
    rows = of(revisions(restated, **window), "US")
    assert [row["known"] for row in rows] == list(KNOWN)
    assert [row["value"] for row in rows] == [0.6, 0.3, 0.15]
    assert [row["moved"] for row in rows] == [None, pytest.approx(-0.3), pytest.approx(-0.15)]
    assert [row["total"] for row in rows] == [100, 200, 200]
    assert [row["downloads"] for row in rows] == [60, 60, 30]


def test_rows_are_the_shares_as_they_were_known_then(restated):
    document = revisions(restated)
    for known in KNOWN:
        then = making.moment(known.removesuffix("Z"))
        shares = ask(
            StoreBacking(restated), "share", making.asked("raw", at="2024-07-11", as_of=then), {"by": "country"}
        )
        expected = {row.group: (row.value, row.lo, row.hi) for row in shares.rows}
        found = {r["group"]: (r["value"], r["lo"], r["hi"]) for r in document["rows"] if r["known"] == known}
        assert {group: found[group] for group in expected} == expected


def test_the_note_names_the_largest_move(restated):
    (note,) = [note for note in revisions(restated)["notes"] if note.startswith("3 readings answer")]
    assert "unregistered by +50.00 points with what became known at 2024-08-01T00:00:00Z" in note


def test_readings_without_an_answer_are_told_by_whether_anything_had_answered(store, read_hub):
    for day, values in enumerate(((0, 0), (60, 40), (0, 0), (30, 70)), 12):
        read_hub(hub(*values), known=making.moment(f"2024-07-{day}"))
    (note,) = [note for note in revisions(store)["notes"] if note.startswith("2 readings answer this window")]
    assert "; 1 came before anything did; 1 between has no answer. " in note


def test_a_group_without_weight_then_has_the_limits_of_what_could_be_its_own(restated):
    rows = of(revisions(restated, "KE,US"), "KE")
    assert [(row["value"], row["lo"], row["hi"], row["downloads"]) for row in rows] == [
        (0, 0, 0, 0), (0, 0, 0.5, 0), (0, 0, 0.25, 0),
    ]  # fmt: skip


def test_what_was_not_known_yet_is_left_out(restated):
    rows = of(revisions(restated, as_of=making.moment("2024-08-15")), "US")
    assert [row["known"] for row in rows] == list(KNOWN[:2])


def test_readings_before_the_window_are_counted_and_have_no_rows(store, read_hub):
    read_hub(hub(1, 1, at="2024-05-01"), at="2024-05-01", known=making.moment("2024-05-02"))
    read_hub(hub(60, 40), known=making.moment("2024-07-12"))
    document = revisions(store)
    assert {row["known"] for row in document["rows"]} == {"2024-07-12T00:00:00Z"}
    assert any("1 reading answers this window; 1 came before anything did" in note for note in document["notes"])


def test_a_reading_of_another_day_moves_nothing(store, read_hub):
    read_hub(hub(60, 40), known=making.moment("2024-07-12"))
    read_hub(hub(10, 90, at="2024-08-11"), at="2024-08-11", known=making.moment("2024-08-12"))
    document = revisions(store, at="2024-07-11")
    assert [row["value"] for row in of(document, "US")] == [0.6, 0.6]
    assert any("No share moved" in note for note in document["notes"])


def totals(day_values, known, read_hub):
    """A reading of cumulative counters on several days."""
    rows = [
        {"id": name, "downloads_all_time": value, "observed_at": day}
        for day, values in day_values.items()
        for name, value in zip(("google/a", "Qwen/b"), values, strict=True)
    ]
    read_hub(rows, at=None, known=making.moment(known))


@pytest.mark.parametrize(
    "window",
    [{}, {"start": "2024-06-01"}, {"start": "2024-06-01", "end": "2024-07-01"}, {"trailing_days": 30}],
    ids=["newest", "from", "from and to", "trailing"],
)
def test_every_way_to_ask_keeps_one_window_at_all_moments(store, read_hub, window):
    days = {"2024-06-01": (0, 0), "2024-06-16": (50, 10), "2024-07-01": (100, 100)}
    totals(days, "2024-07-02", read_hub)
    totals(days | {"2024-07-01": (150, 50)}, "2024-07-05", read_hub)
    document = revisions(store, **window)
    assert (document["window"]["from"], document["window"]["to"]) == ("2024-06-01", "2024-07-01")
    assert [(row["known"], row["value"]) for row in of(document, "US")] == [
        ("2024-07-02T00:00:00Z", 0.5), ("2024-07-05T00:00:00Z", 0.75),
    ]  # fmt: skip


def test_an_open_end_is_the_end_as_it_is_known_now(store, read_hub):
    totals({"2024-06-01": (0, 0), "2024-06-16": (50, 10)}, "2024-06-17", read_hub)
    totals({"2024-06-01": (0, 0), "2024-06-16": (50, 10), "2024-07-01": (150, 50)}, "2024-07-02", read_hub)
    document = revisions(store, start="2024-06-01")
    assert {row["total"] for row in document["rows"] if row["known"].startswith("2024-07")} == {200}
    assert document["window"]["to"] == "2024-07-01"
    assert all(row["known"].startswith("2024-07") or row["total"] == 60 for row in document["rows"])


def test_a_chosen_set_has_its_own_reading(store, read_hub):
    vintage = read_hub(hub(60, 40), selection=True, known=making.moment("2024-07-12")).vintage
    rows = revisions(store, vintage=vintage.id)["rows"]
    assert {row["known"] for row in rows} == {"2024-07-12T00:00:00Z"}


def test_a_series_is_wrong_usage(store, read_hub):
    totals({"2024-05-01": (0, 0), "2024-06-01": (5, 5), "2024-07-01": (9, 9)}, "2024-07-02", read_hub)
    with pytest.raises(UsageError, match="one window"):
        revisions(store, over="month")


@pytest.mark.parametrize("groups", ["Atlantis", ",", "US,Atlantis"])
def test_groups_that_there_are_not_are_wrong_usage(restated, groups):
    with pytest.raises(UsageError) as caught:
        revisions(restated, groups)
    assert caught.value.hint


def test_nothing_held_is_missing_data(store):
    with pytest.raises(DataMissing):
        revisions(store)


def test_a_cube_file_is_one_moment():
    cube = CubeFile(sample_path())
    document = ask(cube, "revisions", making.asked("house", hub="huggingface"), {}).to_dict()
    assert len({row["known"] for row in document["rows"]}) == 1
    shares = {row.group: row.value for row in ask(cube, "share", making.asked("house", hub="huggingface"), {}).rows}
    assert {row["group"]: row["value"] for row in document["rows"]} == {g: shares[g] for g in list(shares)[:8]}
