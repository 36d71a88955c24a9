"""Downloads, pulls and tokens side by side: each of its own total, in its own window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import columns, wording
from weighbridge.charts.columns import Cell, Column
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet
from weighbridge.charts.subject import HUBS, Subject, number
from weighbridge.charts.text import clean, percent

ENDS = ("", "_lo", "_hi")
SHOWN, SHOWN_NARROW = 14, 10
NAMED = 2
REST = "(rest)"


class UsageColumns:
    """A column a unit, a row a group; all on one scale of parts."""

    id = "usage-columns"
    title = "Units side by side in one window"
    answers = ("usage",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether any unit is held, of one window."""
        return bool(_units(subject)) and not any(row.get("period") for row in subject.rows)

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        units, theme = _units(subject), sheet.theme
        parties = [row for row in subject.rows if subject.is_party(row["group"]) and row["group"] != REST]
        others = [row for row in subject.rows if row not in parties]
        shown = [*parties[: (SHOWN_NARROW if sheet.narrow else SHOWN) - len(others)], *others]
        drawn = columns.columns(
            [_name(subject, row["group"]) for row in shown],
            [
                Column(unit[:1].upper() + unit[1:], theme.marks[n % len(theme.marks)], [_cell(r, unit) for r in shown])
                for n, unit in enumerate(units)
            ],
            sheet,
        )
        left_out = len(parties) + len(others) - len(shown)
        more = f"{left_out} smaller groups are in the figures. " if left_out else ""
        windows = ". ".join(_windowed(unit, side) for unit, side in units.items())
        said = f"Part of each unit's own total by {subject.by}. {windows}."
        return Picture(
            title=_title(subject, parties, list(units)),
            subtitle=wording.marked(subject, f"{said} {wording.defined(subject)}".strip()),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": _rows(subject, list(units)), **drawn.data},
            left=drawn.left,
            note=f"{more}Bars lie between the bounds; one scale for all columns. Windows differ, and units are never "
            f"added. Vintages: {', '.join(clean(v) for side in units.values() for v in side.get('vintages') or ())}.",
        )


def _units(subject: Subject) -> dict[str, Mapping[str, Any]]:
    """Sides with a figure, by the name of their column."""
    sides = {str(side.get("column")): side for side in subject.document.get("sides") or ()}
    return {name: side for name, side in sides.items() if any(number(r.get(name)) is not None for r in subject.rows)}


def _name(subject: Subject, group: Any) -> str:
    return "Not named" if group == REST else subject.name(group)


def _cell(row: Mapping[str, Any], unit: str) -> Cell | None:
    value, lo, hi = (number(row.get(f"{unit}{end}")) for end in ENDS)
    return None if value is None else Cell(value, lo, hi, percent(value))


def _windowed(unit: str, side: Mapping[str, Any]) -> str:
    """A unit with its hub and window."""
    window = side.get("window") or {}
    hub = str(side.get("hub") or "")
    part = "" if window.get("complete", True) else ", not wholly observed"
    return f"{unit[:1].upper()}{unit[1:]}: {HUBS.get(hub, clean(hub))}, {wording.span_of(window)}{part}"


def _title(subject: Subject, parties: list[Mapping[str, Any]], units: list[str]) -> str:
    """The parts of the first two groups in every unit; no comparison of units."""
    said: list[str] = []
    for row in parties[:NAMED]:
        parts = [
            (percent(value), unit) for unit in units if (value := number(row.get(unit))) is not None
        ]  # fmt: skip
        brief = said and len(parts) == len(units)
        words = [part if brief else f"{part} of {unit}" for part, unit in parts]
        listed = ", ".join(words[:-1]) + (" and " if words[1:] else "") + words[-1] if words else "no figure"
        said.append(f"{wording.named(subject, row['group'])}{' ' if said else ' has '}{listed}")
    return "; ".join(said) or wording.titled(subject)


def _rows(subject: Subject, units: list[str]) -> list[dict[str, Any]]:
    keys = [f"{unit}{end}" for unit in units for end in ENDS]
    return [
        {"group": clean(row["group"]), "name": _name(subject, row["group"])}
        | {clean(key): number(row.get(key)) for key in keys}
        for row in subject.rows[:ROWS_MOST]
    ]


CHART = UsageColumns()
