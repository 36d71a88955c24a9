"""A cube on disk follows the flows: a new week is added, other labels make it anew, and nothing else is done."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from histories import MONDAY, cells, make, one_by_one

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.engines import engine
from weighbridge.cubes.history import History, Updated, update_histories
from weighbridge.cubes.labels import Label, label
from weighbridge.errors import DataMissing, StoreDamaged


def update(history, made, labelling, ages=None):
    (done,) = update_histories([history], made.flows, [labelling], ages or made.ages)
    return done


def digests(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def made(tmp_path):
    return make(tmp_path / "flows", 1)


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "cube")


def same(one, other):
    assert cells(one) == cells(other)
    for dimension in one.coding.names:
        np.testing.assert_array_equal(
            one.series(dimension).values["downloads"], other.series(dimension).values["downloads"]
        )


@pytest.mark.parametrize("base", [False, True])
def test_what_is_kept_is_what_was_weighed(made, history, base):
    labelling = made.base() if base else made.uploader()
    assert update(history, made, labelling) == Updated(True, 30)
    same(history.cube(), engine("embedded").weigh(made.flows, labelling, made.ages))


def test_nothing_new_changes_nothing(made, history):
    update(history, made, made.base())
    before = digests(history.folder / "cells")
    assert update(history, made, made.base()) == Updated(False, 0)
    assert digests(history.folder / "cells") == before


def test_a_new_week_is_added_and_the_old_ones_are_left_alone(made, history):
    update(history, made, made.base())
    before = digests(history.folder / "cells")
    made.flows.append(MONDAY + 7 * 30, np.arange(60, dtype=np.int32), np.arange(60))
    assert update(history, made, made.base()) == Updated(False, 1)
    after = digests(history.folder / "cells")
    assert {name: after[name] for name in before} == before
    assert cells(history.cube()) == one_by_one(made, base=True)


def test_a_new_week_may_bring_new_models_with_new_labels(made, history):
    update(history, made, made.uploader())
    before = digests(history.folder / "cells")
    more = replace(
        made,
        ages=Ages(np.append(made.ages.created, np.int32(MONDAY + 200))),
        country=np.append(made.country, 0), family=np.append(made.family, 2), size=np.append(made.size, 1),
    )  # fmt: skip
    made.flows.append(MONDAY + 7 * 30, np.array([3, 60], np.int32), np.array([5, 7]))
    dimensions = {name: more.dimension(name) for name in ("country", "family", "size")}
    added = Label(np.append(np.zeros(60, int), 1), ("old", "new"))
    dimensions["size"] = Label(np.where(added.codes, 2, more.size), ("1-9", "unknown", ">100"))
    assert update(history, more, label(dimensions)) == Updated(False, 1)
    assert {name: text for name, text in digests(history.folder / "cells").items() if name in before} == before
    cube = history.cube()
    assert cube.series("size", {"family": ["Llama"]}).values["downloads"][-1].tolist()[-1] == 7
    same(cube, engine("embedded").weigh(made.flows, label(dimensions), more.ages))


def test_another_label_of_an_old_model_makes_the_cube_anew(made, history):
    update(history, made, made.uploader())
    other = replace(made, country=np.where(np.arange(60) == 5, (made.country + 1) % 3, made.country))
    assert update(history, other, other.uploader()) == Updated(True, 30)
    assert cells(history.cube()) == one_by_one(other, base=False)


def test_another_creation_day_or_limit_makes_the_cube_anew(made, history):
    update(history, made, made.uploader())
    born = made.ages.created.copy()
    born[7] += 1
    assert update(history, made, made.uploader(), Ages(born)).anew
    assert update(history, made, made.uploader(), Ages(born, (90,))).anew
    assert history.cube().limits == (90,)


def test_another_handover_makes_the_cube_anew(made, history):
    update(history, made, made.base())
    later = replace(made, handovers=(replace(made.handovers[0], week=MONDAY + 42), made.handovers[1]))
    assert update(history, later, later.base()) == Updated(True, 30)
    assert cells(history.cube()) == one_by_one(later, base=True)


def test_a_cube_of_weeks_that_the_flows_lack_is_made_anew(made, history, tmp_path):
    update(history, made, made.base())
    other = make(tmp_path / "other", 1, weeks=20)
    assert update(history, other, other.base()) == Updated(True, 20)
    assert cells(history.cube()) == one_by_one(other, base=True)


def test_cubes_that_lack_different_weeks_are_brought_up_together(made, tmp_path):
    first, second = History(tmp_path / "first"), History(tmp_path / "second")
    update(first, made, made.uploader())
    made.flows.append(MONDAY + 7 * 30, np.arange(60, dtype=np.int32), np.arange(60))
    done = update_histories([first, second], made.flows, [made.uploader(), made.base()], made.ages)
    assert done == [Updated(False, 1), Updated(True, 31)]
    assert cells(first.cube()) == one_by_one(made, base=False)
    assert cells(second.cube()) == one_by_one(made, base=True)


def test_an_update_that_breaks_off_leaves_the_old_cube(made, history, monkeypatch):
    update(history, made, made.uploader())
    before = digests(history.folder)

    def broken(*arguments):
        raise RuntimeError("the power fails")

    monkeypatch.setattr("weighbridge.cubes.history.weigh_weeks", broken)
    with pytest.raises(RuntimeError):
        update(history, made, made.base())
    assert digests(history.folder) == before
    monkeypatch.undo()
    assert update(history, made, made.base()) == Updated(True, 30)


def test_joined_files_answer_alike(made, history):
    update(history, made, made.base())
    for week in range(30, 34):
        made.flows.append(MONDAY + 7 * week, np.arange(60, dtype=np.int32), np.arange(60))
        update(history, made, made.base())
    wanted = cells(history.cube())
    assert history.compact() == 5
    assert cells(history.cube()) == wanted
    assert update(history, made, made.base()) == Updated(False, 0)


def test_where_nothing_was_written_there_is_no_cube(history):
    assert history.weeks() == ()
    with pytest.raises(DataMissing):
        history.cube()


@pytest.mark.parametrize("damage", ["bytes", "metadata", "label"])
def test_a_damaged_coding_is_told(made, history, damage):
    update(history, made, made.uploader())
    path = history.folder / "coding.parquet"
    table = pq.read_table(path)
    if damage == "bytes":
        path.write_bytes(b"PAR1")
    elif damage == "metadata":
        pq.write_table(table.replace_schema_metadata({b"weighbridge.history": b"[]"}), path)
    else:
        high = table["country"].to_numpy() + 7
        pq.write_table(table.set_column(table.column_names.index("country"), "country", [high]), path)
    with pytest.raises(StoreDamaged):
        history.cube()
