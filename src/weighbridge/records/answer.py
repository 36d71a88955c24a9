"""An answer: rows with all that must stand beside them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from weighbridge.records.amounts import amount
from weighbridge.records.presented import Presented
from weighbridge.records.shown import plain

SHOWN_MOST = 100
"""Rows that a notebook shows."""


@dataclass(frozen=True)
class Row:
    """One group in one period.

    Attributes:
        group: name of the group.
        value: its part of the whole, 0 to 1 (or the figure that a measure gives).
        lo, hi: limits of the value, as `docs/methods.md` defines them.
        downloads: whole downloads or pulls.
        models: repositories with weight in the group.
        kind: kind of flow that carries most of it.
        period: name of the period, or null.
    """

    group: str
    value: float
    lo: float | None
    hi: float | None
    downloads: int | None
    models: int | None
    kind: str | None
    period: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields, in order."""
        return dict(vars(self))

    def __getitem__(self, name: str) -> Any:
        """A field by its name."""
        return vars(self)[name]


@dataclass(frozen=True)
class CountRow(Row):
    """One group in one period, where models are counted: `downloads` holds the count too, as the unit's amount."""

    def to_dict(self) -> dict[str, Any]:
        """What a count has: the group, its period, its models, and their part of all models with its limits."""
        return {name: vars(self)[name] for name in ("group", "period", "models", "value", "lo", "hi")}


@dataclass(frozen=True)
class OwnRow:
    """A row with fields of the measure's own, such as one definition of a matrix."""

    fields: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """All fields, in order."""
        return dict(self.fields)

    def __getitem__(self, name: str) -> Any:
        """A field by its name."""
        return self.fields[name]

    def __getattr__(self, name: str) -> Any:
        """A field by its name, as of any other row."""
        fields = vars(self).get("fields", {})
        if name not in fields:
            raise AttributeError(f"the row has no {name!r}; it has: {', '.join(fields)}")
        return fields[name]


@dataclass(frozen=True)
class Answer:
    """What a measure says, and under which terms."""

    measure: str
    title: str
    by: str
    hub: str
    unit: str
    engine: str
    definition: dict[str, Any]
    window: dict[str, Any]
    as_of: str
    vintages: tuple[str, ...]
    population: str
    simulated: bool
    total: int
    unknown_age: int
    coverage: dict[str, Any]
    removed: tuple[dict[str, Any], ...]
    periods: tuple[dict[str, Any], ...] | None
    rows: tuple[Row | OwnRow, ...]
    notes: tuple[str, ...] = ()
    sources: tuple[dict[str, str], ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    presented: Presented = field(default_factory=Presented)
    totalled: bool = True
    """Whether `total` is of the unit; false where only shares of days are known, so that nobody is told a total."""

    @property
    def amount(self) -> str:
        """All that was weighed, in words."""
        return amount(self.total, self.unit) if self.totalled else f"shares of {self.unit}"

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of the answer."""
        document = {
            "measure": self.measure,
            "by": self.by,
            "hub": self.hub,
            "unit": self.unit,
            "engine": self.engine,
            "definition": self.definition,
            "window": self.window,
            "as_of": self.as_of,
            "vintages": list(self.vintages),
            "population": self.population,
            "simulated": self.simulated,
            "total": self.total if self.totalled else None,
            "unknown_age": self.unknown_age,
            "coverage": self.coverage,
            "removed": list(self.removed),
            "periods": None if self.periods is None else list(self.periods),
            "rows": [row.to_dict() for row in self.rows],
            "notes": list(self.notes),
            "sources": list(self.sources),
        }
        return {**document, **self.values}

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows for any library that speaks Arrow's C stream interface."""
        return self._table().__arrow_c_stream__(requested_schema)

    def _table(self) -> pa.Table:
        rows = [row.to_dict() for row in self.rows]
        if any(isinstance(row, (OwnRow, CountRow)) for row in self.rows):
            return pa.Table.from_pylist(rows)
        schema = pa.schema(
            [
                ("group", pa.string()),
                ("value", pa.float64()),
                ("lo", pa.float64()),
                ("hi", pa.float64()),
                ("downloads", pa.int64()),
                ("models", pa.int64()),
                ("kind", pa.string()),
                ("period", pa.string()),
            ]
        )
        return pa.Table.from_pylist(rows, schema=schema)

    def _repr_html_(self) -> str:
        """A table for notebooks, and its notes; every text is escaped, since names come from a public hub.

        It has the first `SHOWN_MOST` rows: a notebook keeps what it shows, and some answers have a row a model.
        """
        rows = [row.to_dict() for row in self.rows[:SHOWN_MOST]]
        heads = list(rows[0]) if rows else []
        lines = [f"<tr>{''.join(f'<th>{html.escape(h)}</th>' for h in heads)}</tr>"]
        lines += [f"<tr>{''.join(f'<td>{html.escape(_shown(row[h]))}</td>' for h in heads)}</tr>" for row in rows]
        simulated = " (SIMULATED DATA)" if self.simulated else ""
        caption = html.escape(f"{self.title}{simulated}. {self.headline()}")
        left = len(self.rows) - len(rows)
        below = [f"{left:,} more rows: .rows and .to_dict() hold all."] if left else []
        said = "".join(f"<p>{html.escape(plain(note))}</p>" for note in (*below, *self.notes))
        return f"<table><caption>{caption}</caption>{''.join(lines)}</table>{said}"

    def headline(self) -> str:
        """Definition, window, vintage and coverage in one line."""
        window = f"{self.window['from']} to {self.window['to']}"
        return (
            f"{self.definition['name']} v{self.definition['version']}, {self.hub} {self.unit} {window}, "
            f"{self._in_all()}; {self.coverage['registered_share']:.1%} registered, "
            f"{self.coverage['located_share']:.1%} located"
        )

    def _in_all(self) -> str:
        return f"{self.total:,} in all" if self.totalled else "as shares of days"

    def cite(self) -> str:
        """A line to put under a figure."""
        choices = [f"{name} {self.definition[name]}" for name in self.definition["changed"]]
        changed = f" with {', '.join(choices)}" if choices else ""
        removed = [f"{r['downloads']:,} removed by {r['rule']}" for r in self.removed if r["downloads"]]
        origin = [f"{source['vintage']} (sha256 {source['sha256'][:12]})" for source in self.sources]
        return (
            f"Weighbridge, {self.measure} by {self.by}, definition {self.definition['name']} "
            f"v{self.definition['version']}{changed}, {self.hub} {self.unit} from {self.window['from']} to "
            f"{self.window['to']}, {self._in_all()}, {', '.join(removed) or 'nothing removed'}, "
            f"{self.coverage['registered_share']:.1%} registered, from {'; '.join(origin)}, as of {self.as_of}."
        )


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    return f"{value:.4f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
