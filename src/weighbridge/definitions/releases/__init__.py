"""Which repositories are no release of their holder's own: rules as data, and what they hold for."""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.definitions.scopes import in_labels
from weighbridge.lineage.relations import RELATIONS, has_tag
from weighbridge.records.cells import Coded

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Signs:
    """What rules may look at, one row a model.

    Attributes:
        names: repository names.
        relation: to a declared base, index into `weighbridge.lineage.relations.RELATIONS`.
        quantised: whether the weights are a quantised copy, and not an original in few bits.
        library: name of the library.
        tags: list of tags.
        elsewhere: whether a declared root is another organisation's.
    """

    names: pa.Array
    relation: npt.NDArray[np.integer]
    quantised: Mask
    library: Coded
    tags: pa.Array
    elsewhere: Mask


@dataclass(frozen=True)
class Rule:
    """One reason why a repository is no release; the keys of a rule in `data/releases.toml`."""

    id: str
    words: str
    lineage: str = ""
    relations: tuple[str, ...] = ()
    quantised: bool = False
    libraries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    unless_tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def holds(self, signs: Signs) -> Mask:
        """For which models it holds, bool[n]."""
        found = np.isin(signs.relation, [RELATIONS.index(name) for name in self.relations])
        if self.lineage:
            found |= signs.elsewhere
        if self.quantised:
            found |= signs.quantised
        if self.libraries:
            found |= in_labels(signs.library, self.libraries)
        if self.tags:
            tagged = has_tag(signs.tags, self.tags)
            found |= tagged & ~has_tag(signs.tags, self.unless_tags) if self.unless_tags else tagged
        if self.names:
            found |= _matching(signs.names, self.names)
        return np.asarray(found, dtype=bool)


def version() -> int:
    """Of the rules; raised when they answer otherwise."""
    return int(document()["version"])


def same_release_days() -> int:
    """How far apart variants of one line may be to be one release, if they may."""
    return int(document()["same_release_days"])


@functools.cache
def rules() -> dict[str, Rule]:
    """All rules by id, in the order in which they are asked."""
    return {row["id"]: _rule(row) for row in document()["rule"]}


def reasons(signs: Signs) -> npt.NDArray[np.int64]:
    """Number of the first rule that holds for each model, -1 where none does, int64[n]."""
    first = np.full(len(signs.names), -1, np.int64)
    for number, rule in enumerate(rules().values()):
        first[(first < 0) & rule.holds(signs)] = number
    return first


def stems(names: pa.Array) -> pa.Array:
    """The line of each name where no family is known: what stands before the first size, version or variant."""
    base = _base(names)
    cut = pc.replace_substring_regex(base, f"(?:{document()['line']['variant']})$", "")
    return pc.if_else(pc.equal(cut, ""), base, cut)


@functools.cache
def document() -> dict[str, Any]:
    """The rules as they stand in their file."""
    file = resources.files("weighbridge.definitions.releases") / "data" / "releases.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the file."""
    file = resources.files("weighbridge.definitions.releases") / "schema" / "releases.schema.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        words=row["words"],
        lineage=row.get("lineage", ""),
        relations=tuple(row.get("relations", ())),
        quantised=row.get("quantised", False),
        libraries=tuple(row.get("libraries", ())),
        tags=tuple(row.get("tags", ())),
        unless_tags=tuple(row.get("unless_tags", ())),
        names=tuple(row.get("names", ())),
    )


def _base(names: pa.Array) -> pa.Array:
    """Names without their namespace, in lower case."""
    return pc.utf8_lower(pc.replace_substring_regex(names, r"^.*/", ""))


def _matching(names: pa.Array, patterns: tuple[str, ...]) -> Mask:
    pattern = "|".join(f"(?:{one})" for one in patterns)
    return np.asarray(pc.match_substring_regex(_base(names), pattern).to_numpy(zero_copy_only=False), dtype=bool)
