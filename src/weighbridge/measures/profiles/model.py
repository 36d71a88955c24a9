"""The profile of a model: what it is, whose, where it comes from, what came of it, and what it weighs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc

from weighbridge.cubes.frame import UNKNOWN_DAY, Frame
from weighbridge.cubes.kinship import kin, row_of
from weighbridge.cubes.ready import frame_for
from weighbridge.cubes.roster import Roster
from weighbridge.cubes.windows import plan
from weighbridge.definitions.named import define
from weighbridge.errors import DataMissing
from weighbridge.lineage.relations import RELATIONS
from weighbridge.measures.asking import Backing
from weighbridge.measures.explaining import explain, party_told
from weighbridge.measures.profiles.ground import HEAVIEST, Ground
from weighbridge.measures.profiles.parts import single
from weighbridge.measures.profiles.steady import Steady
from weighbridge.measures.profiles.telling import CANNOT, Telling
from weighbridge.records.clock import day_text
from weighbridge.records.question import Question
from weighbridge.register.parties import REPUBLISHING_HUBS, ROOT_MARK
from weighbridge.store.catalogue import read_counters

SAME_NAME = 5
"""Entries of the same name on another hub that are named."""
LABELS = ("task", "library", "licence", "size", "quantised", "relation")
NUMBERS = ("parameters", "active_parameters", "gated")


def profile(backing: Backing, name: str, question: Question) -> dict[str, Any]:
    """Everything that is held of a model, as one document.

    Args:
        backing: a store, or a cube file, which knows the largest models only.
        name: of the model; an old name and another letter case do.
        question: hub, window, as-of and definition; `over` names the periods of the series.

    Raises:
        DataMissing: no such model is held, or a cube file does not name it; the hint lists similar names.
    """
    telling = Telling.of(backing, question)
    ground = telling.ground
    told = _explained(ground, name)
    found = str(told["model"])
    return {
        "subject": "model",
        "name": found,
        **ground.head("country"),
        "created": told.get("created"),
        "likes": told.get("likes"),
        **{label: told["labels"].get(label) for label in LABELS},
        **_numbers(ground, found),
        "downloads": told["downloads"],
        "all_time": _all_time(ground, found),
        "counts": told["counts"],
        "because": told["because"],
        "credited": told["credited"],
        "family": _family(told),
        "share": _share(ground, found),
        **_lineage(telling, found),
        "derivatives": telling.descent("model", found),
        **telling.series_of_model(found),
        "events": telling.events((found,)),
        "elsewhere": _elsewhere(ground, found),
        "missing": telling.missing,
    }


def _explained(ground: Ground, name: str) -> dict[str, Any]:
    """What decides where the model's weight goes; of a model that has none in the window, what is known without it."""
    roster, weighed = ground.roster, ground.weighed
    if roster is None:
        return explain(ground.backing, name, ground.question, weighed)
    frame = roster.frame
    row = row_of(ground.hub, frame.names, name)
    if (roster.model == row).any():
        return explain(ground.backing, _name(frame, row), ground.question, weighed)
    holder = str(frame.holder.names[int(frame.holder.codes[row])].as_py())
    party = weighed.register.party(ground.hub, holder, weighed.slice.windows[-1].end - 1)
    created = int(frame.created[row])
    family = weighed.slice.families[int(frame.family[row])]
    nobody = {"holder": holder, "model": _name(frame, row), "downloads": 0, "counted": 0, "family": family}
    return {
        "model": _name(frame, row),
        "labels": {label: str(coded.names[int(coded.codes[row])].as_py()) for label, coded in frame.labels.items()},
        "created": None if created == UNKNOWN_DAY else day_text(created),
        "likes": None if frame.likes[row] < 0 else int(frame.likes[row]),
        "downloads": 0,
        "counts": False,
        "because": ["it has no weight in this window"],
        "credited": [{**nobody, "country": party.country, **party_told(party), "decision": None}],
    }


def _family(told: dict[str, Any]) -> dict[str, Any]:
    """The family that gets the weight, or the families if several do."""
    names = list(dict.fromkeys(one["family"] for one in told["credited"]))
    return {"names": names, "because": told.get("family_because")}


def _share(ground: Ground, name: str) -> dict[str, Any] | None:
    """What is credited to the model, and its rank among all models that are credited with anything; null if nothing."""
    entries = ground.weighed.entries
    node = row_of(ground.hub, entries.model.names, name)
    weight = np.bincount(entries.model.codes, weights=entries.value, minlength=node + 1)
    if not weight[node]:
        return None
    row = single(ground.weighed, node)[0]
    return {
        **{key: row[key] for key in ("value", "lo", "hi", "downloads")},
        "rank": 1 + int((weight > weight[node]).sum()),
        "ranked": int((weight > 0).sum()),
    }


