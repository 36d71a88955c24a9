"""From what was written on the command line to what is asked of a source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from weighbridge.errors import UsageError
from weighbridge.records.clock import day_number, parse_day, parse_moment
from weighbridge.records.source import Asked, Choice, LiveSource

OPTIONS: dict[Choice, str] = {
    "since": "--since MOMENT",
    "revision": "--revision REV",
    "days": "--from DATE --to DATE or --at DATE",
    "top": "--top N",
}
"""How each choice is written."""
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
LONGEST = 100_000  # of any unit


def asked_for(
    *,
    since: str | None = None,
    revision: str | None = None,
    start: str | None = None,
    end: str | None = None,
    at: str | None = None,
    top: int | None = None,
    anew: bool = False,
) -> Asked:
    """What these options ask for; where all are null, the newest state.

    Args:
        since: `--since`.
        revision: `--revision`.
        start, end: `--from` and `--to`; without an end: until today.
        at: `--at`, one day.
        top: `--top`.
        anew: `--anew`.

    Raises:
        UsageError: they contradict each other, or are no moment or date.
    """
    if at is not None and (start is not None or end is not None):
        raise UsageError("--at goes with neither --from nor --to", "give --at alone, or --from and --to")
    if end is not None and start is None:
        raise UsageError("--to needs --from", "give the first day too: --from DATE --to DATE")
    days = _days(at if at is not None else start, end, whole=at is None)
    if revision == "":
        raise UsageError("the name of the revision is empty", "give a branch, a tag or a commit")
    if revision is not None and days is not None:
        raise UsageError("--revision goes with no days", "give the revision alone, or the days")
    moment = parse_moment(since, "--since") if since is not None else None
    return Asked(since=moment, revision=revision, days=days, top=top, anew=anew)


def _days(start: str | None, end: str | None, whole: bool) -> tuple[int, int] | None:
    if start is None:
        return None
    first = parse_day(start, "--from" if whole else "--at")
    today: date = datetime.now(UTC).date()
    last = first + 1 if not whole else parse_day(end, "--to") if end is not None else day_number(today) + 1
    if last <= first:
        raise UsageError("--from is not before --to, or after today", "days are half-open: from ≤ day < to")
    return first, last


def given(asked: Asked) -> tuple[Choice, ...]:
    """The choices that were made."""
    names: tuple[Choice, ...] = ("since", "revision", "days", "top")
    return tuple(name for name in names if getattr(asked, name) is not None)


def refuse_others(source: LiveSource, asked: Asked) -> None:
    """Refuse choices that a source does not take.

    Raises:
        UsageError: there is one.
    """
    name = source.descriptor.id
    strange = [choice for choice in given(asked) if choice not in source.choices]
    if strange:
        takes = ", ".join(OPTIONS[choice] for choice in source.choices)
        hint = f"it takes {takes}" if takes else "it is fetched as it is"
        raise UsageError(f"{name} does not take {OPTIONS[strange[0]]}", hint)


def aim(asked: Asked) -> str:
    """What is asked for, as looks are kept by: the newest state is the empty text, and a moment leaves no trace."""
    parts = ["since" if asked.since else "", f"revision={asked.revision}" if asked.revision else ""]
    parts += [f"days={asked.days[0]}-{asked.days[1]}" if asked.days else "", f"top={asked.top}" if asked.top else ""]
    return " ".join(part for part in parts if part)


def span(text: str, name: str = "--if-older-than") -> timedelta:
    """A length of time such as `12h`, `1d` or `2w`.

    Raises:
        UsageError: it is none.
    """
    found = re.fullmatch(r"([0-9]{1,6})([hdw])", text.strip())
    if not found or not 0 < int(found[1]) <= LONGEST:
        raise UsageError(f"{name} {text!r} is not a length of time", "write hours, days or weeks, e.g. 12h, 1d or 2w")
    return int(found[1]) * UNITS[found[2]]


def refuse_ageing(asked: Asked, names: Sequence[str]) -> None:
    """Refuse to ask whether what lies in the past is old.

    Raises:
        UsageError: a revision or days are asked for.
    """
    if asked.revision is not None or asked.days is not None:
        raise UsageError(
            "--if-older-than goes with no revision and no days: what a source once was does not grow old",
            f"leave it out: weighbridge sync {' '.join(names)} ...",
        )
