"""Rows and values that a reading did not take, as its vintage keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa

from weighbridge.errors import StoreDamaged
from weighbridge.quality import Event
from weighbridge.quality.held import Held
from weighbridge.records.amounts import several
from weighbridge.records.clock import day_number
from weighbridge.records.observations import Reject, rejects_table
from weighbridge.records.vintage import Vintage
from weighbridge.store.parts import has_part, read_document, read_part

Row = dict[str, object]


def rejects_of(vintage: Vintage) -> tuple[pa.Table, int]:
    """Rows with the schema `REJECTS`, and how many more there were of which nothing was kept.

    A vintage of an older version kept the first twenty, without names.
    """
    if has_part(vintage, "rejects"):
        return read_part(vintage, "rejects"), 0
    ours = read_document(vintage)["weighbridge"]
    try:
        shown = [[Reject(r["row"], r["column"], r["reason"]) for r in ours.get(k, [])] for k in ("rejects", "doubts")]
        lost = [int(ours.get(k, 0)) - len(s) for k, s in zip(("rejected", "doubtful"), shown, strict=True)]
        return rejects_table(*shown), sum(lost)
    except (ValueError, KeyError, TypeError, AttributeError, pa.ArrowException) as error:
        raise StoreDamaged(f"{vintage.folder} cannot be read: {error}", "read the source again") from None


def events(kind: str, held: Held, wanted: Callable[[str], bool]) -> Iterator[Event]:
    """Events of rejects whose reason is wanted: one a row of a known model, one a column of all others.

    Args:
        kind: id of the detector.
        held: the readings.
        wanted: told a reason.
    """
    for vintage in held.read:
        nameless: dict[str, list[Row]] = {}
        for row in rejects_of(vintage)[0].to_pylist():
            if not wanted(str(row["reason"])):
                continue
            if row["name"] is None:
                nameless.setdefault(str(row["column"]), []).append(row)
            else:
                yield _event(kind, held, vintage, [row], str(row["name"]))
        for rows in nameless.values():
            yield _event(kind, held, vintage, rows, None)


def _event(kind: str, held: Held, vintage: Vintage, rows: list[Row], name: str | None) -> Event:
    first = rows[0]
    days = sorted({*vintage.days_30d, *vintage.days_all}) or [day_number((vintage.at or vintage.known).date())]
    start, end = (int(str(first["day"])),) * 2 if name and first["day"] is not None else (days[0], days[-1])
    counted = [int(str(row["downloads"])) for row in rows if row["downloads"] is not None]
    what = "the value was set to null" if first["kind"] == "doubt" else "the row was left out"
    where = (
        f"row {first['row']}" if len(rows) == 1 else f"{several(len(rows), 'row')}, the first of them {first['row']}"
    )
    column = f"{first['column']} " if first["column"] else ""
    return Event(
        kind=kind,
        hub=held.hub,
        model=name,
        start=start,
        end=end + 1,
        weight=sum(counted) if counted else None,
        whole=held.yardstick.whole(end),
        vintages=(vintage.id,),
        detail=f"{where}: {column}{first['reason']}; {what}",
        numbers={"rows": len(rows), "row": int(str(first["row"]))},
        subject=f"{first['column']}" if name else f"{vintage.sha256}:{first['column']}",
    )
