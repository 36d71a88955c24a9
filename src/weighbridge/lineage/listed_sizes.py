"""Which repositories the models of a list of sizes are, where that is sure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.lineage.sizes import named

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Rows = Sequence[Mapping[str, Any]]
OrganisationOf = Callable[[int], str]
Today = Callable[[str], str | None]

QUARTER = 1.25
"""A name that states a size states it roundly; within this factor it is the same."""


def places(names: pa.Array, wanted: Sequence[str], today: Today = lambda name: None) -> Codes:
    """Model that each repository is, -1 where it is not there; old names and letter case do not matter.

    Args:
        names: of the models.
        wanted: repositories, as a list writes them.
        today: links of renamed models.
    """
    links = [today(name) or name for name in wanted]
    sought = pa.array(sorted({name.lower() for name in (*wanted, *links)}), pa.string())
    low = pc.utf8_lower(names)
    there = np.flatnonzero(pc.is_in(low, sought).to_numpy(zero_copy_only=False))
    at = dict(zip(low.take(pa.array(there)).to_pylist()[::-1], there.tolist()[::-1], strict=True))
    found = [at.get(name.lower(), at.get(link.lower(), -1)) for name, link in zip(wanted, links, strict=True)]
    return np.array(found, np.int64)


def of_organisations(rows: Rows, organisation: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which of some organisations are among those of a list's rows; bool[organisations]."""
    theirs = {_bare(part) for row in rows for part in (row["organisation"] or "").split(",")} - {""}
    found = {name for name in set(organisation) if _bare(name) in theirs}
    return np.fromiter((name in found for name in organisation), bool, len(organisation))


def sure(
    names: pa.Array,
    rows: Sequence[Mapping[str, Any]],
    organisation_of: OrganisationOf,
    today: Today = lambda name: None,
    among: Codes | None = None,
) -> dict[int, Mapping[str, Any]]:
    """For each model that is surely one of a list the row that tells its size.

    A row is sure of a repository that it links alone, if the repository bears the row's name, or a size within a
    quarter of the row's; and of one that bears its name and whose organisation, by the register, is one of the
    row's, unless it bears another size. Letter case and all signs but a point between figures do not count. Where two
    rows with different sizes would be sure of one repository, none is.

    Args:
        names: of all models.
        rows: with name, organisation, repositories and parameters, as the part `sizes` has them.
        organisation_of: name of the organisation behind a model, by its number.
        today: links of renamed models.
        among: numbers of the models of the rows' organisations, to save time; null: not known.
    """
    claims: dict[int, list[Mapping[str, Any]]] = {}
    for model, row in [*_linked(names, rows, today), *_namesakes(names, rows, organisation_of, among)]:
        claims.setdefault(model, []).append(row)
    return {model: found[0] for model, found in claims.items() if len({row["parameters"] for row in found}) == 1}


def _linked(names: pa.Array, rows: Rows, today: Today) -> list[tuple[int, Mapping[str, Any]]]:
    linked = [row for row in rows if len(row["repositories"] or ()) == 1]
    targets = [str(row["repositories"][0]) for row in linked]
    found, bear = places(names, targets, today), named(pa.array(targets, pa.string()))
    kept = []
    for model, row, target, bears in zip(found.tolist(), linked, targets, bear.tolist(), strict=True):
        same = plain_name(row["name"]) == plain_name(target)
        if model >= 0 and (_near(bears, row["parameters"]) or (same and np.isnan(bears))):
            kept.append((model, row))
    return kept


def _namesakes(
    names: pa.Array, rows: Rows, organisation_of: OrganisationOf, among: Codes | None
) -> list[tuple[int, Mapping[str, Any]]]:
    among = np.arange(len(names)) if among is None else among
    some = names.take(pa.array(among))
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_name.setdefault(plain_name(row["name"]), []).append(row)
    base = pc.utf8_lower(pc.replace_substring_regex(some, r"^.*/", ""))
    # a point between figures is kept under another sign, so that 1.3b and 13b differ
    marked = pc.replace_substring_regex(base, r"([0-9])[.]([0-9])", r"\1,\2")
    same = pc.is_in(pc.replace_substring_regex(marked, r"[^a-z0-9,]", ""), pa.array(list(by_name), pa.string()))
    models = among[same.to_numpy(zero_copy_only=False)]
    candidates = names.take(pa.array(models))
    kept = []
    for model, name, bears in zip(models.tolist(), candidates.to_pylist(), named(candidates).tolist(), strict=True):
        behind = _bare(organisation_of(model))
        for row in by_name[plain_name(name)]:
            theirs = {_bare(part) for part in (row["organisation"] or "").split(",")}
            if behind and behind in theirs and (np.isnan(bears) or _near(bears, row["parameters"])):
                kept.append((model, row))
    return kept


def plain_name(name: str) -> str:
    """A model's name without its namespace, in lower case, of letters, figures and points between figures (`,`)."""
    base = re.sub(r"^.*/", "", name).lower()
    return re.sub(r"[^a-z0-9,]", "", re.sub(r"([0-9])[.]([0-9])", r"\1,\2", base.replace(",", " ")))


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _near(first: float, second: float) -> bool:
    return bool(second / QUARTER <= first <= second * QUARTER)
