"""How open models are, against small hubs whose rungs are known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.definitions.licences import CLASSES
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.against_index import correlation, ordered_alike, ranks
from weighbridge.measures.asking import StoreBacking, ask, open_backing
from weighbridge.measures.classified import Classes
from weighbridge.measures.ladder import RUNGS, UNCLEAR, Facts, at_least, ladder, steps
from weighbridge.register import files
from weighbridge.sources import source
from weighbridge.store.writing import ingest

HUB = [
    {"id": "us/asks", "downloads": 10, "license": "mit", "gated": "manual", "datasets": ["a/b"]},
    {"id": "us/bare", "downloads": 20, "license": None, "gated": "false"},
    {"id": "us/lama", "downloads": 30, "license": "llama3", "gated": "false"},
    {"id": "cn/free", "downloads": 40, "license": "apache-2.0", "gated": "false"},
    {"id": "cn/told", "downloads": 50, "license": "gpl-3.0", "gated": "false", "tags": ["dataset:wool"]},
    {"id": "cn/else", "downloads": 60, "license": "other", "gated": "false", "datasets": ["a/b"]},
]
SYSTEM = """
system: {name: %s, link: "https://huggingface.co/%s"}
datasources_basemodel: {class: %s}
datasources_endmodel: {class: %s}
trainingcode: {class: %s}
"""


def openness(store, options=None, **question):
    return ask(StoreBacking(store), "openness", making.asked("raw", **question), options or {})


def values(answer):
    return {row.group: (row.downloads, round(row.lo, 6), round(row.hi, 6)) for row in answer.rows}


@pytest.fixture
def hub(store, read_hub):
    read_hub([{"datasets": [], "tags": []} | row for row in HUB])
    return store


@pytest.fixture
def rated(hub, tmp_path):
    """A function that reads systems `(name, repository, base data, end data, code)` in as an index."""

    def read(*systems):
        folder = tmp_path / "index"
        folder.mkdir()
        for number, system in enumerate(systems):
            (folder / f"{number}.yaml").write_text(SYSTEM % system)
        return ingest(hub, source("openness-index"), folder, at=None, known=making.moment("2026-02-01")).vintage

    return read


def test_each_model_stands_on_the_highest_rung_up_to_which_it_takes_all_steps(hub):
    found = values(openness(hub))
    assert {name: downloads for name, (downloads, _, _) in found.items()} == {
        "gated": 10, "no licence": 20, "restricted licence": 30, "open licence": 40, "training data declared": 50,
        "code and data open": 0, UNCLEAR: 60,
    }  # fmt: skip


def test_an_unknown_licence_widens_what_it_could_be_and_an_unrated_model_may_be_open(hub):
    found = values(openness(hub))
    assert found["gated"][1:] == (round(10 / 210, 6),) * 2
    assert found["no licence"][1:] == (round(20 / 210, 6),) * 2
    assert found["restricted licence"][1:] == (round(30 / 210, 6), round(90 / 210, 6))
    assert found["open licence"][1:] == (round(40 / 210, 6),) * 2
    assert found["training data declared"][1:] == (0, round(110 / 210, 6))
    assert found["code and data open"][1:] == (0, round(110 / 210, 6))
    assert found[UNCLEAR][1:] == (0, round(60 / 210, 6))


def test_each_rung_with_all_above_it(hub):
    answer = openness(hub, {"step": "at-least"})
    assert [row.downloads for row in answer.rows] == [210, 200, 180, 90, 50, 0]
    licensed = answer.rows[3]
    assert (licensed.group, licensed.lo, licensed.hi) == (
        "open licence",
        pytest.approx(90 / 210),
        pytest.approx(150 / 210),
    )
    assert [row["downloads"] for row in openness(hub).to_dict()["at_least"]] == [210, 200, 180, 90, 50, 0]


@pytest.fixture
def silent(store, read_hub):
    """A hub whose readings say of no model whether it is gated."""
    read_hub([{"id": "us/a", "downloads": 30, "license": "mit"}, {"id": "us/b", "downloads": 10, "license": "llama2"}])
    return store


def test_where_nobody_recorded_what_is_gated_the_step_is_left_out_by_itself(silent):
    answer = openness(silent)
    assert answer.values["gating"] == "left-out"
    assert values(answer)["restricted licence"] == (10, 0.25, 0.25)
    assert "gated" not in values(answer)
    assert any("--gating step keeps it" in note for note in answer.notes)
    assert values(openness(silent, {"gating": "left-out"})) == values(answer)


def test_where_gating_is_asked_and_nobody_recorded_it_every_model_may_be_gated(silent):
    answer = openness(silent, {"gating": "step"})
    assert values(answer)["gated"] == (0, 0, 1)
    assert values(answer)["restricted licence"] == (10, 0, 0.25)
    assert any("gated is not known of 100.0%" in note for note in answer.notes)
    assert values(openness(silent, {"step": "gating"}))["unknown"] == (40, 0, 1)


def test_gating_is_a_step_by_itself_where_any_model_says(hub):
    assert openness(hub).values["gating"] == "step"


def test_a_note_sums_each_rung_with_all_above_it(hub):
    [note] = [note for note in openness(hub).notes if "rungs above it" in note]
    assert "open licence 42.9% (42.9% to 71.4%)" in note
    assert not any("rungs above it" in note for note in openness(hub, {"step": "licence"}).notes)


def test_groups_without_a_row_are_told(hub):
    notes = openness(hub, {"by": "licence", "top": 2}).notes
    assert any(note.startswith("The 2 groups with most weight of 6") for note in notes)
    assert not any("groups with most weight" in note for note in openness(hub, {"by": "licence"}).notes)


def test_only_the_groups_that_are_named_are_divided(hub):
    rows = openness(hub, {"by": "licence", "only": "MIT,llama3"}).rows
    assert {row["group"] for row in rows} == {"mit", "llama3"}
    with pytest.raises(DataMissing, match="no licence 'llama9'") as refused:
        openness(hub, {"by": "licence", "only": ["llama9"]})
    assert "llama3" in refused.value.hint
    with pytest.raises(UsageError, match="none are asked"):
        openness(hub, {"only": "mit"})


def test_without_columns_of_data_nothing_is_known_of_training_data(store, read_hub):
    read_hub([{"id": "us/a", "downloads": 30, "license": "mit", "gated": "false"}])
    assert values(openness(store))["open licence"] == (30, 0, 1)
    assert values(openness(store, {"step": "training-data"}))["unknown"] == (30, 0, 1)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("gating", {"gated": 10, "not gated": 200}),
        ("training-data", {"available": 0, "declared": 120, "not declared": 90}),
        ("code-and-data", {"open": 0, "not open": 0, "unknown": 210}),
    ],
)
def test_a_step_by_itself(hub, step, expected):
    assert {name: downloads for name, (downloads, _, _) in values(openness(hub, {"step": step})).items()} == expected


def test_licences_by_class(hub):
    found = values(openness(hub, {"step": "licence"}))
    assert (found["permissive"][0], found["copyleft"][0], found["none"][0]) == (50, 50, 20)
    assert found["permissive"][1:] == (round(50 / 210, 6), round(110 / 210, 6))
    assert found["none"][1:] == (round(20 / 210, 6),) * 2


def test_groups_divide_into_rungs(hub):
    rows = openness(hub, {"by": "licence"}).rows
    assert {(row["group"], row["rung"]) for row in rows if row["downloads"]} == {
        ("mit", "gated"), ("(none)", "no licence"), ("llama3", "restricted licence"), ("apache-2.0", "open licence"),
        ("gpl-3.0", "training data declared"), ("other", UNCLEAR),
    }  # fmt: skip
    assert rows[0]["group"] == "other"
    assert openness(hub, {"by": "licence", "top": 1}).rows[-1]["group"] == "other"


def test_years_are_those_of_creation(store, read_hub):
    read_hub([
        {"id": "us/a", "downloads": 1, "created_at": "2022-03-02T23:29:04"},
        {"id": "us/b", "downloads": 2, "created_at": "2022-05-01"},
        {"id": "us/c", "downloads": 3, "created_at": "2024-01-01"},
        {"id": "us/d", "downloads": 4},
    ])  # fmt: skip
    answer = openness(store, {"by": "year", "step": "at-least", "gating": "left-out"})
    firsts = [(row["group"], row["downloads"]) for row in answer.rows if row["rung"] == "no licence"]
    assert firsts == [("≤2022-03-02", 1), ("(unknown)", 4), ("2022", 2), ("2024", 3)]


def test_models_can_be_counted_instead_of_downloads(store, read_hub):
    read_hub([
        {"id": "us/a", "downloads": 900, "license": "mit", "created_at": "2023-02-01"},
        {"id": "us/b", "downloads": 0, "license": "mit", "created_at": "2023-03-01"},
        {"id": "us/c", "downloads": 5, "license": None, "created_at": "2023-04-01"},
    ])  # fmt: skip
    answer = openness(store, {"of": "models", "gating": "left-out"})
    assert {row.group: row.models for row in answer.rows if row.models} == {"open licence": 2, "no licence": 1}
    assert answer.total == 3


def test_entries_without_weights_stand_at_the_bottom(store, tmp_path):
    hosted = next(
        row["entry"] for row in files.rows("entries") if row["hub"] == "ollama" and row["has_weights"] == "no"
    )
    pulls = [
        {"name": name, "pulls": count, "observed_on": day}
        for name, counts in ((hosted, (10, 40)), ("nobody-knows-it", (10, 20)))
        for day, count in zip(("2026-01-01", "2026-02-01"), counts, strict=True)
    ]
    listing = making.csv_file(tmp_path / "pulls.csv", pulls)
    ingest(store, source("ollama-pulls"), listing, at=None, known=making.moment("2026-03-01"))
    question = {"hub": "ollama", "scope": "everything", "start": "2026-01-01", "end": "2026-02-01"}
    answer = openness(store, {"gating": "left-out"}, **question)
    found = {row.group: (row.downloads, row.hi) for row in answer.rows}
    assert found["no weights"] == (30, 0.75)
    assert found["licence not given"] == (10, 0.25)
    assert found["no licence"] == (0, 0.25)
    assert answer.title.endswith("by pulls")


def test_an_index_tells_whose_code_and_data_are_open(hub, rated):
    vintage = rated(("Told", "cn/told", "open", "open", "open"), ("Free", "CN/Free", "closed", "partial", "open"))
    answer = openness(hub)
    found = values(answer)
    assert found["code and data open"] == (50, round(50 / 210, 6), round(110 / 210, 6))
    assert answer.to_dict()["indexes"] == {"openness-index": vintage.id}
    assert values(openness(hub, {"step": "code-and-data"}))["not open"][0] == 40
    assert values(openness(hub, {"step": "training-data"}))["available"][0] == 50


def test_data_that_an_index_found_open_is_declared(hub, rated):
    rated(
        ("Free", "cn/free", "open", "open", "closed"),
    )
    assert values(openness(hub))["training data declared"][0] == 90


def test_what_two_systems_say_differently_of_one_repository_is_not_known(hub, rated):
    rated(("Told", "cn/told", "open", "open", "open"), ("Other", "cn/told", "closed", "open", "open"))
    found = values(openness(hub))
    assert found["code and data open"][0] == 0
    assert found["training data declared"][0] == 50


def test_an_index_that_orders_as_the_ladder_does_agrees(hub, rated):
    rated(
        ("Bare", "us/bare", "closed", "closed", "closed"),
        ("Lama", "us/lama", "partial", "closed", "closed"),
        ("Told", "cn/told", "open", "open", "partial"),
        ("Gone", "cn/not-held", "open", "open", "open"),
    )
    answer = openness(hub, {"against": "openness-index"})
    document = answer.to_dict()["against"]
    assert (document["systems"], document["held"]) == (4, 3)
    assert document["spearman"] == pytest.approx(1)
    assert document["agreement"] == 1
    assert {row["system"]: row["rung"] for row in answer.rows} == {
        "Bare": "no licence", "Lama": "restricted licence", "Told": "training data declared",
    }  # fmt: skip


def test_the_largest_disagreement_comes_first_and_the_index_does_not_rate_itself(hub, rated):
    rated(
        ("Bare", "us/bare", "open", "open", "open"),
        ("Lama", "us/lama", "partial", "closed", "closed"),
        ("Told", "cn/told", "closed", "closed", "closed"),
    )
    answer = openness(hub, {"against": "openness-index", "top": 2})
    assert [row["system"] for row in answer.rows] == ["Bare", "Told"]
    assert answer.to_dict()["against"]["spearman"] == pytest.approx(-1)


def test_an_index_that_was_not_read_in_is_asked_for(hub):
    with pytest.raises(DataMissing, match="no ratings of openness-index") as caught:
        openness(hub, {"against": "openness-index"})
    assert "ingest openness-index" in caught.value.hint


def test_an_index_of_which_next_to_nothing_is_held_is_not_compared(hub, rated):
    rated(("Told", "cn/told", "open", "open", "open"), ("Gone", "cn/not-held", "open", "open", "open"))
    with pytest.raises(DataMissing, match="of which 1 are held"):
        openness(hub, {"against": "openness-index"})


def test_groups_do_not_go_with_an_index(hub):
    with pytest.raises(UsageError, match="no --by"):
        openness(hub, {"against": "openness-index", "by": "country"})


def test_unknown_flows_widen_the_limits_of_each_month(store, read_hub):
    days = ("2024-01-01", "2024-01-31", "2024-02-01", "2024-03-01")
    counters = [("us/free", day, count) for day, count in zip(days, (0, 100, 100, 300), strict=True)]
    counters += [("us/none", day, count) for day, count in (("2024-01-01", 0), ("2024-03-01", 60))]
    read_hub([
        {"id": name, "observed_at": day, "downloads_all_time": count, "gated": "false",
         "license": "mit" if name == "us/free" else None, "datasets": [], "tags": []}
        for name, day, count in counters
    ], at=None)  # fmt: skip
    answer = openness(store, over="month", start="2024-01-01", end="2024-03-01")
    months = {row.period for row in answer.rows}
    assert months == {"2024-01", "2024-02"}
    for month in months:
        here = {row.group: row for row in answer.rows if row.period == month}
        assert sum(row.value for row in here.values()) == pytest.approx(1)
        assert here["open licence"].lo < here["open licence"].value < here["open licence"].hi


def test_the_rung_stays_that_of_the_downloaded_model_under_base_credit(store, read_hub):
    read_hub([
        {"id": "us/root", "downloads": 1, "license": "mit", "gated": "false"},
        {"id": "cn/copy", "downloads": 99, "license": "llama2", "gated": "false", "base_model": ["us/root"]},
    ])  # fmt: skip
    answer = openness(store, {"by": "family"}, attribution="base")
    found = {row["rung"]: row["downloads"] for row in answer.rows}
    assert (found["restricted licence"], found["open licence"]) == (99, 1)


def test_a_cube_file_cannot_say_it(tmp_path):
    with pytest.raises(DataMissing):
        ask(open_backing(tmp_path / "none"), "openness", making.asked("raw"), {})


three = st.sampled_from([-1, 0, 1])


@st.composite
def recorded(draw):
    count = draw(st.integers(1, 30))

    def column(values):
        return np.array(draw(st.lists(values, min_size=count, max_size=count)))

    data, code = column(three), column(three)
    declared = np.where(data == 1, 1, column(three))
    opened = np.where(data == 1, code, np.where(data == 0, 0, np.where(code == 1, -1, code)))
    return Facts(column(st.booleans()), column(three), column(st.integers(0, len(CLASSES) - 1)), declared, data, opened)


@given(recorded())
def test_the_recorded_rung_is_possible_unless_the_licence_is_unknown(known):
    made = ladder(known)
    model = np.arange(len(made.recorded))
    unclear = made.recorded == len(RUNGS)
    assert made.possible[model, made.recorded][~unclear].all()
    assert made.possible.any(axis=1).all()


@given(recorded())
def test_a_model_is_sure_of_no_more_than_one_rung_and_higher_steps_are_rarer(known):
    made = ladder(known)
    sure = [made.states([place]) == 0 for place in range(len(RUNGS))]
    assert (np.sum(sure, axis=0) <= 1).all()
    held = [np.isin(made.recorded, np.flatnonzero(np.isin(made.names, inside))) for inside in at_least().values()]
    assert all((above <= below).all() for below, above in itertools.pairwise(held))


@given(recorded())
def test_what_is_recorded_of_a_step_lies_within_what_is_possible(known):
    for made in steps(known).values():
        model = np.arange(len(made.recorded))
        dark = np.isin(made.recorded, [made.names.index(name) for name in made.dark])
        assert made.possible[model, made.recorded][~dark].all()


def test_states_tell_sure_from_maybe_and_not():
    made = Classes(("a", "b", "c"), np.zeros(3, np.int64), np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], bool))
    assert made.states([0]).tolist() == [0, 1, 2]
    assert made.states([0, 1]).tolist() == [0, 0, 2]


scores = st.lists(st.integers(0, 5), min_size=2, max_size=30).map(lambda found: np.array(found, float))


@given(scores)
def test_ranks_keep_the_order_and_lie_around_a_half(made):
    found = ranks(made)
    assert found.mean() == pytest.approx(0.5)
    assert ((found[:, None] < found[None, :]) == (made[:, None] < made[None, :])).all()


@given(scores)
def test_an_order_agrees_with_itself_and_not_with_its_reverse(made):
    alike, other = ordered_alike(made, made)
    assert other == 0
    assert ordered_alike(made, -made) == (0, alike)
    found = correlation(ranks(made), ranks(made))
    assert found is None or found == pytest.approx(1)


def test_the_census_of_2024_divides_into_rungs(census):
    answer = openness(census, {"gating": "left-out"}, at="2024-07-11")
    assert sum(row.value for row in answer.rows) == pytest.approx(1)
    assert sum(row.downloads for row in answer.rows) == answer.total == 1_838_905_161
    assert all(row.lo <= row.value <= row.hi for row in answer.rows)
    found = {row.group: row for row in answer.rows}
    assert found["no licence"].downloads == 244_150_397


def test_countries_of_the_census_divide_into_rungs_that_sum_to_one(census):
    answer = openness(census, {"by": "country", "top": 3, "gating": "left-out"}, at="2024-07-11")
    groups = {row["group"] for row in answer.rows}
    assert len(groups) == 3
    for group in groups:
        assert sum(row["value"] for row in answer.rows if row["group"] == group) == pytest.approx(1)


def test_a_reading_without_licences_does_not_say_that_models_have_none(store, read_hub):
    read_hub([{"id": "us/a", "downloads": 30}, {"id": "us/b", "downloads": 10}])
    answer = openness(store)
    found = values(answer)
    assert found["licence not given"] == (40, 0, 1)
    assert found["no licence"] == found["open licence"] == (0, 0, 1)
    assert any("give no licences of 100.0%" in note for note in answer.notes)
    licences = values(openness(store, {"step": "licence"}))
    assert licences["licence not given"] == (40, 0, 1)
    assert licences["none"] == licences["permissive"] == (0, 0, 1)
    levels = values(openness(store, {"step": "at-least"}))
    assert levels["no licence"] == (40, 1, 1)
    assert levels["restricted licence"] == (0, 0, 1)


def test_a_reading_that_gives_licences_tells_for_its_own_models_alone(store, read_hub):
    read_hub([{"id": "us/a", "downloads": 30}, {"id": "us/b", "downloads": 10}], at="2024-06-11")
    read_hub(
        [{"id": "us/b", "downloads": 10, "license": None}, {"id": "us/c", "downloads": 20, "license": "mit"}],
        at="2024-07-11",
    )
    found = values(openness(store, {"gating": "left-out"}, start="2024-05-12", end="2024-07-11", splice=True))
    assert {name: found[name][0] > 0 for name in ("no licence", "open licence", "licence not given")} == {
        "no licence": True, "open licence": True, "licence not given": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "question", "reason"),
    [
        ({"step": "gating", "gating": "left-out"}, {}, "leaves out the step"),
        ({"step": "licence", "gating": "left-out"}, {}, "says nothing"),
        ({"step": "training-data", "gating": "step"}, {}, "says nothing"),
        ({"step": "code-and-data", "gating": "step"}, {}, "says nothing"),
        ({"against": "openness-index", "step": "licence"}, {}, "no --step"),
        ({"against": "openness-index", "gating": "left-out"}, {}, "no --gating"),
        ({"against": "openness-index", "of": "models"}, {}, "no --of"),
        ({"against": "openness-index"}, {"scope": "language"}, "no --scope"),
    ],
)
def test_options_that_would_change_nothing_are_refused(hub, options, question, reason):
    with pytest.raises(UsageError, match=reason):
        openness(hub, options, **question)


@pytest.mark.parametrize("measure", ["openness", "size", "licence-drift"])
def test_counted_models_are_cleaned_where_that_is_asked(store, read_hub, measure):
    born = {"created_at": "2024-07-01", "license": "mit", "likes": 1, "tags": [], "base_model": ["us/base"]}
    read_hub(
        [
            {"id": "us/base", "downloads": 5, "created_at": "2024-01-01", "license": "mit", "likes": 1, "tags": []},
            {"id": "us/a", "downloads": 5, **born},
            {"id": "us/b", "downloads": 5, **born},
            {"id": "us/odd", "downloads": 200_000, **born, "likes": 0},
        ]
    )
    window = {"start": "2024-06-01", "end": "2024-07-11"}

    def asked(**question):
        return ask(StoreBacking(store), measure, making.asked("raw", **window, **question), {"of": "models"})

    cleaned = asked(clean=["low-likes"])
    assert (asked().total, cleaned.total) == (3, 2)
    assert [(rule["rule"], rule["models"]) for rule in cleaned.removed] == [("low-likes", 1)]
    assert cleaned.definition["clean"] == ["low-likes"]
    noted = asked(max_age_days=30, bounds="strict").notes
    assert any("age limit changes nothing" in note for note in noted)
    assert any(note.startswith("--bounds strict changes nothing") for note in noted)


def test_where_models_are_counted_no_column_is_of_downloads(store, read_hub):
    read_hub([{"id": f"us/{n}", "downloads": 7, "license": "mit", "created_at": "2024-07-01"} for n in range(3)])
    window = {"start": "2024-06-01", "end": "2024-07-11"}
    rows = openness(store, {"by": "organisation", "of": "models"}, **window).rows
    assert all("downloads" not in row.to_dict() for row in rows)
    assert sum(row["models"] for row in rows) == 3
    weighed = openness(store, {"by": "organisation"}).rows
    assert sum(row["downloads"] for row in weighed) == 21