def _numbers(ground: Ground, name: str) -> dict[str, Any]:
    """Attributes as the sources gave them; null where not given."""
    roster, backing = ground.roster, ground.backing
    if roster is None:
        return dict.fromkeys(NUMBERS)
    if isinstance(backing, Steady):
        columns = backing.keep("numbers", ground.question, lambda: roster.attributes(*NUMBERS))
    else:
        columns = roster.attributes(*NUMBERS)
    row = row_of(ground.hub, roster.frame.names, name)
    return {column: columns[column][row].as_py() for column in NUMBERS}


def _all_time(ground: Ground, name: str) -> dict[str, Any] | None:
    """The newest cumulative counter of the model, its rounding step and day; null where the hub gives none."""
    roster = ground.roster
    days = sorted({day for v in roster.read for day in v.days_all}) if roster else []
    if roster is None or not days:
        return None
    counters = read_counters(roster.read, "downloads_all", days[-1:])
    mine = np.flatnonzero(counters.model == row_of(ground.hub, roster.frame.names, name))
    if not len(mine):
        return None
    last = int(mine[-1])
    day = day_text(int(counters.day[last]))
    return {"downloads": int(counters.value[last]), "step": int(counters.step[last]), "day": day}


def _lineage(telling: Telling, name: str) -> dict[str, Any]:
    """Parents, roots and the heaviest children, each with its own weight where it is held."""
    roster = telling.told("lineage", lambda: _declaring(telling.ground))
    if roster is None:
        return {"parents": None, "ancestors": None, "roots": None, "children": None}
    frame = roster.frame
    row = row_of(telling.ground.hub, frame.names, name)
    below = frame.child[frame.parent == row]
    heaviest = below[np.lexsort((below, -roster.weight[below]))][:HEAVIEST]
    inferred = telling.ground.question.definition.attribution == "base-inferred"
    roots = (frame.roots_inferred if inferred else frame.roots).weights(row)
    return {
        "parents": [_node(roster, int(node)) for node in frame.parent[frame.child == row]],
        "ancestors": [
            {"depth": depth, "model": one.split(ROOT_MARK)[0], "note": note or None}
            for depth, one, note in kin(frame, row).tree[1:]
        ],
        "roots": [_node(roster, node) | {"weight": float(weight)} for node, weight in roots],
        "children": {
            "models": len(below),
            "downloads": int(roster.weight[below].sum()),
            "rows": [_node(roster, int(node)) for node in heaviest],
        },
    }


def _declaring(ground: Ground) -> Roster:
    """The models of a hub whose entries declare their bases.

    Raises:
        DataMissing: a cube file is asked, or the hub's entries stand for others' models.
    """
    if ground.hub in REPUBLISHING_HUBS:
        raise DataMissing(f"the entries of {ground.hub} declare no base", "its developer is credited with each")
    return ground.models()


def _node(roster: Roster, node: int) -> dict[str, Any]:
    """A model beside others: its name, whether it is held, its weight and its declared or inferred relation."""
    frame = roster.frame
    held = node < len(frame.names)
    return {
        "model": _name(frame, node),
        "held": held,
        "downloads": int(roster.weight[node]) if held else None,
        "relation": RELATIONS[int(frame.labels["relation"].codes[node])] if held else None,
        "inferred": bool(frame.relation_inferred[node]) if held else None,
    }


def _name(frame: Frame, node: int) -> str:
    return frame.node_name(node).split(ROOT_MARK)[0]


def _elsewhere(ground: Ground, name: str) -> list[dict[str, Any]]:
    """Entries of other hubs whose name, or its part after the slash, is the same; they need not be the same model."""
    store, wanted = ground.store, name.rpartition("/")[2].lower()
    found: list[dict[str, Any]] = []
    for hub in ground.backing.hubs():
        if hub == ground.hub or store is None:
            continue
        try:
            planned = plan(store, Question(define("raw", hub), hub=hub, as_of=ground.question.as_of))
        except CANNOT:
            continue
        names = frame_for(store, planned.vintages).names
        low = pc.utf8_lower(names)
        same = names.filter(pc.or_(pc.equal(low, wanted), pc.ends_with(low, f"/{wanted}")))
        found += [{"hub": hub, "model": str(one)} for one in same[:SAME_NAME].to_pylist()]
    return found
