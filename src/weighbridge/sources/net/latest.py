"""What the latest reading in the store tells the next one: when it was observed, and how many models there were.

A listing that comes whole need not be the whole hub: a page with 40 of 100 models looks like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from weighbridge.errors import UsageError
from weighbridge.records.clock import parse_moment

LEAST = 0.9
"""Part of the models of the last census that a census must have; hubs lose far fewer from one look to the next."""
LISTED, SHORT_OF, OBSERVED = "listed", "short_of", "observed"
"""Keys of an origin: models that were listed, how many the last census had where those are fewer, and when it was."""
Held = Mapping[str, Any] | None


def moment_before(held: Held) -> datetime | None:
    """When the latest reading was observed; null where its origin does not tell."""
    text = (held or {}).get(OBSERVED)
    try:
        return parse_moment(text) if isinstance(text, str) else None
    except UsageError:
        return None


def models_before(held: Held) -> int:
    """Models of the last census, by the origin of the latest reading; 0 where it does not tell.

    A chosen set hands on what it is short of, so a listing that lacks half is no census at the second look either.
    """
    counts = [(held or {}).get(key) for key in (LISTED, SHORT_OF)]
    return max((count for count in counts if isinstance(count, int) and not isinstance(count, bool)), default=0)


def is_short(listed: int, held: Held) -> bool:
    """Whether a listing has so few models that a part of the hub must be missing from it."""
    return listed < LEAST * models_before(held)


def size(listed: int, held: Held, census: bool) -> dict[str, int]:
    """What an origin says of a reading's size, for the next one."""
    before = models_before(held)
    return {LISTED: listed} | ({SHORT_OF: before} if not census and before > listed else {})


def warning(listed: int, held: Held) -> str:
    """What a user must know of a listing that is short."""
    return (
        f"WARNING: only {listed:,} models are listed, and the last census had {models_before(held):,}: this reading is "
        "a chosen set and no census, so what it lacks has not vanished. If the hub has really lost so many: "
        "`weighbridge sync SOURCE --anew`"
    )
