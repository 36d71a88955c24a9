"""Reading one figure, with its limits, out of an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.claims.verdicts import Reading, number
from weighbridge.errors import DataMissing
from weighbridge.records.answer import Answer, Row


def read(answer: Answer, figure: Mapping[str, Any]) -> Reading:
    """A figure of an answer.

    Args:
        answer: of any measure.
        figure: one of
            `{row = "CN"}`: value and limits of a row; over several periods shares are added up by their weight;
            `{row = "Qwen", column = "downloads"}`: its whole downloads, with the limits that its share has;
            `{row = "Qwen", column = "models"}`: its repositories;
            `{row = "CN", column = "tokens"}`: its share in one of several units, with the limits beside it;
            `{rows = ["<0.1", "0.1-1"], without = ["unknown"]}`: shares together, of the weight not in `without`;
            `{above = "CN", below = "US"}`: by how much the first share lies above the second;
            `{key = "month"}`: a number or month that stands in the answer's document under this key.

    Raises:
        DataMissing: the answer has no such figure.
    """
    if "key" in figure:
        return _keyed(answer, str(figure["key"]))
    if "above" in figure:
        first, second = (_row(answer, figure[place]) for place in ("above", "below"))
        return Reading(first.value - second.value, first.least - second.most, first.most - second.least)
    if "rows" in figure:
        return _together(answer, figure["rows"], figure.get("without", ()))
    column = figure.get("column", "value")
    if column == "value":
        return _row(answer, figure["row"])
    if column not in ("downloads", "models"):
        return _beside(answer, figure["row"], column)
    return _count(answer, figure["row"], column)


def scaled(reading: Reading, scale: float) -> Reading:
    """A figure in another unit."""
    lo, hi = (None if limit is None else limit * scale for limit in (reading.lo, reading.hi))
    return Reading(reading.value * scale, lo, hi)


def divided(reading: Reading, by: Reading) -> Reading:
    """One figure over another; of positive figures the limits are the outermost quotients.

    Raises:
        DataMissing: the second is not above zero.
    """
    if by.value <= 0:
        raise DataMissing("the figure to compare with is 0", "there is no growth from nothing")
    exact = reading.lo is None and by.lo is None
    hi = reading.most / by.least if by.least > 0 else float("inf")
    value = reading.value / by.value
    return Reading(value) if exact else Reading(value, reading.least / by.most, hi)


def _periods(answer: Answer) -> list[tuple[str | None, int]]:
    """Periods with their totals; one without a name where the answer is of one window."""
    if answer.periods is None:
        return [(None, answer.total)]
    return [(str(period["period"]), int(period["total"])) for period in answer.periods]


def _rows(answer: Answer, period: str | None) -> list[Row]:
    """The rows of groups or figures in a period; rows with fields of a measure's own are none."""
    return [row for row in answer.rows if isinstance(row, Row) and row.period == period]


def _found(answer: Answer, name: str, period: str | None) -> Row:
    """The row of a group in a period. A group that a share does not name had no weight there."""
    here = _rows(answer, period)
    for row in here:
        if row.group == name:
            return row
    if answer.measure != "share" or not here:
        there = ", ".join(dict.fromkeys(row.group for row in here))
        raise DataMissing(f"the answer has no figure {name!r}", f"it has: {there}" if there else "it is empty")
    most = 1.0 - sum(row.lo or 0.0 for row in here)
    return Row(name, 0.0, 0.0, max(most, 0.0), 0, 0, None, period)


def _row(answer: Answer, name: str) -> Reading:
    periods = _periods(answer)
    rows = [_found(answer, name, period) for period, _ in periods]
    if len(rows) == 1:
        unlimited = rows[0].lo is not None and rows[0].hi is None
        return Reading(rows[0].value, rows[0].lo, math.inf if unlimited else rows[0].hi)
    weights = [weight for _, weight in periods]
    if answer.measure != "share" or not sum(weights):
        raise DataMissing(f"{name!r} cannot be added up over periods", "only shares can")
    return Reading(*(_mean(column, weights) for column in zip(*(_limits(row) for row in rows), strict=True)))


def _limits(row: Row) -> tuple[float, float, float]:
    return row.value, row.value if row.lo is None else row.lo, row.value if row.hi is None else row.hi


def _mean(values: Sequence[float], weights: Sequence[int]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _together(answer: Answer, names: Sequence[str], without: Sequence[str]) -> Reading:
    """Shares of several groups, of all weight or of that outside `without`, over all periods by their weight."""
    if answer.measure != "share":
        raise DataMissing("only shares can be put together", "ask a share")
    periods = _periods(answer)
    part, known, least, others = 0.0, 0.0, 0.0, 0.0
    for period, total in periods:
        here = _rows(answer, period)
        part += total * sum(row.value for row in here if row.group in names)
        known += total * sum(row.value for row in here if row.group not in without)
        least += total * sum(row.lo or 0.0 for row in here if row.group in names)
        others += total * sum(row.lo or 0.0 for row in here if row.group not in names)
    if known <= 0:
        raise DataMissing(f"no weight lies outside {', '.join(without)}", "the labels are not known here")
    if without:
        return Reading(part / known)
    weight = sum(total for _, total in periods)
    return Reading(part / weight, least / weight, 1.0 - others / weight)


def _count(answer: Answer, name: str, column: str) -> Reading:
    """Whole downloads of a group, with the limits of its share, or its repositories, over all periods."""
    value, lo, hi = 0.0, 0.0, 0.0
    periods = _periods(answer)
    if column == "models" and answer.measure == "share" and len(periods) > 1:
        raise DataMissing("models cannot be added up over periods", "one model is in several")
    for period, total in periods:
        row = _found(answer, name, period)
        count = row[column]
        if count is None:
            raise DataMissing(f"the answer does not count {column} of {name!r}", "ask another measure")
        value += count
        if column == "downloads":
            lo, hi = lo + (row.lo or 0.0) * total, hi + (1.0 if row.hi is None else row.hi) * total
    return Reading(value, lo, hi) if column == "downloads" else Reading(value)


def _beside(answer: Answer, name: str, column: str) -> Reading:
    """A share in one of the units that an answer sets side by side, of one window."""
    rows = [row.to_dict() for row in answer.rows]
    found = [row for row in rows if row.get("group") == name and row.get(column) is not None]
    if len(found) != 1:
        raise DataMissing(
            f"the answer has no one figure of {column} of {name!r}", "it is not held, or of several periods"
        )
    return Reading(*(float(found[0][f"{column}{end}"]) for end in ("", "_lo", "_hi")))


def _keyed(answer: Answer, key: str) -> Reading:
    value = answer.to_dict().get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise DataMissing(f"the answer has no figure {key!r}", "the measure may have found none")
    try:
        return Reading(number(value))
    except ValueError:
        raise DataMissing(f"{key!r} of the answer is {value!r}, not a month", "ask over months") from None
