"""One figure and its limits, read out of an answer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from weighbridge.claims.figures import divided, read, scaled
from weighbridge.claims.verdicts import Reading
from weighbridge.errors import DataMissing
from weighbridge.records.answer import Row


def answer(rows, periods=None, measure="share", total=100, **document):
    """As much of an answer as a figure is read from; a row is `(group, value, lo, hi, downloads, models, period)`."""
    made = [Row(g, v, lo, hi, d, m, "windowed", p) for g, v, lo, hi, d, m, p in rows]
    spans = None if periods is None else tuple({"period": name, "total": weight} for name, weight in periods)
    return SimpleNamespace(
        measure=measure, rows=tuple(made), periods=spans, total=total, to_dict=lambda: {"measure": measure, **document}
    )


ONE = answer(
    [
        ("US", 0.5, 0.5, 0.7, 50, 9, None),
        ("CN", 0.3, 0.3, 0.5, 30, 4, None),
        ("unknown", 0.2, 0.0, 0.2, 20, 2, None),
    ]
)
TWO = answer(
    [
        ("CN", 0.5, 0.5, 0.6, 50, 4, "2024-01"),
        ("US", 0.5, 0.5, 0.5, 50, 4, "2024-01"),
        ("US", 1.0, 0.9, 1.0, 300, 4, "2024-02"),
    ],
    [("2024-01", 100), ("2024-02", 300)],
)


def test_a_row_gives_its_value_and_limits():
    assert read(ONE, {"row": "CN"}) == Reading(0.3, 0.3, 0.5)


def test_downloads_have_the_limits_of_their_share():
    assert read(ONE, {"row": "CN", "column": "downloads"}) == Reading(30, 30, 50)


def test_repositories_have_no_limits():
    assert read(ONE, {"row": "CN", "column": "models"}) == Reading(4)


def test_a_group_that_a_share_does_not_name_had_nothing_but_may_be_what_is_unknown():
    found = read(ONE, {"row": "FR"})
    assert (found.value, found.lo, found.hi) == (0, 0, pytest.approx(0.2))


def test_groups_together_hold_what_is_unknown_once():
    found = read(ONE, {"rows": ["US", "CN"]})
    assert (found.value, found.lo, found.hi) == (pytest.approx(0.8), pytest.approx(0.8), pytest.approx(1.0))


def test_groups_may_be_a_part_of_what_is_known():
    assert read(ONE, {"rows": ["CN"], "without": ["unknown"]}) == Reading(pytest.approx(0.375))


def test_where_nothing_is_known_there_is_no_part_of_it():
    dark = answer([("unknown", 1.0, 0.0, 1.0, 10, 1, None)])
    with pytest.raises(DataMissing, match="no weight lies outside unknown"):
        read(dark, {"rows": ["CN"], "without": ["unknown"]})


def test_a_lead_is_least_where_the_other_gets_all_that_is_unknown():
    found = read(ONE, {"above": "US", "below": "CN"})
    assert (found.value, found.lo, found.hi) == (pytest.approx(0.2), pytest.approx(0), pytest.approx(0.4))


def test_periods_weigh_by_what_was_downloaded_in_them():
    assert read(TWO, {"row": "CN"}).value == pytest.approx(0.125)
    assert read(TWO, {"row": "CN", "column": "downloads"}).value == 50
    assert read(TWO, {"rows": ["CN", "US"]}).value == pytest.approx(1)


def test_models_of_several_periods_are_not_added_up():
    with pytest.raises(DataMissing, match="models cannot be added up"):
        read(TWO, {"row": "CN", "column": "models"})


def test_indices_of_several_periods_are_not_added_up():
    rows = [("hhi", 0.1, None, None, None, None, period) for period in ("2024-01", "2024-02")]
    indices = answer(rows, [("2024-01", 1), ("2024-02", 1)], measure="concentration")
    with pytest.raises(DataMissing, match="cannot be added up"):
        read(indices, {"row": "hhi"})


def test_an_index_that_is_not_there_is_missing_and_not_zero():
    indices = answer([("hhi", 0.1, None, None, None, None, None)], measure="concentration")
    assert read(indices, {"row": "hhi"}) == Reading(0.1)
    with pytest.raises(DataMissing, match="no figure 'gini'"):
        read(indices, {"row": "gini"})


@pytest.mark.parametrize(("value", "expected"), [("2025-07", 2025 * 12 + 6), (3, 3), (0.5, 0.5)])
def test_a_key_of_the_document_gives_a_number_or_a_month(value, expected):
    assert read(answer([], crossed=value), {"key": "crossed"}).value == expected


@pytest.mark.parametrize("value", [None, True, [], "never"])
def test_a_key_without_a_number_or_month_is_missing(value):
    with pytest.raises(DataMissing):
        read(answer([], crossed=value), {"key": "crossed"})


def test_a_quotient_has_the_outermost_limits():
    found = divided(Reading(6, 4, 9), Reading(2, 1, 4))
    assert (found.value, found.lo, found.hi) == (3, 1, 9)
    assert divided(Reading(6, 4, 9), Reading(2, 0, 4)).hi == float("inf")
    assert divided(Reading(6), Reading(2)) == Reading(3)


def test_there_is_no_growth_from_nothing():
    with pytest.raises(DataMissing, match="is 0"):
        divided(Reading(6), Reading(0))


def test_a_scale_is_of_the_limits_too():
    assert scaled(Reading(0.2, 0.1, None), 100) == Reading(20, 10, None)
