"""Indices of concentration against values computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import making
from weighbridge.errors import UsageError
from weighbridge.measures import measures
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.measures.concentration import indices

REGISTER = making.register(
    {
        "us": ("Alpha", "US"),
        "us2": ("Alpha", "US"),
        "cn": ("Beta", "CN"),
        "p1": making.party("(individuals)", "unaffiliated", "individual"),
        "p2": making.party("(individuals)", "unaffiliated", "individual"),
    }
)


def concentration(store, of, **options):
    weighed = making.weighed(store, REGISTER, **options)
    return measures()["concentration"].of(weighed, {"of": of})


def test_one_holder_of_everything():
    found = indices(np.array([7.0]))
    assert found == {"hhi": 1, "gini": 0, "top_1": 1, "top_10": 1, "top_100": 1, "top_1pct": 1, "effective_number": 1}


def test_four_equal_holders():
    found = indices(np.array([5.0, 5, 5, 5]))
    assert (found["hhi"], found["gini"], found["effective_number"]) == (0.25, 0, 4)
    assert (found["top_1"], found["top_10"]) == (0.25, 1)


def test_one_two_three_four():
    """Shares 0.1 to 0.4: HHI 0.3; Gini (-3·1 - 1·2 + 1·3 + 3·4) / (4·10) = 0.25."""
    found = indices(np.array([3.0, 1, 4, 2]))
    assert found["hhi"] == pytest.approx(0.30)
    assert found["gini"] == pytest.approx(0.25)
    assert found["effective_number"] == pytest.approx(10 / 3)
    assert found["top_1"] == 0.4


def test_holders_of_nothing_count_in_the_gini_coefficient():
    assert indices(np.array([0.0, 0, 0, 8]))["gini"] == pytest.approx(0.75)


def test_the_largest_hundredth_is_rounded_up():
    weights = np.array([1.0] * 100 + [99, 101])
    assert indices(weights)["top_1pct"] == pytest.approx(200 / 300)
    assert indices(weights[:101])["top_1pct"] == pytest.approx(100 / 199)
    assert indices(weights[:100])["top_1pct"] == pytest.approx(1 / 100)


def test_nothing_is_not_concentrated():
    assert set(indices(np.zeros(3)).values()) == set(indices(np.zeros(0)).values()) == {0.0}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any))
def test_indices_keep_to_their_ranges(weights):
    found = indices(np.array(weights, float))
    assert 1 / len(weights) - 1e-9 <= found["hhi"] <= 1 + 1e-9
    assert -1e-9 <= found["gini"] <= 1 - 1 / len(weights) + 1e-9
    assert found["top_1"] <= found["top_10"] + 1e-12 <= found["top_100"] + 2e-12
    assert found["top_1"] ** 2 <= found["hhi"] + 1e-12 <= found["top_1"] + 2e-12


def test_private_persons_and_the_unregistered_each_count_as_one(store, read_hub):
    weights = {"us": 20, "us2": 20, "cn": 20, "p1": 10, "p2": 10, "x": 10, "y": 10}
    read_hub([{"id": f"{name}/m", "downloads": weight} for name, weight in weights.items()])
    answer = concentration(store, "organisations")
    assert answer.values["counted"] == 6
    assert answer.values["hhi"] == pytest.approx((0.4**2 + 0.2**2) + 4 * 0.1**2)


def test_models_without_downloads_count_among_models(store, read_hub):
    read_hub([{"id": "us/a", "downloads": 8}, *({"id": f"us/m{i}", "downloads": 0} for i in range(3))])
    answer = concentration(store, "models")
    assert answer.values["counted"] == 4
    assert answer.values["gini"] == pytest.approx(0.75)


def test_the_unknown_is_spread_thinly_or_given_to_the_largest_country(store, read_hub):
    read_hub([{"id": "us/m", "downloads": 60}, {"id": "cn/m", "downloads": 20}, {"id": "x/m", "downloads": 20}])
    row = {row.group: row for row in concentration(store, "countries").rows}["hhi"]
    assert row.value == pytest.approx(0.75**2 + 0.25**2)
    assert row.lo == pytest.approx(0.6**2 + 0.2**2)
    assert row.hi == pytest.approx(0.8**2 + 0.2**2)


def test_the_effective_number_has_the_limits_of_the_index_turned_round(store, read_hub):
    read_hub([{"id": "us/m", "downloads": 60}, {"id": "cn/m", "downloads": 20}, {"id": "x/m", "downloads": 20}])
    rows = {row.group: row for row in concentration(store, "countries").rows}
    number, index = rows["effective_number"], rows["hhi"]
    assert (number.lo, number.value, number.hi) == (1 / index.hi, 1 / index.value, 1 / index.lo)


def test_the_parts_of_the_largest_countries_may_hold_all_that_is_unknown(store, read_hub):
    read_hub([{"id": "us/m", "downloads": 60}, {"id": "cn/m", "downloads": 20}, {"id": "x/m", "downloads": 20}])
    row = {row.group: row for row in concentration(store, "countries").rows}["top_1"]
    assert (row.lo, row.value, row.hi) == (pytest.approx(0.6), pytest.approx(0.75), pytest.approx(0.8))


@pytest.mark.parametrize("options", [{"of": "tasks"}, {"off": "models"}])
def test_an_unknown_kind_of_concentration_is_refused_with_those_there_are(store, read_hub, options):
    read_hub([{"id": "us/m", "downloads": 60}])
    with pytest.raises(UsageError) as caught:
        ask(StoreBacking(store), "concentration", making.asked("raw"), options)
    assert "of" in caught.value.hint
