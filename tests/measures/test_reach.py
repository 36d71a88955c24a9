"""How far downloads reach, against counts made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import StoreBacking, ask, open_backing
from weighbridge.measures.reach import figures, percentage
from weighbridge.register import parties

TEN = np.array([1000, 300, 200, 199, 100, 1, 0, 0, 0, 0])
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=40).filter(any).map(np.array)


def reach(store, options=None, **question):
    return ask(StoreBacking(store), "reach", making.asked("raw", **question), options or {})


def values(answer):
    return {row.group: (row.value, row.models) for row in answer.rows}


def test_ten_models():
    """1,800 downloads; four models have none, seven fewer than 200; the two largest take 1,300."""
    found = figures(TEN, below=200, k=2, part=0.99)
    assert found["counted"] == (10, 10)
    assert found["without"] == (0.4, 4)
    assert found["below"] == (0.7, 7)
    assert found["largest"] == (pytest.approx(1300 / 1800), 2)
    assert found["taking"] == (0.5, 5)


def test_a_part_that_some_take_exactly_needs_no_further_model():
    assert figures(np.array([50, 30, 20]), 200, 1, 0.5)["taking"] == (pytest.approx(1 / 3), 1)
    assert figures(np.array([50, 30, 20]), 200, 1, 0.8)["taking"] == (pytest.approx(2 / 3), 2)
    assert figures(np.array([992, 8]), 200, 1, percentage("99.2"))["taking"] == (0.5, 1)


def test_all_downloads_are_taken_by_the_models_that_have_any():
    assert figures(TEN, 200, 1, 1.0)["taking"] == (0.6, 6)


def test_more_than_there_are_take_everything():
    assert figures(TEN, 200, 99, 0.5)["largest"] == (1.0, 10)


@given(weights, st.integers(1, 1000), st.integers(1, 50), st.floats(0.01, 1))
def test_parts_are_parts_and_the_order_of_models_is_irrelevant(made, below, k, part):
    found = figures(made, below, k, part)
    assert found == figures(made[::-1], below, k, part)
    assert all(0 <= value <= 1 for name, (value, _) in found.items() if name != "counted")
    assert found["without"][0] <= found["below"][0]
    assert found["taking"][1] + found["without"][1] <= len(made)


@given(weights, st.floats(0.01, 0.999))
def test_those_who_take_a_part_do_and_one_fewer_does_not(made, part):
    count = figures(made, 1, 1, part)["taking"][1]
    descending = np.sort(made)[::-1].astype(object)
    enough = part * int(made.sum()) * (1 - 1e-9)
    assert sum(descending[:count]) >= enough
    assert sum(descending[: count - 1]) < part * int(made.sum()) * (1 + 1e-9)


@given(weights, st.integers(1, 40))
def test_more_of_the_largest_never_take_less(made, k):
    assert figures(made, 1, k, 0.5)["largest"][0] <= figures(made, 1, k + 1, 0.5)["largest"][0]


def test_models_without_downloads_are_counted(store, read_hub):
    read_hub([{"id": "us/a", "downloads": 300}, {"id": "us/b", "downloads": 10}, {"id": "cn/c", "downloads": 0}])
    found = values(reach(store))
    assert found["counted"] == (3, 3)
    assert found["without"] == (pytest.approx(1 / 3), 1)
    assert found["below"] == (pytest.approx(2 / 3), 2)


def test_namespaces_hold_all_their_models(store, read_hub):
    read_hub([{"id": "us/a", "downloads": 30}, {"id": "us/b", "downloads": 30}, {"id": "cn/c", "downloads": 40}])
    found = values(reach(store, {"of": "namespaces", "k": 1}))
    assert found["counted"] == (2, 2)
    assert found["largest"] == (pytest.approx(0.6), 1)


@pytest.mark.parametrize("by", ["model", "namespace"])
def test_repositories_are_told_apart_as_the_groups_of_a_share_are(store, read_hub, by):
    read_hub([{"id": f"{owner}/{name}", "downloads": 5} for owner in ("one", "two") for name in ("a", "b")])
    weighed = making.weighed(store, parties.house())
    found, groups = weighed.repositories(by, weighed.entries), weighed.groups(by)
    told = [str(found.names[code].as_py()) for code in found.codes.tolist()]
    assert told == [groups.names[code] for code in groups.codes.tolist()]


def test_models_outside_the_scope_are_not_counted(store, read_hub):
    read_hub([
        {"id": "us/a", "downloads": 30, "pipeline_tag": "text-generation"},
        {"id": "us/b", "downloads": 0, "pipeline_tag": "text-generation"},
        {"id": "us/c", "downloads": 0, "pipeline_tag": "fill-mask"},
    ])  # fmt: skip
    assert values(reach(store, scope="language"))["counted"] == (2, 2)


def test_under_base_credit_roots_are_counted(store, read_hub):
    read_hub([
        {"id": "us/a", "downloads": 10},
        {"id": "cn/b", "downloads": 20, "base_model": ["us/a"]},
        {"id": "cn/c", "downloads": 30, "base_model": ["cn/b"]},
    ])  # fmt: skip
    assert values(reach(store, attribution="base"))["counted"] == (1, 1)


def test_flows_do_not_list_models_without_downloads_and_the_answer_says_so(store, read_hub):
    days = ("2024-07-01", "2024-08-01")
    counters = [("moves", days[0], 0), ("moves", days[1], 300), ("stands", days[0], 5), ("stands", days[1], 5)]
    read_hub(
        [{"id": f"us/{m}", "observed_at": day, "downloads_all_time": value} for m, day, value in counters], at=None
    )
    answer = reach(store, start="2024-07-01", end="2024-08-01")
    assert set(values(answer)) == {"counted", "largest", "taking"}
    assert values(answer)["counted"] == (1, 1)
    assert any("flows do not list the others" in note for note in answer.notes)


def test_a_cube_file_cannot_say_it(tmp_path):
    with pytest.raises(DataMissing, match="cube file"):
        ask(open_backing(tmp_path / "none"), "reach", making.asked("raw"), {})


@pytest.mark.parametrize("part", ["0", "-1", "100.1", "most", "nan", ""])
def test_a_part_that_is_no_percentage_is_refused(store, read_hub, part):
    read_hub([{"id": "us/a", "downloads": 30}])
    with pytest.raises(UsageError, match="not a percentage"):
        reach(store, {"part": part})


def test_half_of_the_models_of_2024_had_no_download_in_thirty_days(census):
    found = values(reach(census, at="2024-07-11"))
    assert found["counted"] == (760_000, 760_000)
    assert found["without"] == (pytest.approx(0.4951066, abs=1e-7), 376_281)
