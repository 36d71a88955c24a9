"""Whether a listing of the Hub can be the whole Hub: how many models, with which fields, and each of them once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.errors import SchemaChanged
from weighbridge.sources.net.landed import page_rows

ENOUGH = 0.9
"""Part of the models of the census before that a census has at least."""
HALF = 0.5
"""Part of the share of models with a field, as it was before, below which the field counts as lost."""
NEARLY_ALL = 0.9
NAMES = 3
"""Names that one immutable key may have in a listing: a model that is renamed meanwhile has two."""
SHARED = 0.001
"""Part of all models that may be renamed while they are listed."""
FEW = 3
ODD_DATES = 1000
"""One creation date in so many is not relied upon."""


@dataclass(frozen=True)
class Census:
    """The latest census in the store, as far as its origin tells.

    Attributes:
        rows: its models.
        fields: how many of them had which field.
    """

    rows: int
    fields: Mapping[str, int]

    @staticmethod
    def of(origin: Mapping[str, Any] | None) -> Census | None:
        """That of a reading's origin, which hands it on where the reading is none itself; null: none is known."""
        held = origin or {}
        found = held.get("census") if "census" in held else held if held.get("since") is None else None
        if not isinstance(found, Mapping) or not isinstance(found.get("fields"), Mapping):
            return None
        fields = {str(name): count for name, count in found["fields"].items() if type(count) is int}
        rows = found.get("rows")
        return Census(rows if type(rows) is int else max(fields.values(), default=0), fields)

    def share(self, name: str) -> float:
        """Part of the models that had a field."""
        return min(self.fields.get(name, 0) / self.rows, 1.0) if self.rows else 0.0

    def document(self) -> dict[str, Any]:
        """As an origin holds it."""
        return {"rows": self.rows, "fields": dict(self.fields)}


@dataclass(frozen=True)
class Looked:
    """What a first look over the pages found.

    Attributes:
        counts: rows of each page.
        models: different ones.
        twice: hashes of the keys that stand on several rows (and of the few that share one by chance).
        shared: hashes of the keys that stand for too many names.
        newest: the latest day of creation that can be relied upon; null where no dates are given.
    """

    counts: Sequence[int]
    models: int
    twice: frozenset[int]
    shared: frozenset[int]
    newest: datetime | None

    @property
    def rows(self) -> int:
        """Of all pages."""
        return sum(self.counts)

    @property
    def doubles(self) -> int:
        """Rows beside the first of each model."""
        return self.rows - self.models


@dataclass
class _Gathered:
    counts: list[int] = field(default_factory=list)
    keys: list[npt.NDArray[np.int64]] = field(default_factory=list)
    names: list[npt.NDArray[np.int64]] = field(default_factory=list)
    days: Counter[str] = field(default_factory=Counter)
    others: int = 0


def look(files: Sequence[Path]) -> Looked:
    """Look over all pages; sixteen bytes a model are held, and not its key and name.

    Raises:
        SchemaChanged: keys do not tell one model from the next.
    """
    found = _Gathered()
    for file in files:
        _add(found, list(page_rows(file)))
    keys, names = (np.concatenate([np.empty(0, np.int64), *parts]) for parts in (found.keys, found.names))
    order = np.lexsort((names, keys))
    keys, names = keys[order], names[order]
    new_key = np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)]
    new_pair = new_key | np.concatenate([[True], names[1:] != names[:-1]])[: len(keys)]
    models = int(new_key.sum())
    starts = np.flatnonzero(new_key)
    named = np.add.reduceat(new_pair.astype(np.int64), starts) if models else np.empty(0, np.int64)
    _refuse_shared(int((named - 1).sum()), models)
    return Looked(
        found.counts,
        models + found.others,
        frozenset(keys[~new_key].tolist()),
        frozenset(keys[starts[named > NAMES]].tolist()),
        _newest(found.days),
    )


def key_of(row: Any) -> str | None:
    """What a model is known by; null: it is none."""
    if not isinstance(row, dict):
        return None
    return next((key for key in (row.get("_id"), row.get("id")) if isinstance(key, str) and key), None)


def _add(found: _Gathered, rows: Sequence[Any]) -> None:
    keyed = [(key, row) for key, row in ((key_of(row), row) for row in rows) if key is not None]
    found.counts.append(len(rows))
    found.others += len(rows) - len(keyed)
    found.keys.append(np.array([hash(key) for key, _ in keyed], np.int64))
    found.names.append(np.array([hash(str(row.get("id"))) for _, row in keyed], np.int64))
    found.days.update(str(row["createdAt"])[:10] for _, row in keyed if "createdAt" in row)


def _refuse_shared(surplus: int, models: int) -> None:
    """Refuse a listing in which more names come under the key of another one than models are renamed meanwhile."""
    if surplus > max(FEW, SHARED * models):
        raise SchemaChanged(
            f"{surplus:,} of the Hub's models have the _id of another one ({models:,} differ)",
            "the Hub's API has changed",
        )


def _newest(days: Mapping[str, int]) -> datetime | None:
    """The latest day but for one date in a thousand, and for those that have not been yet."""
    left, today = sum(days.values()) // ODD_DATES, datetime.now(UTC).date() + timedelta(days=1)
    for text in sorted(days, reverse=True):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            continue
        if day > today:
            continue
        left -= days[text]
        if left < 0:
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return None
