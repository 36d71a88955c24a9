"""What holds of any hub: sums made by Spark give the answer of the whole slice, and sums of any table are right."""

from __future__ import annotations

import numpy as np
import pytest
from batches import Batch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tiny_hubs
from tiny_hubs import RULES, SCOPES
from weighbridge.cubes.condensing import condense
from weighbridge.cubes.engines import engine
from weighbridge.cubes.weigh import DIMENSIONS
from weighbridge.errors import DataMissing
from weighbridge.measures import measures

HOUSE = tiny_hubs.parties()
COUNT = 3  # windows of a hub
MANY = {"max_examples": 2, "deadline": None, "suppress_health_check": list(HealthCheck)}
DEFINITIONS = st.fixed_dictionaries(
    {
        "scope": st.sampled_from(SCOPES),
        "clean": st.lists(st.sampled_from(RULES), unique=True).map(tuple),
        "contested": st.sampled_from(("main", "widest")),
        "bounds": st.sampled_from(("plain", "strict")),
        "evidence": st.sampled_from(("stated", "inferred", "recalled")),
        "attribution": st.sampled_from(("uploader", "base", "base-inferred")),
    }
)
BY = [("share", {"by": by, "top": top}) for by in DIMENSIONS for top in (None, 2)]
OF = [("concentration", {"of": of}) for of in ("models", "organisations", "countries")]
HUBS = st.lists(
    st.tuples(st.lists(tiny_hubs.models(count=COUNT), min_size=1, max_size=8), DEFINITIONS, st.sampled_from(BY + OF)),
    min_size=15,
    max_size=20,
)
INTS = st.integers(-(2**31), 2**31)
TABLES = st.lists(st.lists(st.tuples(st.integers(-3, 3), INTS, st.integers(0, 2**40)), max_size=20), min_size=20)


def condensed_by(name, own):
    return measures()[name].condensed_by(own)


def told(sliced, definition, name, own):
    """Everything that is answered, but for the engine; or why nothing is."""
    try:
        document = measures()[name].of(tiny_hubs.weighed(sliced, HOUSE, **definition), own).to_dict()
    except DataMissing as error:
        return error.message
    return {key: value for key, value in document.items() if key != "engine"}


@settings(**MANY)
@given(drawn=HUBS)
def test_any_hub_is_answered_alike(spark, drawn):
    slices = [tiny_hubs.hub(models, tiny_hubs.windows(COUNT)) for models, _, _ in drawn]
    asked = Batch()
    for sliced, (_, _, (name, own)) in zip(slices, drawn, strict=True):
        condense(sliced, condensed_by(name, own), [HOUSE], asked)
    made = asked.by(spark)
    for sliced, (_, definition, (name, own)) in zip(slices, drawn, strict=True):
        found = condense(sliced, condensed_by(name, own), [HOUSE], made)
        assert told(found, definition, name, own) == told(sliced, definition, name, own)


@settings(**MANY)
@given(drawn=TABLES)
def test_sums_of_any_table_are_those_of_numpy(spark, drawn):
    table = np.repeat(np.arange(len(drawn)), [len(rows) for rows in drawn])
    a, b, v = np.array([row for rows in drawn for row in rows], np.int64).reshape(-1, 3).T
    one, other = (each.sums({"table": table, "a": a, "b": b}, {"v": v}) for each in (engine("embedded"), spark))
    for pair in ((one.keys[name], other.keys[name]) for name in ("table", "a", "b")):
        np.testing.assert_array_equal(*pair)
    np.testing.assert_array_equal(one.values["v"], other.values["v"])
    np.testing.assert_array_equal(one.rows, other.rows)


@pytest.mark.parametrize("rows", [1, 250_000])
def test_sums_are_the_same_by_way_of_a_file(spark, rows):
    random = np.random.default_rng(rows)
    keys = {"holder": random.integers(0, 50, rows), "size": random.integers(-1, 3, rows).astype(np.int8)}
    values = {"value": random.integers(0, 10**9, rows), "hi": random.integers(0, 2**40, rows)}
    one, other = (each.sums(keys, values) for each in (engine("embedded"), spark))
    for name in keys:
        np.testing.assert_array_equal(one.keys[name], other.keys[name])
    for name in values:
        np.testing.assert_array_equal(one.values[name], other.values[name])
    np.testing.assert_array_equal(one.rows, other.rows)
