"""The index that a published page searches: what has a page, with its weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from weighbridge.errors import DataMissing
from weighbridge.surfaces.site.places import Place
from weighbridge.surfaces.views.searching import index
from weighbridge.surfaces.views.shelf import Shelf


def rows(shelf: Shelf, places: Iterable[Place]) -> list[list[Any]]:
    """`[kind, name, weight, address, what]` of each subject with a page, the heaviest first; addresses from the root.

    The weight is that of the newest census of the default hub, with nothing left out.
    """
    try:
        models = index(shelf)
    except DataMissing:
        return []
    weigh = {"organisation": models.organisation, "family": models.family, "model": models.model}
    found = []
    for place in places:
        if place.subject is not None and not place.given:
            hit = weigh[place.page.id](place.subject)
            found.append([place.page.id, place.subject, hit.weight if hit else 0, place.file, hit.what if hit else ""])
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))
