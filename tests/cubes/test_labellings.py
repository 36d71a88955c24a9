"""Dense codes say exactly the labels that went in, and stay what they are when new ones come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.cubes import combinations
from weighbridge.cubes.apportion import Mixtures
from weighbridge.cubes.coding import Coding
from weighbridge.cubes.combinations import number
from weighbridge.cubes.credit import divide, spread
from weighbridge.cubes.labels import Handover, Label, label
from weighbridge.errors import UsageError
from weighbridge.lineage.roots import find_roots

NUMBERS = st.one_of(st.integers(-3, 3), st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1))


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=30))
def test_combinations_are_numbered_in_their_order_and_each_is_there(rows):
    columns = [np.array([row[place] for row in rows], np.int64) for place in range(3)]
    code, found = number(columns)
    distinct = sorted(set(rows))
    assert list(zip(*(column.tolist() for column in found), strict=True)) == distinct
    assert [distinct[c] for c in code] == rows


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_counting_and_sorting_number_alike(rows):
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    counted = number(columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(combinations, "TABLE", 0)
        in_order = number(columns)
    np.testing.assert_array_equal(counted[0], in_order[0])
    np.testing.assert_array_equal(counted[1], in_order[1])


@given(st.integers(0, 10**6), st.lists(st.integers(0, 2**62), min_size=1, max_size=20))
def test_mixtures_are_divided_as_credit_divides_them(seed, values):
    random = np.random.default_rng(seed)
    edges = sorted({(child, int(p)) for child in range(6, 14) for p in random.choice(child, random.integers(2, 5))})
    roots = find_roots(14, *np.array(edges, np.int64).T)
    model = random.choice(np.flatnonzero(roots.of < 0), len(values)) if (roots.of < 0).any() else np.zeros(0, int)
    value = np.array(values[: len(model)], np.int64)
    rank = np.arange(14)
    mixtures = Mixtures(roots.start, roots.node.astype(np.int32), roots.share, roots.whole)
    mixture = -1 - roots.of[model]
    row, part = mixtures.parts(mixture)
    cell, node = spread(roots, model, rank)
    np.testing.assert_array_equal(row, cell)
    np.testing.assert_array_equal(roots.node[part], node)
    np.testing.assert_array_equal(mixtures.divide(mixture, value), divide(roots, model, rank, value))


def pair(countries, sizes):
    return {
        "country": Label(np.array(countries), ("CN", "US")),
        "size": Label(np.array(sizes), ("1-9", "unknown", ">100")),
    }


def said(labelling, model):
    code = labelling.code[model]
    return tuple(labelling.coding.names[d][labelling.coding.labels[d][code]] for d in labelling.coding.labels)


def test_a_code_says_the_labels_of_its_model():
    made = label(pair([0, 1, 1, 1], [2, 0, 0, 1]))
    assert [said(made, m) for m in range(4)] == [("CN", ">100"), ("US", "1-9"), ("US", "1-9"), ("US", "unknown")]
    assert len(made.coding) == 3


def test_the_codes_that_most_models_have_come_first():
    made = label(pair([0, 1, 1, 1, 0], [2, 0, 0, 0, 2]))
    assert made.code.tolist() == [1, 0, 0, 0, 1]


def test_codes_that_are_there_keep_their_numbers_when_new_ones_come():
    old = label(pair([0, 1], [0, 0])).coding
    new = label(
        {
            "country": Label(np.array([2, 0, 1]), ("FR", "US", "CN")),
            "size": Label(np.array([0, 0, 1]), ("unknown", "1-9")),
        }
    )
    grown, place = old.grown(new.coding)
    assert {name: column[: len(old)].tolist() for name, column in grown.labels.items()} == {
        name: column.tolist() for name, column in old.labels.items()
    }
    ours = new.recoded(grown, place)
    assert [said(ours, m) for m in range(3)] == [said(new, m) for m in range(3)]
    assert len(grown) == 4


def test_codes_of_other_dimensions_do_not_grow_together():
    one = Coding({"country": np.zeros(1, np.int32)}, {"country": ("CN",)})
    two = Coding({"size": np.zeros(1, np.int32)}, {"size": ("1-9",)})
    with pytest.raises(UsageError, match="dimensions"):
        one.grown(two)


def test_a_handover_holds_from_its_week_for_its_models_alone():
    made = label(pair([0, 0, 1], [0, 0, 0]), [Handover(70, np.array([1, 2]), {"country": np.array([1, 0])})])
    (change,) = made.changes
    assert (change.week, change.model.tolist()) == (70, [1, 2])
    names = made.coding.names["country"]
    assert [names[made.coding.labels["country"][c]] for c in change.code] == ["US", "CN"]
    assert [said(made, m)[0] for m in range(3)] == ["CN", "CN", "US"]


def test_the_digest_of_the_first_models_does_not_see_later_ones():
    few = label(pair([0, 1], [0, 0]))
    more = label(pair([0, 1, 1], [0, 0, 2]))
    grown, place = few.coding.grown(more.coding)
    assert more.recoded(grown, place).digest(2) == few.digest(2)
    other = label(pair([1, 1], [0, 0]))
    grown, place = few.coding.grown(other.coding)
    assert other.recoded(grown, place).digest(2) != few.digest(2)
