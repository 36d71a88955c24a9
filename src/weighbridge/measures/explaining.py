"""Why a model counts for whom it counts: party, evidence, family, roots, scope, age and rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.frame import UNKNOWN_DAY
from weighbridge.cubes.kinship import kin, row_of
from weighbridge.cubes.ready import frame_for
from weighbridge.cubes.weigh import Weighed
from weighbridge.cubes.windows import plan
from weighbridge.definitions.named import define
from weighbridge.errors import DataMissing
from weighbridge.measures.asking import Backing, StoreBacking, weighed_for
from weighbridge.records.clock import day_text, moment_text
from weighbridge.records.question import Question
from weighbridge.register import files
from weighbridge.register.parties import GRADES, ROOT_MARK, Party


def explain(backing: Backing, name: str, question: Question, weighed: Weighed | None = None) -> dict[str, Any]:
    """Everything that decides where a model's downloads go under a question's definition.

    Args:
        backing: a store or a cube file.
        name: of the model.
        question: hub, window, as-of and definition.
        weighed: the question's weighing where it is there already; null: it is weighed here.

    Raises:
        DataMissing: the model is not held; a cube file names the largest models only.
    """
    if weighed is None:
        weighed = weighed_for(backing, question)
    cells = weighed.slice.cells
    model = cells.labels["model"]
    row = row_of(weighed.slice.hub, model.names, name)
    here = np.flatnonzero(model.codes == row)
    if not len(here):
        raise DataMissing(f"{name} has no weight in this window", "ask another window")
    cell = int(here[np.argmax(cells.value[here])])
    found = str(model.names[row].as_py())
    document = {
        "model": found,
        "hub": weighed.slice.hub,
        "definition": question.definition.to_dict(),
        "window": {
            "from": day_text(weighed.slice.windows[0].start),
            "to": day_text(weighed.slice.windows[-1].end),
        },
        "vintages": list(weighed.slice.vintages),
        "downloads": int(cells.value[here].sum()),
        "labels": {k: str(v.names[int(v.codes[cell])].as_py()) for k, v in cells.labels.items() if k != "model"},
        "credited": _credited(weighed, here),
        "counts": bool(weighed.kept[here].any()),
        "because": _because(weighed, here),
        "notes": list(weighed.slice.notes),
    }
    if isinstance(backing, StoreBacking):
        document |= _from_store(backing, found, question, weighed.slice.hub)
    return document


def lineage_of(
    backing: Backing, name: str, hub: str | None, as_of: datetime | None, vintage: str | None
) -> dict[str, Any]:
    """The relations of one model, in the newest census or a given vintage.

    Raises:
        DataMissing: a cube file is asked, or the model is not held.
    """
    if not isinstance(backing, StoreBacking):
        raise DataMissing("a cube file does not hold the lineage of single models", "ask a store")
    planned = plan(backing.store, Question(define("raw"), hub=hub, as_of=as_of, vintage=vintage))
    frame = frame_for(backing.store, planned.vintages)
    found = kin(frame, row_of(planned.vintages[0].hub, frame.names, name))
    return {
        "model": found.model,
        "hub": planned.vintages[0].hub,
        "vintages": [v.id for v in planned.vintages],
        "as_of": moment_text(as_of) if as_of else None,
        "relation": {"name": found.relation, "inferred": found.inferred},
        "parents": list(found.parents),
        "roots": [{"model": root, "weight": weight} for root, weight in found.roots],
        "children": list(found.children),
        "on_cycle": found.on_cycle,
        "tree": [{"depth": depth, "model": model, "note": note} for depth, model, note in found.tree],
        "catalogue": frame.lineage,
    }


def _credited(weighed: Weighed, cells: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """To whom the model's weight goes, cleaned or not, with the party in force at the end of the last window."""
    entries = weighed.slice.cells.entries.take(np.isin(weighed.slice.cells.entries.cell, cells))
    parties = weighed.parties_of(entries)
    families, countries = weighed.groups("family", entries), weighed.groups("country", entries)
    kept = weighed.kept[entries.cell]
    found = []
    for code in dict.fromkeys(zip(entries.holder.codes.tolist(), entries.model.codes.tolist(), strict=True)):
        mine = np.flatnonzero((entries.holder.codes == code[0]) & (entries.model.codes == code[1]))
        last = int(mine[-1])
        holder = str(entries.holder.names[code[0]].as_py()).split(ROOT_MARK)[0]
        found.append(
            {
                "holder": holder,
                "model": str(entries.model.names[code[1]].as_py()).split(ROOT_MARK)[0],
                "downloads": int(entries.value[mine].sum()),
                "counted": int(entries.value[mine][kept[mine]].sum()),
                "family": families.names[int(families.codes[last])],
                "country": countries.names[int(countries.codes[last])],
                **party_told(weighed.register.parties[int(parties[last])]),
                "decision": _decision(holder),
            }
        )
    return found


def party_told(party: Party) -> dict[str, Any]:
    """Who a party is, on which evidence, and what reasonable people hold instead."""

    def grade(rank: int) -> str | None:
        return GRADES[rank] if rank < len(GRADES) else None

    return {
        "organisation": party.organisation,
        "type": party.type,
        "parent": party.parent or None,
        "registered_country": party.country,
        "grade": grade(party.grade),
        "country_grade": grade(party.country_grade),
        "evidence": party.evidence or None,
        "evidence_date": party.evidence_date or None,
        "note": party.note or None,
        "alternatives": [dict(a) for a in party.alternatives],
    }


def _decision(namespace: str) -> str | None:
    notes = [row["decision"] for row in files.rows("decisions") if row["namespace"].lower() == namespace.lower()]
    return f"{notes[0]} (Weights in this note: census of July 2024.)" if notes else None


def _because(weighed: Weighed, rows: npt.NDArray[np.int64]) -> list[str]:
    """Why some or all of the model's weight does not count, and how near a rule came."""
    cells, definition = weighed.slice.cells, weighed.definition
    said = []
    if not cells.scopes[definition.scope][rows].any():
        said.append(f"outside the scope {definition.scope}")
    if cells.unknown_age[rows].any():
        said.append("its age against the limit is not known")
    elif not cells.within_age[rows].any():
        said.append(f"older than {definition.max_age_days} days")
    for removal in weighed.removals:
        gone = rows[removal.gone[rows]]
        facts = cells.facts[removal.rule][rows]
        if len(gone):
            said.append(f"{int(cells.value[gone].sum()):,} left out by {removal.rule}: {removal.title}")
        elif facts.dtype.kind == "f" and np.isfinite(facts).any():
            said.append(f"kept by {removal.rule}, whose measure of it is {np.nanmax(facts):.2f} (see its words)")
    return said


def _from_store(backing: StoreBacking, name: str, question: Question, hub: str) -> dict[str, Any]:
    frame = backing.slicing(question).frame
    row = row_of(hub, frame.names, name)
    found = kin(frame, row, inferred=question.definition.attribution == "base-inferred")
    created = int(frame.created[row])
    own, line = int(frame.own_family[row]), int(frame.family[row])
    return {
        "created": None if created == UNKNOWN_DAY else day_text(created),
        "likes": None if frame.likes[row] < 0 else int(frame.likes[row]),
        "parents": [name.split(ROOT_MARK)[0] for name in found.parents],
        "roots": [{"model": root.split(ROOT_MARK)[0], "weight": weight} for root, weight in found.roots],
        "family_because": "no name of its line tells one"
        if not line
        else "by its declared line"
        if found.parents and own != line
        else "by its line and its name alike"
        if found.parents
        else "by its name",
    }
