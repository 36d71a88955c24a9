"""Names of models, organisations and families as parts of an address, and back through a list of names.

A place is made of a name, and nothing is ever read out of a place: it is looked up among the places of the names that
are there. So no text of a hub becomes a path, and two names never share a place, not even on file systems that take
capitals and small letters for the same.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from weighbridge.charts.subject import NOBODIES, OTHER
from weighbridge.records.cells import UNNAMED

MODEL, ORGANISATION, FAMILY = "model", "organisation", "family"
KINDS = (MODEL, ORGANISATION, FAMILY)
MANY = (OTHER, UNNAMED)
"""What stands for many models; a model itself may well be called `unknown`."""
LONGEST = 96
"""Characters of one part of a place."""
_PART = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
"""No part begins with a dot, which hides it, or ends with one, which Windows drops."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names that Windows keeps for itself."""
INDEX = "index.html"
"""The file of a published page in its folder: no name's own folder may be called so, or it might be that file."""


def stands(kind: str, name: str) -> bool:
    """Whether a group is something with a page: one of `KINDS`, and not what stands for many or for nobody known.

    Args:
        kind: what the group is by.
        name: of the group.
    """
    return kind in KINDS and bool(name) and name not in (MANY if kind == MODEL else NOBODIES)


def place(kind: str, name: str) -> str:
    """Where the page of a name stands below its kind: `owner/name`, or one part in small letters.

    A name that is no plain path has the place `~` and a hash. Two names may share a place; `places` tells them apart.

    Args:
        kind: of `KINDS`.
        name: as the hub or the register has it.
    """
    return _of_model(name) if kind == MODEL else _of_words(name)


def places(kind: str, names: Iterable[str]) -> dict[str, str]:
    """The place of each of some names; none is another's, whatever the case of its letters.

    Where several would share one, all of them get their hash, so that the order of the names does not matter.
    """
    found = {name: place(kind, name) for name in dict.fromkeys(names)}
    taken = Counter(at.casefold() for at in found.values())
    return {name: at if taken[at.casefold()] == 1 else hashed(name) for name, at in found.items()}


def named(kind: str, at: str, names: Mapping[str, str]) -> str | None:
    """The name that a place is of, or null.

    Args:
        kind: of `KINDS`; of models the place must be written as it is, of others the case of letters does not matter.
        at: of an address.
        names: name by place, as `reversed_places` gives them.
    """
    return names.get(at) if kind == MODEL else names.get(at.casefold())


def reversed_places(kind: str, names: Iterable[str]) -> dict[str, str]:
    """Name by place."""
    return {at: name for name, at in places(kind, names).items()}


def hashed(name: str) -> str:
    """The place of a name that has no plain one."""
    return f"~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def _of_model(name: str) -> str:
    parts = name.split("/")
    return name if len(parts) <= 2 and all(map(_plain, parts)) else hashed(name)


def _of_words(name: str) -> str:
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", flat).strip("-")
    kept = sum(character.isalnum() for character in name)
    lost = sum(character.isalnum() for character in slug) < kept
    return slug if slug and not lost and _plain(slug) else hashed(name)


def _plain(part: str) -> bool:
    """Whether a part of a path is one on every file system."""
    odd = _RESERVED.fullmatch(part) or part.casefold() == INDEX
    return len(part) <= LONGEST and _PART.fullmatch(part) is not None and not odd
