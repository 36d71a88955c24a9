"""The tree of one model: who is linked to whom, and what the title may say."""

from __future__ import annotations

import documents
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.charts import fitting, specification, tree

HOSTILE = ("<script>alert(1)</script>", "\u202eevil", "x" * 300, "שלום/עולם", "a\x00b", "datum['x']")


def said(document, **choices):
    return specification(document, **choices)["usermeta"]["weighbridge"]


def test_the_title_counts_all_that_is_built_on_the_model_and_the_note_what_is_drawn():
    told = said(documents.lineage())
    assert told["title"] == "1,234 models declare maker/base-7b-instruct as a base"
    assert "The 10 with most downloads of 1,234" in told["note"]


def test_a_model_on_which_nothing_is_built_is_told_by_what_it_is_built_on():
    assert said(documents.lineage_of_a_merge())["title"] == "e/merged is built on 2 models"


def test_ancestors_beyond_those_drawn_are_counted():
    assert "1 further ancestor is not drawn" in said(documents.lineage_of_a_merge())["note"]


def test_a_model_without_parents_and_children_has_no_tree():
    alone = [row for row in documents.lineage()["rows"] if row["role"] == "model"]
    assert not fitting(documents.document("lineage", alone, name="a/b", children=0))


def test_the_tree_stands_beside_on_a_wide_sheet_and_below_on_a_narrow_one():
    wide, narrow = (specification(documents.lineage(), width=width)["datasets"] for width in (900, 375))
    assert len({box["x"] for box in wide["boxes"]}) == 3
    assert wide["own"][0]["x"] > min(box["x"] for box in wide["boxes"])
    heights = [box["y"] for box in narrow["boxes"]]
    assert len(set(heights)) == len(heights)


@given(st.lists(st.sampled_from(HOSTILE) | st.text(), min_size=1, max_size=4), st.sampled_from([300, 375, 900]))
def test_hostile_names_are_data(names, wide):
    rows = [documents.node("model", 0, names[0], 1), *(documents.node("child", -1, name, 1) for name in names)]
    spec = specification(documents.document("lineage", rows, name=names[0], children=len(names)), width=wide)
    for text in (*spec["datasets"]["names"], *spec["datasets"]["own_names"]):
        assert "\x00" not in text["text"]
        assert "\u202e" not in text["text"]
        assert len(text["text"]) < 300


@st.composite
def ancestors(draw):
    """Lines of ancestors as a tree: a depth is at most one more than the one before."""
    rows, depth = [], 0
    for n in range(draw(st.integers(0, 12))):
        depth = draw(st.integers(1, depth + 1))
        rows.append(documents.node("ancestor", depth, f"a/{n}", n))
    return rows


@given(ancestors(), st.integers(0, 12), st.sampled_from([tree.across, tree.down]))
def test_boxes_do_not_lie_on_each_other_and_stay_inside(line, children, lay):
    below = [documents.node("child", -1, f"c/{n}", n) for n in range(children)]
    found = lay(documents.node("model", 0, "m/m", 1), tree.above(line, tree.DEEPEST), below, 800.0)
    for n, box in enumerate(found.boxes):
        assert box.x >= 0
        assert box.x + box.wide <= 800.0 + 1e-6
        assert -1e-6 <= box.y <= found.height - tree.BOX + 1e-6
        for other in found.boxes[n + 1 :]:
            apart = abs(box.y - other.y) >= tree.BOX or box.x + box.wide <= other.x or other.x + other.wide <= box.x
            assert apart, (box, other)


@given(ancestors())
def test_each_ancestor_is_linked_to_the_one_below_it(line):
    found = tree.above(line, tree.DEEPEST)
    assert len(found) == sum(row["depth"] <= tree.DEEPEST for row in line)
    for row, below in found:
        assert (row["depth"] == 1) == (below < 0)
        assert below < 0 or found[below][0]["depth"] == row["depth"] - 1
