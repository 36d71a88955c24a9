"""A definition: what exactly is asked when somebody asks for a share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ATTRIBUTIONS = ("uploader", "base", "base-inferred")
CONTESTED = ("main", "widest")
EVIDENCE = ("stated", "inferred", "recalled")
BOUNDS = ("plain", "strict")


@dataclass(frozen=True)
class Definition:
    """A named, versioned choice.

    Attributes:
        name: id of the definition it started from.
        version: version of that definition.
        title: one line.
        words: what it means, in words.
        scope: id of a scope.
        max_age_days: count downloads up to this many days after a model's creation; null: all.
        clean: ids of cleaning rules, in the order in which they run.
        attribution: `uploader`, `base` or `base-inferred`.
        register: name of a register.
        contested: `main`, or `widest`: bounds take in what reasonable people hold instead.
        evidence: least grade that counts as registered.
        bounds: `plain`, or `strict`: the unaffiliated count as unknown too.
        changed: which of these differ from the named definition.
        given: which of these were asked for by themselves, whether that changed them or not.
    """

    name: str
    version: int
    title: str
    words: str
    scope: str
    max_age_days: int | None
    clean: tuple[str, ...]
    attribution: str
    register: str
    contested: str
    evidence: str = "recalled"
    bounds: str = "plain"
    changed: tuple[str, ...] = ()
    given: tuple[str, ...] = field(default=(), compare=False)

    def to_dict(self) -> dict[str, Any]:
        """What every answer says of its definition."""
        return {
            "name": self.name,
            "version": self.version,
            "attribution": self.attribution,
            "max_age_days": self.max_age_days,
            "scope": self.scope,
            "clean": list(self.clean),
            "register": self.register,
            "contested": self.contested,
            "evidence": self.evidence,
            "bounds": self.bounds,
            "changed": list(self.changed),
        }
