"""What becomes of licences along lineage, against pairs whose kind is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import making
from weighbridge.definitions.licences import licences
from weighbridge.errors import DataMissing
from weighbridge.measures.asking import Asking, StoreBacking, ask, open_backing
from weighbridge.measures.drift import KINDS
from weighbridge.measures.drift import drift as compared
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

KNOWN = making.moment("2026-01-01")


def drift(store, options=None, **question):
    return ask(StoreBacking(store), "licence-drift", making.asked("raw", **question), options or {})


def kinds(answer):
    return {row.group: row.downloads for row in answer.rows if row.downloads}


def family(*parents, child, relation="finetune"):
    """Rows of parents with some licences (`outside` is not held), of a child of all of them with 100 downloads, and of
    one model that has a licence, so that the reading is one that gives them.
    """
    rows = [{"id": "z/licensed", "downloads": 0, "license": "mit"}]
    rows += [{"id": f"p/{n}", "downloads": 1, "license": name} for n, name in enumerate(parents) if name != "outside"]
    bases = [f"p/{n}" for n in range(len(parents))]
    tags = [f"base_model:{relation}:{base}" for base in bases]
    return [*rows, {"id": "c/child", "downloads": 100, "license": child, "base_model": bases, "tags": tags}]


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("apache-2.0", "apache-2.0", "kept"),
        ("apache-2.0", "mit", "kept"),
        ("llama3", "llama3.1", "kept"),
        ("a-licence-of-ours", "a-licence-of-ours", "kept"),
        ("apache-2.0", "Apache License 2.0", "kept"),
        ("apache-2.0", "cc-by-nc-4.0", "tightened"),
        ("mit", "gpl-3.0", "tightened"),
        ("lfm1.0", "cc-by-nc-4.0", "tightened"),
        ("nvidia-open-model-license", "apache-2.0", "loosened"),
        ("kimi-k3", "mit", "loosened"),
        ("cc-by-nc-4.0", "mit", "contradictory"),
        ("llama2", "apache-2.0", "contradictory"),
        ("llama2", "cc-by-nc-4.0", "contradictory"),
        ("gpl-3.0", "apache-2.0", "contradictory"),
        ("gpl-3.0", "cc-by-nc-sa-4.0", "contradictory"),
        ("cc-by-nc-nd-4.0", "cc-by-nc-nd-4.0", "contradictory"),
        ("mit", None, "dropped"),
        ("other", None, "dropped"),
        (None, "mit", "added"),
        (None, None, "neither"),
        ("other", "other", "unknown"),
        ("other", "mit", "unknown"),
        ("mit", "other", "unknown"),
        ("outside", "mit", "unknown"),
        ("outside", None, "unknown"),
    ],
)
def test_a_pair_of_licences_is_of_a_kind(store, read_hub, parent, child, expected):
    read_hub(family(parent, child=child))
    assert kinds(drift(store)) == {expected: 100}


def test_a_quantised_copy_is_no_changed_work(store, read_hub):
    read_hub(family("cc-by-nd-4.0", child="cc-by-nd-4.0", relation="quantized"))
    assert kinds(drift(store)) == {"kept": 100}


def test_a_quantised_copy_may_not_lift_limits_either(store, read_hub):
    read_hub(family("cc-by-nd-4.0", child="mit", relation="quantized"))
    assert kinds(drift(store)) == {"contradictory": 100}


@pytest.mark.parametrize(
    ("parents", "child", "expected"),
    [
        (("mit", "cc-by-nc-4.0"), "cc-by-nc-4.0", "kept"),
        (("mit", "cc-by-nc-4.0"), "mit", "contradictory"),
        (("mit", "outside"), "mit", "unknown"),
        (("cc-by-nc-4.0", "outside"), "mit", "contradictory"),
        (("cc-by-nc-4.0", "other"), "mit", "contradictory"),
        (("mit", "outside"), None, "dropped"),
        (("mit", None), "mit", "kept"),
        ((None, "outside"), "mit", "unknown"),
        (("llama3", "gpl-3.0"), "llama3", "contradictory"),
        (("llama3", "apache-2.0"), "llama3", "kept"),
    ],
)
def test_of_several_parents_all_limits_count(store, read_hub, parents, child, expected):
    read_hub(family(*parents, child=child))
    assert kinds(drift(store)) == {expected: 100}


def test_the_parent_that_is_shown_is_the_one_that_is_contradicted(store, read_hub):
    read_hub(family("llama3", "gpl-3.0", child="llama3"))
    (pair,) = drift(store, {"by": "pair"}).rows
    assert (pair["parent"], pair["child"], pair["drift"]) == ("gpl-3.0", "llama3", "contradictory")
    assert pair["because"] == "lifts limits that have to be passed on"


def test_unknown_kinds_widen_the_limits_of_what_they_could_be(store, read_hub):
    read_hub([
        {"id": "p/a", "downloads": 5, "license": "mit"},
        {"id": "c/kept", "downloads": 60, "license": "mit", "base_model": ["p/a"]},
        {"id": "c/away", "downloads": 30, "license": "mit", "base_model": ["far/away"]},
        {"id": "c/bare", "downloads": 10, "license": None, "base_model": ["far/away"]},
    ])  # fmt: skip
    rows = {row.group: (row.value, row.lo, row.hi) for row in drift(store).rows}
    assert rows["kept"] == pytest.approx((0.6, 0.6, 0.9))
    assert rows["contradictory"] == pytest.approx((0, 0, 0.3))
    assert rows["dropped"] == pytest.approx((0, 0, 0.1))
    assert rows["added"] == pytest.approx((0, 0, 0.3))
    assert rows["neither"] == pytest.approx((0, 0, 0.1))
    assert rows["unknown"] == pytest.approx((0.4, 0, 0.4))


def test_where_it_is_not_known_whether_limits_pass_on_a_loosening_may_contradict(store, read_hub):
    read_hub(family("kimi-k3", child="mit"))
    rows = {row.group: (row.value, row.lo, row.hi) for row in drift(store).rows}
    assert rows["loosened"] == (1, 0, 1)
    assert rows["contradictory"] == (0, 0, 1)


def test_only_models_with_a_declared_base_are_the_whole(store, read_hub):
    read_hub([
        {"id": "p/a", "downloads": 300, "license": "mit"},
        {"id": "c/b", "downloads": 100, "license": "mit", "base_model": ["p/a"]},
    ])  # fmt: skip
    answer = drift(store)
    assert answer.total == 100
    assert answer.to_dict()["part_with_a_parent"] == pytest.approx(0.25)
    assert any("25.0%" in note for note in answer.notes)
    assert any("no legal advice" in note for note in answer.notes)


def test_pairs_come_with_their_weight_the_heaviest_first(store, read_hub):
    read_hub([
        {"id": "p/a", "downloads": 1, "license": "llama2"},
        {"id": "c/b", "downloads": 10, "license": "mit", "base_model": ["p/a"]},
        {"id": "c/c", "downloads": 20, "license": "mit", "base_model": ["p/a"]},
        {"id": "c/d", "downloads": 70, "license": "llama2", "base_model": ["p/a"]},
    ])  # fmt: skip
    answer = drift(store, {"by": "pair"})
    assert [(row["parent"], row["child"], row["models"], row["downloads"]) for row in answer.rows] == [
        ("llama2", "llama2", 1, 70), ("llama2", "mit", 2, 30),
    ]  # fmt: skip
    assert answer.to_dict()["contradictory"] == [
        {"because": "lifts limits that have to be passed on", "value": 0.3, "downloads": 30, "models": 2}
    ]
    assert len(drift(store, {"by": "pair", "top": 1}).rows) == 1


def test_families_and_relations_divide_into_kinds(store, read_hub):
    rows = [{"id": "p/qwen-x", "downloads": 1, "license": "mit"}]
    rows.append({"id": "c/b", "downloads": 40, "license": "mit", "tags": ["base_model:adapter:p/qwen-x"]})
    rows.append({"id": "c/d", "downloads": 60, "license": None, "tags": ["base_model:merge:p/qwen-x"]})
    read_hub(rows)
    by_relation = drift(store, {"by": "relation"}).rows
    assert [(row["group"], row["drift"], row["value"]) for row in by_relation if row["downloads"]] == [
        ("merge", "dropped", 1.0), ("adapter", "kept", 1.0),
    ]  # fmt: skip
    assert {row["group"] for row in drift(store, {"by": "family"}).rows} == {"Qwen"}


def test_models_can_be_counted_instead_of_downloads(store, read_hub):
    read_hub([{"created_at": "2024-01-01"} | row for row in family("mit", child=None)])
    answer = drift(store, {"of": "models"})
    assert {row.group: row.models for row in answer.rows if row.models} == {"dropped": 1}


def test_a_hub_on_which_nothing_declares_a_base_has_no_answer(store, read_hub):
    read_hub([{"id": "us/a", "downloads": 1, "license": "mit"}])
    with pytest.raises(DataMissing, match="declares a base"):
        drift(store)


def test_a_cube_file_cannot_say_it(tmp_path):
    with pytest.raises(DataMissing):
        ask(open_backing(tmp_path / "none"), "licence-drift", making.asked("raw"), {})


NAMES = st.sampled_from([*licences(), "outside", "unheard-of", None])


@settings(max_examples=25)
@given(st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=3), NAMES), min_size=1, max_size=12))
def test_parts_sum_to_one_and_limits_hold_the_value(tmp_path_factory, made):
    rows = []
    for number, (parents, child) in enumerate(made):
        for row in family(*parents, child=None if child == "outside" else child):
            bases = [f"{base}{number}" for base in row.get("base_model", [])]
            rows.append(row | {"id": f"{row['id']}{number}", "base_model": bases, "tags": []})
    folder = tmp_path_factory.mktemp("drift")
    held = Store(folder / "store")
    listing = making.csv_file(folder / "listing.csv", rows)
    ingest(held, source("hub-dump"), listing, at=making.moment("2024-07-11"), known=KNOWN)
    answer = drift(held)
    assert sum(row.value for row in answer.rows) == pytest.approx(1)
    assert sum(row.downloads for row in answer.rows) == answer.total == 100 * len(made)
    assert all(row.lo <= row.value <= row.hi for row in answer.rows)
    pairs = drift(held, {"by": "pair", "top": 1000}).rows
    assert sum(pair["downloads"] for pair in pairs) == answer.total


def test_no_licence_contradicts_itself(store, read_hub):
    names = [name for name, row in licences().items() if row.derivatives == "yes"]
    rows = [row | {"id": f"{row['id']}{n}", "base_model": [f"p/0{n}"] if "base_model" in row else None, "tags": []}
            for n, name in enumerate(names) for row in family(name, child=name)]  # fmt: skip
    read_hub(rows)
    assert kinds(drift(store)) == {"kept": 100 * len(names)}


def test_the_census_of_2024_keeps_three_quarters_of_its_licences(census):
    answer = drift(census, at="2024-07-11")
    found = {row.group: row for row in answer.rows}
    assert sum(row.downloads for row in answer.rows) == answer.total
    assert found["kept"].value == pytest.approx(0.74, abs=0.01)
    assert found["contradictory"].value == pytest.approx(0.023, abs=0.005)
    assert found["unknown"].lo == 0


def test_a_reading_without_licences_drops_adds_and_keeps_none(store, read_hub):
    read_hub([
        {"id": "p/base", "downloads": 1},
        {"id": "c/child", "downloads": 100, "base_model": ["p/base"], "tags": ["base_model:finetune:p/base"]},
    ])  # fmt: skip
    answer = drift(store)
    assert {row.group: (row.downloads, row.lo, row.hi) for row in answer.rows} == {
        **dict.fromkeys(KINDS[:-1], (0, 0, 1)), "unknown": (100, 0, 1),
    }  # fmt: skip
    assert any("100.0%: the readings give no licences" in note for note in answer.notes)
    (pair,) = drift(store, {"by": "pair"}).rows
    assert (pair["parent"], pair["child"]) == ("(not given)", "(not given)")


def told(store, untold):
    """Possible kinds of the child, where the licences of some models were not given."""
    frame = Asking(StoreBacking(store), making.asked("raw")).models().frame
    given = np.array([name not in untold for name in frame.names.to_pylist()])
    found = compared(frame, given).classes
    child = frame.names.to_pylist().index("c/child")
    assert KINDS[found.recorded[child]] == "unknown"
    return {kind for kind, may in zip(KINDS, found.possible[child], strict=True) if may} - {"unknown"}


def test_a_licence_that_was_not_given_may_be_all_that_the_other_allows(store, read_hub):
    read_hub(family("mit", child="mit"))
    assert told(store, {"c/child"}) == set(KINDS) - {"added", "neither", "unknown"}
    assert told(store, {"p/0"}) == {"kept", "tightened", "loosened", "contradictory", "added"}


def test_beside_a_parent_without_a_licence_one_that_was_not_given_is_added_or_neither(store, read_hub):
    read_hub(family(None, child="mit"))
    assert told(store, {"c/child"}) == {"added", "neither"}


def test_a_limit_that_is_lifted_for_sure_is_neither_kept_nor_tightened(store, read_hub):
    read_hub(family("nvidia-open-model-license", "other", child="apache-2.0"))
    answer = drift(store)
    assert kinds(answer) == {"unknown": 100}
    limits = {row.group: row.hi for row in answer.rows}
    assert set(limits) == {"loosened", "contradictory", "unknown"}


def test_pairs_of_counted_models_have_no_column_of_downloads(store, read_hub):
    read_hub([row | {"created_at": "2024-07-01"} for row in family("mit", child="apache-2.0")])
    asked = drift(store, {"by": "pair", "of": "models"}, start="2024-06-01", end="2024-07-11")
    assert [("downloads" in row.to_dict(), row["models"]) for row in asked.rows] == [(False, 1)]
