"""Who an organisation is by a register of parties: its type, country, parent and the evidence for them."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from weighbridge.cubes.weigh import party_labels
from weighbridge.register import families
from weighbridge.register.parties import GRADES, INDIVIDUALS, UNKNOWN, UNREGISTERED, Party, Register

NOBODY = {
    UNREGISTERED: "stands for accounts that nobody has looked at",
    UNKNOWN: "stands for accounts of which nobody knows who they are",
    INDIVIDUALS: "stands for the accounts of all persons",
}
"""Groups by organisation that are no organisation, and what they are."""
NO_FAMILY = {
    families.NONE: "stands for models without a family",
    families.SEVERAL: "stands for mergers of several families",
}
"""Groups by family that are no family, and what they are."""


@lru_cache(maxsize=8)
def organisations(register: Register, evidence: str = GRADES[-1]) -> dict[str, Party]:
    """The party that stands for each organisation of a register.

    Some accounts of an organisation may be registered at another place; the place of most accounts stands for it.

    Args:
        register: of parties.
        evidence: the least grade that counts.
    """
    seen: dict[str, Counter[Party]] = {}
    for label, party in zip(party_labels(register, "organisation", evidence), register.parties, strict=True):
        if label not in NOBODY:
            seen.setdefault(label, Counter())[_bare(party)] += 1
    first = {_bare(party): party for party in reversed(register.parties)}
    return {name: first[found.most_common(1)[0][0]] for name, found in seen.items()}


def _bare(party: Party) -> Party:
    """A party without what is said of one account alone."""
    return Party(
        party.organisation, party.type, party.country, party.country_grade, party.country_grade, parent=party.parent
    )


def grade(rank: int) -> str | None:
    """Name of a grade of evidence; null where nobody knows."""
    return GRADES[rank] if rank < len(GRADES) else None
