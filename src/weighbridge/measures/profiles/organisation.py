"""The profile of an organisation: who it is, what it weighs under which definition, with which models, and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from weighbridge.measures.asking import Backing
from weighbridge.measures.profiles.ground import Ground, named_group
from weighbridge.measures.profiles.telling import Telling
from weighbridge.measures.profiles.who import NOBODY, grade, organisations
from weighbridge.records.question import Question
from weighbridge.register import files
from weighbridge.register.parties import REPUBLISHING_HUBS, Party

BY = "organisation"
DIVIDED = ("family", "task", "licence", "size")
"""Dimensions along which the weight is told apart."""
ACCOUNTS = 100
"""Accounts that are named."""


def profile(backing: Backing, name: str, question: Question) -> dict[str, Any]:
    """Everything that is held of an organisation, as one document.

    Args:
        backing: a store or a cube file.
        name: of the organisation, in everyday English; letter case does not count.
        question: hub, window, as-of and definition; `over` names the periods of the series.

    Raises:
        DataMissing: no organisation of that name has weight in the window; the hint lists similar names.
    """
    telling = Telling.of(backing, question)
    ground = telling.ground
    found = named_group(name, [row.group for row in ground.rows(BY)], BY, ground.hub, NOBODY)
    within = ground.within(BY, found)
    models, count = within.heaviest("model")
    accounts = [] if ground.hub in REPUBLISHING_HUBS else within.heaviest("namespace", ACCOUNTS)[0]
    return {
        "subject": "organisation",
        "name": found,
        **ground.head(BY),
        **_party(organisations(ground.weighed.register, ground.weighed.definition.evidence)[found]),
        "accounts": accounts,
        "share": ground.figures(BY, found, NOBODY),
        "models": {"count": count, "rows": models},
        "by": {by: within.heaviest(by)[0] for by in DIVIDED},
        "definitions": telling.by_definition(BY, found, NOBODY),
        "derivatives": telling.descent(BY, found),
        **telling.series(BY, found),
        "elsewhere": telling.elsewhere(BY, found, NOBODY),
        "events": telling.events(_models(ground, found)),
        "missing": telling.missing,
    }


def _party(party: Party) -> dict[str, Any]:
    """Who it is, with the evidence of the register's own row of organisations where it has one."""
    rows = [row for row in files.rows("organisations") if row["organisation"] == party.organisation]
    told = rows[0] if rows and rows[0]["country"] == party.country else None
    return {
        "type": party.type,
        "country": party.country,
        "parent": party.parent or None,
        "grade": grade(party.country_grade),
        "evidence": (told["evidence"] if told else party.evidence) or None,
        "evidence_date": (told["evidence_date"] if told else party.evidence_date) or None,
        "note": (told["note"] if told else "") or None,
        "alternatives": files.parse_alternatives(told["alternatives"]) if told else [],
    }


def _models(ground: Ground, name: str) -> frozenset[str]:
    """Names of the models whose weight is the organisation's, those that are left out too."""
    cells = ground.weighed.slice.cells
    groups = ground.weighed.groups(BY, cells.entries)
    mine = cells.entries.cell[groups.codes == groups.names.index(name)]
    model = cells.labels["model"]
    return frozenset(map(str, model.names.take(pa.array(np.unique(model.codes[mine]))).to_pylist()))
