"""Groups that are asked by name, and what is said of those that have no row."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.records.amounts import several

NEAR = 5

ONLY = Option("only", "Only these groups, by their names; with commas.", many=True)


def near(wanted: str, names: Iterable[str], most: int = NEAR) -> list[str]:
    """Names that are like one that is not there, whatever the letter case; the most alike first."""
    low: dict[str, str] = {}
    for name in names:
        low.setdefault(name.lower(), name)
    begin = wanted.lower()[:1]
    candidates = [name for name in low if name.startswith(begin)]
    return [low[name] for name in difflib.get_close_matches(wanted.lower(), candidates, most)]


def named(wanted: Sequence[str] | None, names: Sequence[str], by: str) -> list[int] | None:
    """Places of the groups that are asked by name, in their order; null where none are.

    Letter case does not count where no other group bears the name.

    Args:
        wanted: names, or null.
        names: of all groups.
        by: the dimension, as errors name it.

    Raises:
        DataMissing: there is no such group; the hint lists names that are like it.
    """
    if not wanted:
        return None
    exact = {name: place for place, name in reversed(list(enumerate(names)))}
    low = {name.lower(): place for name, place in exact.items()}
    found = []
    for name in wanted:
        place = exact.get(name, low.get(name.lower()))
        if place is None:
            like = near(name, names)
            hint = f"similar: {', '.join(like)}" if like else "see the rows without --only"
            raise DataMissing(f"there is no {by} {name!r} here", hint)
        found.append(place)
    return list(dict.fromkeys(found))


def needs_groups(wanted: Sequence[str] | None, by: str) -> None:
    """Refuse names of groups where nothing is grouped.

    Raises:
        UsageError: names are given and no groups are asked.
    """
    if wanted and by == "none":
        raise UsageError("--only names groups, and none are asked", "give --by, such as --by organisation")


def shown_of(shown: int, there: int) -> list[str]:
    """A note where groups have no row since there are too many."""
    if shown >= there:
        return []
    return [f"The {several(shown, 'group')} with most weight of {there:,}; --top N shows more, --only NAME others."]
