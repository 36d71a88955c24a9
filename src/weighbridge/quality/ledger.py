"""The quality ledger: all events about the readings of a hub, the weightiest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from weighbridge.cubes.windows import choose_hub, known_then
from weighbridge.errors import DataMissing, UsageError
from weighbridge.quality import Event, detectors, kept
from weighbridge.quality.held import Held
from weighbridge.quality.rejects import rejects_of
from weighbridge.records.amounts import several
from weighbridge.records.clock import moment_text
from weighbridge.records.vintage import Vintage
from weighbridge.store.home import Store


@dataclass(frozen=True)
class Ledger:
    """All events of some readings, by weight, largest first; those of unknown weight last.

    Attributes:
        hub: the hub.
        unit: of the weight: `downloads` or `pulls`.
        population: `census` or `selection`.
        vintages: what was read, in order of when it became known.
        as_of: what became known later was left out.
        events: the events.
        notes: what the reader must know.
    """

    hub: str
    unit: str
    population: str
    vintages: tuple[str, ...]
    as_of: str
    events: tuple[Event, ...]
    notes: tuple[str, ...]

    def summary(self) -> list[dict[str, Any]]:
        """One row a kind of event, those that were not found too: `{"event", "events", "weight", "share"}`.

        The share is the weight's part of the hub's weight in all the different windows of these events.
        """
        return [_sum(kind, [event for event in self.events if event.kind == kind]) for kind in detectors()]

    def to_dict(self, event: str | None = None, top: int | None = None) -> dict[str, Any]:
        """The document that `quality` prints.

        Args:
            event: only rows of this kind.
            top: only so many rows.

        Raises:
            UsageError: there is no such kind of event.
        """
        if event is not None and event not in detectors():
            raise UsageError(f"there is no event {event!r}", f"one of: {', '.join(detectors())}")
        chosen = [row for row in self.events if event in (None, row.kind)]
        left = len(chosen) - len(chosen[:top])
        more = (f"{several(left, 'more event')} {'is' if left == 1 else 'are'} not shown.",) if left else ()
        return {
            "rows": [row.to_dict() for row in chosen[:top]],
            "summary": self.summary(),
            "hub": self.hub,
            "unit": self.unit,
            "population": self.population,
            "vintages": list(self.vintages),
            "as_of": self.as_of,
            "notes": [*self.notes, *more],
        }


def ledger(
    store: Store, hub: str | None = None, as_of: datetime | None = None, vintage: str | None = None
) -> Ledger:  # fmt: skip
    """The ledger of a hub's censuses together, or of one vintage.

    Args:
        store: what is held.
        hub: null: the only one held, else the Hugging Face Hub.
        as_of: leave out what became known later.
        vintage: only this one; a chosen set has a ledger only by its name.

    Raises:
        DataMissing: nothing that is held answers.
    """
    notes: tuple[str, ...] = ()
    if vintage is not None:
        chosen = [_named(store, vintage, as_of)]
    else:
        chosen, notes = _censuses(known_then(store, as_of), hub)
    if vintage is not None and hub not in (None, chosen[0].hub):
        raise DataMissing(f"{vintage} is of the hub {chosen[0].hub!r}, not of {hub!r}", "leave out --hub")
    if chosen[0].population == "selection":
        notes = (f"These are events of a chosen set ({chosen[0].id}); shares are of its weight, not of the hub's.",)
    lost = sum(rejects_of(v)[1] for v in chosen)
    if lost:
        notes = (*notes, f"{lost:,} rejected rows were not kept by the version that read them; read the file again.")
    return Ledger(
        hub=chosen[0].hub,
        unit=chosen[0].unit,
        population=chosen[0].population,
        vintages=tuple(v.id for v in chosen),
        as_of=moment_text(as_of or datetime.now(UTC).replace(microsecond=0)),
        events=kept.events_for(store, chosen, lambda: found(Held(store, chosen))),
        notes=notes,
    )


def answer(
    backing: object, hub: str | None = None, event: str | None = None, as_of: datetime | None = None,
    vintage: str | None = None, top: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The document that `quality` prints, from whatever was opened.

    Args:
        backing: what is asked; only a store can answer.
        hub, as_of, vintage: see `ledger`.
        event, top: see `Ledger.to_dict`.

    Raises:
        DataMissing: a cube file was opened, or nothing that is held answers.
        UsageError: there is no such kind of event.
    """
    store = getattr(backing, "store", None)
    if not isinstance(store, Store):
        raise DataMissing(
            "a cube file holds sums and no single readings, so it has no quality ledger",
            "ask a store: --store FOLDER, filled by `weighbridge ingest`",
        )
    return ledger(store, hub, as_of, vintage).to_dict(event, top)


def found(held: Held) -> tuple[Event, ...]:
    """All events, the weightiest first; of two with the same id the weightier stays."""
    every = [event for detector in detectors().values() for event in detector.find(held)]
    every.sort(key=lambda e: (e.weight is None, -(e.weight or 0), e.kind, e.model or "", e.start, e.subject))
    return tuple({event.id: event for event in reversed(every)}.values())[::-1]


def _sum(kind: str, events: Sequence[Event]) -> dict[str, Any]:
    weight = sum(event.weight or 0 for event in events)
    windows = {(event.end, event.whole) for event in events if event.weight is not None and event.whole}
    whole = sum(total for _, total in windows if total)
    return {"event": kind, "events": len(events), "weight": weight, "share": weight / whole if whole else None}


def _named(store: Store, name: str, as_of: datetime | None) -> Vintage:
    vintage = store.vintage(name)
    if as_of is not None and vintage.known > as_of:
        raise DataMissing(f"{name} was not known then", "ask for a later --as-of")
    return vintage


def _censuses(held: Sequence[Vintage], asked: str | None) -> tuple[list[Vintage], tuple[str, ...]]:
    """The censuses of a hub, and a note on chosen sets that they leave out."""
    hub = choose_hub([v.hub for v in held if v.models], asked)
    censuses = [v for v in held if v.hub == hub and v.population == "census"]
    sets = [v.id for v in held if v.hub == hub and v.population == "selection"]
    if not censuses:
        raise DataMissing(f"no census of {hub} is held", f"chosen sets answer with --vintage: {', '.join(sets[-3:])}")
    if sets:
        named = ", ".join(sets[-3:]) + (", ..." if len(sets) > 3 else "")
        own = "has a ledger of its own" if len(sets) == 1 else "have ledgers of their own"
        return censuses, (f"{several(len(sets), 'chosen set')} of this hub {own}; ask --vintage ({named}).",)
    return censuses, ()
