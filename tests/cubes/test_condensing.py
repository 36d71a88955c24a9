"""A condensed slice has fewer cells and gives the same integers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import making
import tiny_hubs
from making import party
from tiny_hubs import RULES, SCOPES, Model, Part, plain
from weighbridge.cubes.condensing import DIMENSIONS, condense
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.measures.table import GroupTable
from weighbridge.records.cells import SMALL
from weighbridge.register.parties import Register

HOUSE = tiny_hubs.parties()
OTHER = Register(
    "another",
    [
        ("huggingface", "new-a", "", "1970-01-20", party("Golf", "KE")),
        ("huggingface", "new-a", "1970-01-20", "", party("Golf", "FR")),
        ("huggingface", "us-a", "1970-02-15", "", party("Amber", "CA")),
    ],
)
DEFINITIONS = st.fixed_dictionaries(
    {
        "scope": st.sampled_from(SCOPES),
        "clean": st.lists(st.sampled_from(RULES), unique=True).map(tuple),
        "contested": st.sampled_from(("main", "widest")),
        "bounds": st.sampled_from(("plain", "strict")),
        "evidence": st.sampled_from(("stated", "inferred", "recalled")),
    }
)


def told(sliced, register, by, definition):
    """Everything that a table of groups can say, by name of the group; or why it says nothing."""
    try:
        weighed = tiny_hubs.weighed(sliced, register, **definition)
    except DataMissing as error:
        return error.message
    groups = weighed.groups(by)
    table = GroupTable(weighed, groups)
    columns = np.stack([table.value, table.lo, table.hi, table.models, table.moved_in, table.moved_out])
    names = [name for g, name in enumerate(table.names) if columns[:, :, g].any()]
    leads = {
        (number, a, b): table.leads_outside(number, a, b)
        for number in range(len(table.windows))
        for a in names
        for b in names
        if a != b
    }
    return {
        "sums": {name: columns[:, :, table.names.index(name)].tolist() for name in names},
        "leads": leads,
        "rows": [table.rows(number, np.arange(len(table.names))) for number in range(len(table.windows))],
        "unknown_age": weighed.unknown_age,
        "removed": [(removal.rule, removal.downloads, removal.because) for removal in weighed.removals],
    }


@pytest.mark.parametrize("by", [*DIMENSIONS, "namespace", "model"])
@settings(max_examples=120, deadline=None)
@given(
    models=st.lists(tiny_hubs.models(count=2), min_size=1, max_size=14),
    definition=DEFINITIONS,
    silent=st.sets(st.sampled_from(RULES)),
)
def test_weighing_a_condensed_slice_gives_what_weighing_the_whole_one_gives(by, models, definition, silent):
    whole = tiny_hubs.hub(models, tiny_hubs.windows(2), silent)
    condensed = condense(whole, by, [HOUSE, OTHER])
    assert len(condensed.cells) <= len(whole.cells)
    for register in (HOUSE, OTHER):
        assert told(condensed, register, by, definition) == told(whole, register, by, definition)


@settings(max_examples=40, deadline=None)
@given(st.lists(tiny_hubs.models(count=3), min_size=1, max_size=14))
def test_no_download_is_lost_in_condensing(models):
    whole = tiny_hubs.hub(models, tiny_hubs.windows(3))
    condensed = condense(whole, "country", [HOUSE])
    for column in ("value", "lo", "hi", "models", "by_kind"):
        assert getattr(condensed.cells, column).sum() == getattr(whole.cells, column).sum()
    for column in ("value", "lo", "hi"):
        cells, entries = condensed.cells, condensed.cells.entries
        sums = np.bincount(entries.cell, weights=getattr(entries, column), minlength=len(cells))
        assert sums.tolist() == getattr(cells, column).tolist()


def test_cells_alike_become_one():
    condensed = condense(tiny_hubs.hub([plain("us-a", 1), plain("us-a", 2), plain("us-a", 4)]), "country", [HOUSE])
    assert (condensed.cells.value.tolist(), condensed.cells.models.tolist()) == ([7], [3])
    assert not condensed.whole


def test_holders_that_no_register_knows_become_one():
    condensed = condense(tiny_hubs.hub([plain("new-a", 1), plain("new-b", 2)]), "country", [HOUSE])
    assert condensed.cells.entries.holder.names.take(condensed.cells.entries.holder.codes).to_pylist() == [SMALL]


def test_a_holder_that_any_register_knows_stays_itself():
    condensed = condense(tiny_hubs.hub([plain("new-a", 1), plain("new-b", 2)]), "country", [HOUSE, OTHER])
    assert sorted(condensed.cells.value.tolist()) == [1, 2]


def test_what_a_rule_may_look_at_singly_stays_single():
    models = [plain("us-a", 90, surprise=9.0), plain("us-a", 60, surprise=9.0), plain("us-a", 1), plain("us-a", 2)]
    condensed = condense(tiny_hubs.hub(models), "country", [HOUSE])
    assert sorted(condensed.cells.value.tolist()) == [3, 60, 90]


def test_families_are_kept_apart_for_families_alone():
    parts = [
        Model((Part(holder, 1, 1, 1, family),)) for holder in ("us-a", "new-a", "new-b") for family in ("Qwen",) * 2
    ]
    parts.append(Model((Part("us-a", 1, 1, 1, "Llama"),)))
    values = {by: sorted(condense(tiny_hubs.hub(parts), by, [HOUSE]).cells.value) for by in ("country", "family")}
    assert values == {"country": [3, 4], "family": [1, 2, 4]}


def test_models_without_any_weight_leave_no_cells():
    assert len(condense(tiny_hubs.hub([plain("us-a", 0), plain("cn-a", 0)]), "country", [HOUSE]).cells) == 0


def test_a_dimension_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="no dimension 'nothing'"):
        condense(tiny_hubs.hub([plain("us-a", 1)]), "nothing", [HOUSE])


@pytest.mark.parametrize("by", ["country", "family", "task", "licence", "size", "quantised", "library"])
def test_what_is_kept_ready_answers_as_what_was_made(by, read_hub, store):
    rows = [
        {"id": f"{holder}/m{n}-7b", "downloads": 10 * n + 1, "pipeline_tag": task, "license": "mit", "likes": n}
        for n, (holder, task) in enumerate([("google", "text-generation"), ("Qwen", ""), ("nobody-x", "fill-mask")])
    ]
    read_hub(rows)
    backing = StoreBacking(store)
    first, again = (ask(backing, "share", making.asked("house"), {"by": by}).to_dict() for _ in range(2))
    assert (store.ready / "cubes").is_dir()
    assert first | {"as_of": ""} == again | {"as_of": ""}
