"""Names of what has a page of its own, and the places where these pages stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from weighbridge.errors import DataMissing
from weighbridge.register import families, parties
from weighbridge.surfaces.views import naming
from weighbridge.surfaces.views.searching import index
from weighbridge.surfaces.views.shelf import Shelf

LISTED = (naming.ORGANISATION, naming.FAMILY)
"""Kinds of which all names are in the register."""


@dataclass(frozen=True)
class Names:
    """Names by kind and place.

    Attributes:
        by_place: of organisations and families.
        odd: places that are not the plain ones, by kind and name.
    """

    by_place: Mapping[str, Mapping[str, str]]
    odd: dict[tuple[str, str], str]


@lru_cache(maxsize=1)
def registered() -> Names:
    """The names of the register."""
    house = parties.house()
    listed = {
        naming.ORGANISATION: {party.organisation for party in house.parties},
        naming.FAMILY: set(families.names()),
    }
    placed = {kind: naming.places(kind, sorted(names)) for kind, names in listed.items()}
    odd = {
        (kind, name): at
        for kind, found in placed.items()
        for name, at in found.items()
        if at != naming.place(kind, name)
    }
    return Names({kind: {at: name for name, at in found.items()} for kind, found in placed.items()}, odd)


def named(shelf: Shelf, kind: str, at: str) -> str | None:
    """The name that a place is of; null where nothing has it.

    Args:
        shelf: what is asked.
        kind: model, organisation or family.
        at: of an address. A model's is its name, which is only ever looked up among the models; one whose name is no
            plain path stands at a hash, which is looked up among the hashes of those that are there.
    """
    if kind in LISTED:
        return naming.named(kind, at, registered().by_place[kind])
    if at.startswith("~"):
        return odd_models(shelf).get(at)
    return at if naming.place(kind, at) == at else None


def odd_models(shelf: Shelf) -> dict[str, str]:
    """Models whose places are not their names, by their places."""

    def found() -> dict[str, str]:
        models = index(shelf)
        placed = ((naming.place(naming.MODEL, name), name) for name in models.heaviest(models.models))
        plain = {at: name for at, name in placed if at != name}
        return plain | {at: name for name, at in twins(shelf).items()}

    return shelf.once("odd models", found)  # type: ignore[no-any-return]


def odd_place(shelf: Shelf, kind: str, name: str) -> str | None:
    """The place of a name that has not the plain one because another has it too; null for all others.

    Args:
        shelf: what is asked.
        kind: model, organisation or family.
        name: as the hub or the register has it.
    """
    return registered().odd.get((kind, name)) if kind in LISTED else twins(shelf).get(name)


def twins(shelf: Shelf) -> dict[str, str]:
    """Places of the models whose names others have in other letters, by name; of all models that are held.

    They do not hang on which models are looked at, so that a model stands at the same place wherever it has a page.
    """

    def found() -> dict[str, str]:
        try:
            models = index(shelf)
        except DataMissing:
            return {}
        return {name: naming.hashed(name) for name in twice(models.heaviest(models.models))}

    return shelf.once("twins", found)  # type: ignore[no-any-return]


def twice(names: Sequence[str]) -> list[str]:
    """Those of some names that differ from another in the case of letters alone."""
    low = [name.casefold() for name in names]
    times = Counter(low)
    return [name for name, same in zip(names, low, strict=True) if times[same] > 1]
