"""Checks of single values, whole columns at a time. Each returns the clean column and what was wrong where."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import SourceFailed
from weighbridge.records import observations as records
from weighbridge.records.observations import MOMENT, Reject
from weighbridge.records.shown import CONTROLS, plain

Mask = npt.NDArray[np.bool_]

LARGEST_COUNT = 10**13  # more than all downloads of all hubs together
LONGEST_TEXT = 300
NAME = r"^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,95}/)?[A-Za-z0-9_.-]{1,96}$"
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def names(column: pa.Array) -> tuple[pa.Array, Mask]:
    """Repository names, `org/name` or `name`; wrong where it is none (a path, markup, control characters)."""
    text = _as_text(column)
    good = pc.fill_null(pc.match_substring_regex(text, NAME), False)
    dots = pc.fill_null(pc.match_substring_regex(text, r"(?:^|/)\.+$"), False)
    return text, ~_mask(pc.and_not(good, dots))


def counts(column: pa.Array) -> tuple[pa.Array, Mask]:
    """Whole numbers from 0 to `LARGEST_COUNT`; null stays null."""
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_nested(kind):
        return pa.nulls(len(column), pa.int64()), _mask(column.is_valid())
    if pa.types.is_integer(kind):
        number = column
        bad = np.zeros(len(column), bool)
    else:
        text = column if pa.types.is_floating(kind) else _given(_as_text(column))
        if not pa.types.is_floating(kind):
            whole = pc.match_substring_regex(text, r"^[+-]?\d{1,18}(?:\.0*)?(?:[eE]\+?\d{1,2})?$")
            bad = ~_mask(pc.fill_null(whole, True))
            text = pc.if_else(pa.array(~bad), text, pa.scalar(None, pa.string()))
        else:
            bad = np.zeros(len(column), bool)
        number = pc.cast(text, pa.float64())
        number = pc.if_else(pc.is_nan(number), pa.scalar(None, pa.float64()), number)
        fraction = pc.not_equal(pc.floor(number), number)
        bad |= _mask(pc.fill_null(fraction, False))
    outside = pc.or_(pc.less(number, 0), pc.greater(number, LARGEST_COUNT))
    bad |= _mask(pc.fill_null(outside, False))
    number = pc.if_else(pa.array(~bad), number, pa.scalar(None, number.type))
    return pc.cast(number, pa.int64()), bad


def moments(column: pa.Array) -> tuple[pa.Array, Mask]:
    """UTC times from timestamps, dates or ISO 8601 text; a time without zone is UTC."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column if kind.tz else pc.assume_timezone(column, "UTC")
        found = pc.cast(column, MOMENT, safe=False)
    elif pa.types.is_date(kind):
        found = pc.cast(pc.cast(column, pa.timestamp("s")), MOMENT)
    else:
        text = _as_text(column).dictionary_encode()
        values = pa.array([_moment(value) for value in text.dictionary.to_pylist()], MOMENT)
        found = values.take(text.indices)
    inside = pc.and_(pc.greater_equal(found, pa.scalar(EARLIEST, MOMENT)), pc.less(found, pa.scalar(LATEST, MOMENT)))
    good = _mask(pc.fill_null(inside, False))
    bad = ~good & _mask(column.is_valid()) & ~_blank(column)
    return pc.if_else(pa.array(good), found, pa.scalar(None, MOMENT)), bad


def flags(column: pa.Array) -> tuple[pa.Array, Mask]:
    """True or false; the Hub's `auto` and `manual` (kinds of gating) are true."""
    if pa.types.is_boolean(column.type):
        return column, np.zeros(len(column), bool)
    text = pc.utf8_lower(_as_text(column))
    true = pc.is_in(text, pa.array(["true", "1", "1.0", "yes", "auto", "manual"]))
    false = pc.is_in(text, pa.array(["false", "0", "0.0", "no"]))
    known = pc.or_(true, false)
    value = pc.if_else(known, true, pa.scalar(None, pa.bool_()))
    return value, ~_mask(known) & _mask(text.is_valid())


def words(column: pa.Array) -> tuple[pa.Array, Mask]:
    """Short texts such as a licence or a task; wrong where too long or with control characters."""
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pa.array([value[0] if value else None for value in column.to_pylist()], pa.string())
    text = pc.replace_substring_regex(_as_text(column), r"^\[([^\[\]]*)\]$", r"\1")  # the first of a JSON list
    short = pc.less_equal(pc.utf8_length(text), LONGEST_TEXT)
    clean = pc.invert(pc.match_substring_regex(text, f"[{CONTROLS}]"))
    good = _mask(pc.fill_null(pc.and_(short, clean), False))
    bad = ~good & _mask(text.is_valid())
    return pc.if_else(pa.array(good), text, pa.scalar(None, pa.string())), bad


def lists(column: pa.Array) -> tuple[pa.Array, Mask]:
    """Lists of short texts; a text is a list of one, or JSON, or what Python prints for a list."""
    none = np.zeros(len(column), bool)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return pc.cast(column, pa.list_(pa.string())), none
    values = [_list_of(value) for value in _as_text(column).to_pylist()]
    return pa.array(values, pa.list_(pa.string())), none


def identified(rejects: list[Reject], columns: Mapping[str, pa.Array]) -> list[Reject]:
    """The same with the name, counter and day of their rows, as far as these are valid.

    Args:
        rejects: of one piece of a file.
        columns: the piece's columns after their checks, of all its rows, `row` among them.
    """
    if not rejects or "name" not in columns:
        return rejects
    _, wrong = names(columns["name"])
    named = pc.if_else(pa.array(~wrong), columns["name"], pa.scalar(None, pa.string()))
    return records.identified(rejects, records.observations({**columns, "name": named}, len(named)))


UNREADABLE = (pa.ArrowException, ValueError, TypeError, OverflowError)
CHECKS: dict[str, Callable[[pa.Array], tuple[pa.Array, Mask]]] = {
    "names": names,
    "counts": counts,
    "moments": moments,
    "flags": flags,
    "words": words,
    "lists": lists,
}


def checked(kind: str, raw: pa.Array, name: str) -> tuple[pa.Array, Mask]:
    """A whole column under one of `CHECKS`.

    Raises:
        SourceFailed: the column is of a type that the check cannot read at all, or not the UTF-8 that it says.
    """
    try:
        raw.validate(full=True)
        return CHECKS[kind](raw)
    except UNREADABLE as error:
        reason = plain((str(error).splitlines() or [type(error).__name__])[0][:200])
        raise SourceFailed(
            f"the column for {name} is of type {raw.type} and cannot be read: {reason}", f"give {kind} there"
        ) from None


def _as_text(column: pa.Array) -> pa.Array:
    """Trimmed text; the empty text and a float's NaN are null."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    text = pc.utf8_trim_whitespace(pc.cast(column, pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _given(text: pa.Array) -> pa.Array:
    """Null where a text says that a number is not given."""
    absent = pc.match_substring_regex(text, r"(?i)^(?:nan|null|none|na|n/a)$")
    return pc.if_else(absent, pa.scalar(None, pa.string()), text)


def _blank(column: pa.Array) -> Mask:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return np.zeros(len(column), bool)
    return _mask(pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), False))


def _mask(column: Any) -> Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _list_of(text: str | None) -> list[str] | None:
    if text is None:
        return None
    if not text.startswith("["):
        parts = text.split(", ")  # some listings join names so; no name holds a comma
        return parts if all("/" in part and re.match(NAME, part) for part in parts) else [text]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return re.findall(r"""['"]([^'"]*)['"]""", text)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else None
