"""Families by name: anchored patterns in order of precedence. Lineage comes first and is not seen here."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.register import files
from weighbridge.register.substrings import SubstringIndex

Codes = npt.NDArray[np.int32]

NONE, SEVERAL = "(none)", "(several)"


@dataclass(frozen=True)
class _Pattern:
    code: int
    pattern: re.Pattern[str]
    excluded: re.Pattern[str] | None
    contains: tuple[str, ...]


@functools.cache
def names() -> tuple[str, ...]:
    """Family names; code 0 is `(none)`, code 1 `(several)`."""
    listed = dict.fromkeys(row["family"] for row in files.rows("families"))
    entries = [f.strip() for row in files.rows("entries") for c in ("family", "base_family") for f in row[c].split("|")]
    listed.update(dict.fromkeys(entries))
    return (NONE, SEVERAL, *(name for name in listed if name not in ("", NONE, SEVERAL)))


def by_name(repositories: pa.Array) -> Codes:
    """Code of each repository's family by its name alone, without the namespace; 0 where none is told.

    The first pattern that matches wins. Patterns run only over names that hold one of their literal parts.
    """
    base = pc.utf8_lower(pc.replace_substring_regex(repositories, r"^.*/", "")).dictionary_encode()
    unique = base.dictionary
    texts = unique.to_pylist()
    codes = np.full(len(texts), -1, np.int32)
    index = SubstringIndex(unique, {literal for pattern in _patterns() for literal in pattern.contains})
    for pattern in _patterns():
        candidates = np.unique(np.concatenate([index.holding(literal) for literal in pattern.contains]))
        for at in candidates[codes[candidates] < 0]:
            text = texts[at]
            if pattern.pattern.search(text) and not (pattern.excluded and pattern.excluded.search(text)):
                codes[at] = pattern.code
    return np.asarray(np.maximum(codes, 0)[base.indices.to_numpy()], dtype=np.int32)


def code_of(family: str) -> int:
    """Code of a family's name, 0 where there is no such family."""
    return _codes().get(family, 0)


@functools.cache
def _codes() -> dict[str, int]:
    return {name: code for code, name in enumerate(names())}


@functools.cache
def _patterns() -> tuple[_Pattern, ...]:
    return tuple(
        _Pattern(
            code_of(row["family"]),
            re.compile(row["pattern"], re.IGNORECASE | re.ASCII),
            re.compile(row["not_pattern"], re.IGNORECASE | re.ASCII) if row["not_pattern"] else None,
            tuple(filter(None, row["contains"].split(";"))),
        )
        for row in files.rows("families")
        if row["pattern"]
    )
