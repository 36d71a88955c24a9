"""The profile of a family: whose it is and how it is told, what it weighs, what it is made of and who builds on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from weighbridge.measures.asking import Backing
from weighbridge.measures.profiles.ground import HEAVIEST, Ground, named_group
from weighbridge.measures.profiles.telling import Telling
from weighbridge.measures.profiles.who import NO_FAMILY
from weighbridge.records.question import Question
from weighbridge.register import families, files

BY = "family"
DIVIDED = ("licence", "size", "task", "quantised")
"""Dimensions along which the weight is told apart."""
UPLOADERS = ("organisation", "country")
"""Who publishes the family's models, along these dimensions."""


def profile(backing: Backing, name: str, question: Question) -> dict[str, Any]:
    """Everything that is held of a family, as one document.

    Args:
        backing: a store or a cube file.
        name: of the family; letter case does not count.
        question: hub, window, as-of and definition; `over` names the periods of the series.

    Raises:
        DataMissing: no family of that name has weight in the window; the hint lists similar names.
    """
    telling = Telling.of(backing, question)
    ground = telling.ground
    found = named_group(name, [row.group for row in ground.rows(BY)], BY, ground.hub, NO_FAMILY)
    within = ground.within(BY, found)
    models, count = within.heaviest("model")
    return {
        "subject": "family",
        "name": found,
        **ground.head(BY),
        **_register(found),
        "roots": telling.told("roots", lambda: _roots(telling, found)),
        "share": ground.figures(BY, found, NO_FAMILY),
        "models": {"count": count, "rows": models},
        "by": {by: within.heaviest(by)[0] for by in DIVIDED},
        "uploaders": _uploaders(ground, found),
        "definitions": telling.by_definition(BY, found, NO_FAMILY),
        "derivatives": telling.descent(BY, found),
        **telling.series(BY, found),
        "elsewhere": telling.elsewhere(BY, found, NO_FAMILY),
        "missing": telling.missing,
    }


def _register(name: str) -> dict[str, Any]:
    """What the register says of a family: developer, since when, and the patterns that tell its models by name."""
    rows = [row for row in files.rows("families") if row["family"] == name]

    def first(column: str) -> str | None:
        return next((row[column] for row in rows if row[column]), None)

    return {
        "developer": first("developer"),
        "first_release": first("first_release"),
        "note": first("note"),
        "patterns": [{"pattern": row["pattern"], "not": row["not_pattern"] or None} for row in rows if row["pattern"]],
        "root_accounts": sorted({a for row in rows for a in filter(None, row["root_namespaces"].split(";"))}),
    }


def _roots(telling: Telling, name: str) -> dict[str, Any]:
    """The family's own models without a declared base, the heaviest first: those in its developer's accounts."""
    roster = telling.ground.models()
    frame = roster.frame
    own = telling.ground.owned(BY).of[: len(roster)] == families.code_of(name)
    rows = np.flatnonzero(own & ~frame.declared & (roster.weight > 0))
    heaviest = rows[np.lexsort((rows, -roster.weight[rows]))][:HEAVIEST]
    named = [{"model": frame.node_name(row), "downloads": int(roster.weight[row])} for row in heaviest.tolist()]
    return {"models": len(rows), "rows": named}


def _uploaders(ground: Ground, name: str) -> dict[str, list[dict[str, Any]]]:
    """Who publishes the models of the family, whoever else gets the credit under the definition that is asked."""
    definition = replace(ground.question.definition, attribution="uploader")
    uploaded = Ground.of(ground.backing, replace(ground.question, definition=definition))
    if name not in uploaded.weighed.groups(BY).names:
        return {by: [] for by in UPLOADERS}
    within = uploaded.within(BY, name)
    return {by: within.heaviest(by)[0] for by in UPLOADERS}
