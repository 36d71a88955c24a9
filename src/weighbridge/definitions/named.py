"""Reading the named definitions and changing single choices of them."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from importlib import resources
from typing import Any

from weighbridge.definitions import rules, scopes
from weighbridge.errors import UsageError
from weighbridge.records.definition import ATTRIBUTIONS, BOUNDS, CONTESTED, EVIDENCE, Definition


@functools.cache
def definitions() -> dict[str, dict[str, Any]]:
    """All named definitions as they stand in their files, by id."""
    folder = resources.files("weighbridge.definitions") / "data"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            document = tomllib.loads(file.read_text(encoding="utf-8"))
            found[str(document["id"])] = document
    return found


def define(
    name: str = "house",
    hub: str = "huggingface",
    *,
    attribution: str | None = None,
    max_age_days: int | None = None,
    scope: str | None = None,
    clean: Iterable[str] | None = None,
    register: str | None = None,
    contested: str | None = None,
    evidence: str | None = None,
    bounds: str | None = None,
) -> Definition:
    """A named definition with single choices changed; null leaves a choice as it is named.

    Args:
        name: id of a definition.
        hub: a definition may choose differently for a hub (its `hubs` table).
        clean: rules instead of the definition's; `none` alone: no rule.

    Raises:
        UsageError: a name or value is not known; the error lists what is.
    """
    known = definitions()
    document = known[_one_of(name, known, "definition")]
    chosen = {**document, **document.get("hubs", {}).get(hub, {})}
    base = Definition(
        name=name,
        version=int(document["version"]),
        title=str(document["title"]),
        words=str(document["words"]),
        scope=str(chosen["scope"]),
        max_age_days=chosen.get("max_age_days"),
        clean=tuple(chosen["clean"]),
        attribution=str(chosen["attribution"]),
        register=str(chosen["register"]),
        contested=str(chosen["contested"]),
    )
    if max_age_days is not None and not 0 < max_age_days <= 36_500:
        raise UsageError(f"--max-age {max_age_days} is not a number of days", "give 1 to 36500, e.g. 365")
    changes: dict[str, Any] = {
        "attribution": None if attribution is None else _one_of(attribution, ATTRIBUTIONS, "attribution"),
        "max_age_days": max_age_days,
        "scope": None if scope is None else _one_of(scope, scopes.scopes(), "scope"),
        "clean": None if clean is None else _rules(clean),
        "register": register,
        "contested": None if contested is None else _one_of(contested, CONTESTED, "way with contested rows"),
        "evidence": None if evidence is None else _one_of(evidence, EVIDENCE, "grade of evidence"),
        "bounds": None if bounds is None else _one_of(bounds, BOUNDS, "kind of bounds"),
    }
    made = {key: value for key, value in changes.items() if value is not None}
    differ = tuple(key for key, value in made.items() if value != getattr(base, key))
    return replace(base, **made, changed=differ, given=tuple(made))


def _rules(clean: Iterable[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(clean))
    if "none" in chosen:
        if len(chosen) > 1:
            raise UsageError("--clean none goes with no other rule", "give none alone, or the rules")
        return ()
    for rule in chosen:
        _one_of(rule, [*rules.rules(), "none"], "cleaning rule")
    return chosen


def _one_of(value: str, known: Iterable[str], what: str) -> str:
    if value not in known:
        raise UsageError(f"there is no {what} {value!r}", f"one of: {', '.join(known)}")
    return value
