"""Days, moments and periods. All times are UTC; a day is an integer, days since 1970-01-01."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from weighbridge.errors import UsageError

EPOCH = date(1970, 1, 1)
GRAINS = ("week", "month", "quarter", "year")


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH.toordinal()


def day_text(day: int) -> str:
    """`2024-07-11` for a day number."""
    return (EPOCH + timedelta(days=int(day))).isoformat()


def parse_day(text: str, name: str = "a date") -> int:
    """Day number of `2024-07-11`.

    Raises:
        UsageError: the text is not a calendar date.
    """
    try:
        return day_number(date.fromisoformat(text.strip()))
    except ValueError:
        raise UsageError(f"{name}: {text!r} is not a date", "write a calendar date such as 2024-07-11") from None


def parse_moment(text: str, name: str = "a time", end_of_day: bool = False) -> datetime:
    """UTC moment of a date or an ISO 8601 timestamp; a time without zone is UTC.

    Args:
        text: `2024-07-11` or `2024-07-11T17:04:39Z`.
        name: what the text is, for the error.
        end_of_day: read a bare date as the last instant of that UTC day.

    Raises:
        UsageError: the text is neither.
    """
    text = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            start = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return start + timedelta(days=1, microseconds=-1) if end_of_day else start
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{name}: {text!r} is neither a date nor an ISO 8601 time",
            "write 2024-07-11 or 2024-07-11T17:04:39Z",
        ) from None


def moment_text(moment: datetime) -> str:
    """`2024-07-11T17:04:39Z`; microseconds are kept where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, order=True)
class Period:
    """A calendar period, half-open: `start ≤ t < end`, both day numbers."""

    start: int
    end: int
    name: str

    @property
    def days(self) -> int:
        """Length in days."""
        return self.end - self.start


def period_holding(day: int, grain: str) -> Period:
    """The week, month, quarter or year that a day lies in (weeks are ISO weeks, named `2024-W23`)."""
    d = EPOCH + timedelta(days=day)
    if grain == "week":
        iso = d.isocalendar()
        first = d - timedelta(days=iso.weekday - 1)
        return Period(day_number(first), day_number(first) + 7, f"{iso.year:04d}-W{iso.week:02d}")
    if grain == "month":
        first = d.replace(day=1)
        return Period(day_number(first), day_number(_months_on(first, 1)), f"{d.year:04d}-{d.month:02d}")
    if grain == "quarter":
        first = d.replace(month=3 * ((d.month - 1) // 3) + 1, day=1)
        name = f"{d.year:04d}-Q{(d.month - 1) // 3 + 1}"
        return Period(day_number(first), day_number(_months_on(first, 3)), name)
    if grain == "year":
        return Period(day_number(date(d.year, 1, 1)), day_number(date(d.year + 1, 1, 1)), f"{d.year:04d}")
    raise UsageError(f"{grain!r} is not a period", f"one of {', '.join(GRAINS)}")


def periods_between(start: int, end: int, grain: str) -> list[Period]:
    """All periods of a grain that share at least one day with `[start, end)`, in order."""
    periods = []
    day = start
    while day < end:
        period = period_holding(day, grain)
        periods.append(period)
        day = period.end
    return periods


def _months_on(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)
