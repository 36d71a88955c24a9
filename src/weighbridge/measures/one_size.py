"""The size of one model, whatever it weighs: a property and no figure of a window."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from weighbridge.cubes.frame import links
from weighbridge.cubes.parameters import ATOM, ORIGINS, lists, organisations, sizes_of
from weighbridge.cubes.windows import DEFAULT_HUB
from weighbridge.errors import DataMissing
from weighbridge.lineage.listed_sizes import places
from weighbridge.measures import Described
from weighbridge.measures.asking import Asking, StoreBacking
from weighbridge.records.answer import Answer
from weighbridge.records.cells import MODELS
from weighbridge.records.clock import day_number, day_text, moment_text
from weighbridge.records.group_row import group_row
from weighbridge.records.observations import OBSERVATIONS
from weighbridge.records.shown import plain
from weighbridge.records.vintage import Vintage
from weighbridge.register.parties import GRADES, UNKNOWN, UNREGISTERED, Party, is_country
from weighbridge.store.catalogue import read_models

GIVEN = ("parameters", "parameters_from", "active_parameters")
PROPERTY = "property"


def one_size(measure: Described, asking: Asking, model: str, active: bool) -> Answer:
    """Total or active parameters of one model, a count, by all that is held of its hub.

    Args:
        measure: whose answer it is.
        asking: a question to a store; its window does not matter.
        model: name of the repository; letter case does not matter, nor whether it is the name of today.
        active: only those used for one token.

    Raises:
        DataMissing: a cube file is asked, the model is not held, or nobody tells its size.
    """
    if not isinstance(asking.backing, StoreBacking):
        raise DataMissing("a cube file does not hold single models", "ask a store")
    store, question = asking.backing.store, asking.question
    hub = question.hub or DEFAULT_HUB
    held = [v for v in store.vintages(question.as_of, hub) if v.models and question.vintage in (None, v.id)]
    rows = [(vintage, row) for vintage in reversed(held) for row in _rows_of(vintage, hub, model)]
    if not rows:
        raise DataMissing(f"no model {plain(model)!r} is held of {hub}", "give the name as the hub writes it")
    name, day = str(rows[0][1]["name"]), day_number(rows[0][0].known.date())
    holder = name.split("/")[0]
    told = next((row for v, row in rows if v.source != ATOM and row["parameters"] is not None), {})
    sparse = next((row for v, row in rows if v.source != ATOM and row["active_parameters"] is not None), {})
    given = {
        "parameters": told.get("parameters"),
        "parameters_from": told.get("parameters_from"),
        "active_parameters": sparse.get("active_parameters"),
    }
    columns = {key: pa.array([value], OBSERVATIONS.field(key).type) for key, value in given.items()}
    known = lists(store, question.as_of)
    who = organisations(asking.register, hub, pa.array([holder]), day)
    found = sizes_of(hub, pa.array([name]), columns, known, who, np.zeros(1, np.int32))
    size = float((found.active if active else found.total)[0])
    if np.isnan(size):
        what = "active parameters" if active else "parameters"
        raise DataMissing(f"nobody tells how many {what} {plain(name)} has", "read in atom-tracked-models or epoch")
    total, used = (None if np.isnan(count) else round(count) for count in (found.total[0], found.active[0]))
    fields: dict[str, Any] = {
        "group": name,
        "value": round(size),
        "total": total,
        "active": used,
        "total_from": ORIGINS[int(found.origin[0])],
    }
    row = group_row(fields | {"models": 1})
    party = asking.register.party(hub, holder, day)
    read = [*dict.fromkeys([*(v for v, _ in rows), *known.read])]
    return Answer(
        measure=measure.id,
        title=f"{measure.title}: {'active' if active else 'total'} parameters of {plain(name)}",
        by="model",
        hub=hub,
        unit=MODELS,
        engine=question.engine,
        definition=question.definition.to_dict() | {"register": asking.register.name},
        window={"from": day_text(day), "to": day_text(day + 1), "kind": PROPERTY},
        as_of=moment_text(question.as_of or datetime.now(UTC).replace(microsecond=0)),
        vintages=tuple(v.id for v in read),
        population="selection",
        simulated=any(v.simulated for v in read),
        total=1,
        unknown_age=0,
        coverage=_coverage(party),
        removed=(),
        periods=None,
        rows=(row,),
        notes=("A property of one model; the window is the day on which what was read last became known.",),
        sources=tuple({"vintage": v.id, "title": v.title, "sha256": v.sha256} for v in read),
        values={"unit_of_figures": "parameters", "lists": known.vintages},
    )


def _rows_of(vintage: Vintage, hub: str, model: str) -> list[dict[str, Any]]:
    """The row of a model in a vintage, under its name then or today's."""
    names = read_models([vintage], ("name",))["name"].combine_chunks()
    at = int(places(names, [model], links(hub))[0])
    if at < 0:
        return []
    row = read_models([vintage], ("name", *GIVEN)).slice(at, 1)
    return [dict(row.to_pylist()[0])]


def _coverage(party: Party) -> dict[str, Any]:
    known = party.organisation not in (UNKNOWN, UNREGISTERED)
    located = known and (is_country(party.country) or party.country == "INT")
    weakest = max(party.grade, party.country_grade)
    return {
        "registered_share": float(known),
        "located_share": float(located),
        "declared_base_share": 0.0,
        "by_grade": {grade: float(known and party.grade == i) for i, grade in enumerate(GRADES)},
        "located_by_grade": {grade: float(located and weakest == i) for i, grade in enumerate(GRADES)},
    }
