"""Effects of choices against an analysis of variance that is made anew, by least squares."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.measures.effects import summary
from weighbridge.measures.grid import CHOICES

LEVELS = {"max_age_days": [None, 365, 730], "attribution": ["uploader", "base"], "scope": ["everything", "language"]}
FIXED = {"max_age_days": None, "attribution": "uploader", "scope": "everything", "clean": "none", "register": "house",
         "contested": "main"}  # fmt: skip


def rows(differences, levels=LEVELS):
    """Rows of a grid over some choices, the last changing fastest, with the difference of A and B."""
    settings_ = itertools.product(*levels.values())
    return [
        FIXED | dict(zip(levels, chosen, strict=True)) | {"values": {"A": 0.5 + d / 2, "B": 0.5 - d / 2}}
        for chosen, d in zip(settings_, differences, strict=True)
    ]


def found(differences, levels=LEVELS):
    return summary(rows(differences, levels), ("A", "B"))


def by_choice(told):
    return {effect["choice"]: effect for effect in told["effects"]}


def explained(table, chosen):
    """Sum of squares that a linear model with dummies of all combinations of some choices explains."""
    cells = [row[choice] for choice in chosen for row in table]
    keys = list(zip(*[cells[i * len(table) : (i + 1) * len(table)] for i in range(len(chosen))], strict=True))
    kinds = sorted(set(keys), key=str)
    design = np.array([[key == kind for kind in kinds] for key in keys], float)
    y = np.array([row["values"]["A"] - row["values"]["B"] for row in table])
    fit = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return float(((fit - y.mean()) ** 2).sum()), float(((y - y.mean()) ** 2).sum())


TWO = {"attribution": ["uploader", "base"], "clean": ["none", "house"]}


def test_two_by_two_by_hand():
    told = found([0.1, 0.3, -0.2, 0.4], TWO)  # mean 0.15; sum of squares 0.0025 + 0.0225 + 0.1225 + 0.0625 = 0.21
    effects = by_choice(told)
    assert told["matters_most"] == "clean"
    assert effects["attribution"]["range"] == pytest.approx(0.1)  # 0.2 against 0.1
    assert effects["attribution"]["part"] == pytest.approx(4 * 0.05**2 / 0.21)
    assert effects["clean"]["range"] == pytest.approx(0.4)  # -0.05 against 0.35
    assert effects["clean"]["part"] == pytest.approx(4 * 0.2**2 / 0.21)
    (both,) = told["interactions"]
    assert both["part"] == pytest.approx(4 * 0.1**2 / 0.21)
    assert [m["difference"] for m in effects["clean"]["means"]] == pytest.approx([-0.05, 0.35])
    assert (told["least"], told["most"], told["cells"]) == (pytest.approx(-0.2), pytest.approx(0.4), 4)


def test_a_choice_turns_the_lead_where_its_levels_disagree():
    effects = by_choice(found([0.1, 0.3, -0.2, 0.4], TWO))
    assert effects["attribution"]["turns"] == 0.5  # without cleaning only
    assert effects["clean"]["turns"] == 0.5  # under base credit only


def test_a_tie_and_a_lead_do_not_agree():
    assert by_choice(found([0.0, 0.2], {"clean": ["none", "house"]}))["clean"]["turns"] == 1


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=12, max_size=12))
def test_parts_are_those_of_regressions_on_the_choices(differences):
    table = rows(differences)
    told = summary(table, ("A", "B"))
    whole = explained(table, list(LEVELS))[1]
    if whole < 1e-6:
        return
    main = {choice: explained(table, [choice])[0] for choice in LEVELS}
    for choice, effect in by_choice(told).items():
        assert effect["part"] == pytest.approx(main[choice] / whole, abs=1e-6)
    for pair in told["interactions"]:
        a, b = pair["choices"]
        assert pair["part"] == pytest.approx((explained(table, [a, b])[0] - main[a] - main[b]) / whole, abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=12, max_size=12))
def test_parts_are_of_one_whole(differences):
    told = found(differences)
    parts = [effect["part"] for effect in told["effects"]] + [pair["part"] for pair in told["interactions"]]
    assert all(part >= 0 for part in parts)
    assert sum(parts) <= 1 + 1e-9
    ranges = [effect["range"] for effect in told["effects"]]
    assert ranges == sorted(ranges, reverse=True)


def test_the_order_of_the_rows_changes_nothing():
    table = rows(np.linspace(-0.4, 0.7, 12) ** 3)
    turned = summary(table[::-1], ("A", "B"))
    straight = summary(table, ("A", "B"))
    for one, other in zip(straight["effects"], turned["effects"], strict=True):
        assert one["choice"] == other["choice"]
        assert one["part"] == pytest.approx(other["part"])


def test_a_level_that_was_skipped_in_part_is_left_out_whole():
    table = rows(range(12))
    table.remove(next(row for row in table if row["max_age_days"] == 730 and row["scope"] == "language"))
    told = summary(table, ("A", "B"))
    assert told["cells"] == 8
    assert [m["level"] for m in by_choice(told)["max_age_days"]["means"]] == [None, 365]


def test_choices_that_move_nothing_do_not_matter():
    told = found([0.2] * 12)
    assert told["matters_most"] is None
    assert all(effect["part"] == effect["range"] == effect["turns"] == 0 for effect in told["effects"])


def test_one_definition_has_no_effects_but_a_difference():
    told = summary(rows([0.25], {"clean": ["none"]}), ("A", "B"))
    assert (told["effects"], told["interactions"], told["matters_most"]) == ([], [], None)
    assert told["least"] == told["most"] == pytest.approx(0.25)


def test_the_names_of_the_choices_are_those_of_the_rows():
    assert set(CHOICES) == set(FIXED)
