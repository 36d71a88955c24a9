"""The quality ledger: what is wrong with, or odd about, the readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from htpy import Node, code, details, h1, h2, p, section, strong, summary

from weighbridge.charts.wording import day
from weighbridge.errors import DataMissing, UsageError
from weighbridge.quality import detectors
from weighbridge.records.amounts import several
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import entries, text
from weighbridge.surfaces.web.parts.events import events, part
from weighbridge.surfaces.web.parts.figure import figure
from weighbridge.surfaces.web.parts.notes import notes, problem

ASKED = Asked("quality")
SHOWN = 100
"""Events that have a row, the weightiest; the file holds all."""


class Quality:
    """Events about the readings, each with the weight that it touches."""

    id = "quality"
    title = "Quality"
    rank = 60

    def make(self, view: View) -> Made:
        """See `Page.make`."""
        event, hubs = view.value("event"), _hubs(view.shelf)
        if event and event not in detectors():
            raise UsageError(f"there is no event {event[:100]!r}", f"one of: {', '.join(detectors())}")
        hub = view.value("hub")
        if hub and hub not in hubs:
            raise UsageError(f"no census of {hub[:100]!r} is held", f"one of: {', '.join(hubs)}" if hubs else "")
        hub = "" if hub == _default(view.shelf, hubs) else hub
        head = h1["What is wrong or odd in the readings"]
        try:
            document = _document(view.shelf, hub)
        except DataMissing as error:
            body: Node = [head, problem(error.message, error.hint), _looked_for(view, {}, event, hub)]
            told = "What is held has no quality ledger."
        else:
            told = _told(document)
            body = [head, p(".lead")[told], _explained(document), *self._body(view, document, event, hub, hubs)]
        return Made("What is wrong or odd in the readings", told, body, _given(hub, event))

    def _body(
        self, view: View, document: Mapping[str, Any], event: str, hub: str, hubs: Sequence[str]
    ) -> Iterable[Node]:
        sums = {row["event"]: row for row in document["summary"]}
        yield _choices(view, sums, event, hub, hubs)
        if document["rows"] and not event and not hub:
            yield figure(view, ASKED, first=True, full=False)
        yield _looked_for(view, sums, event, hub)
        yield _events(view, document, event)
        yield notes(document)

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """The ledger, that of each other hub with a census, and each kind of event that was found."""
        hubs = _hubs(shelf)
        if not hubs:
            return [(None, ())]
        default = _default(shelf, hubs)
        found: list[tuple[str | None, Given]] = [(None, ())]
        for hub in hubs:
            named = "" if hub == default else hub
            kinds = [row["event"] for row in _document(shelf, named)["summary"] if row["events"]]
            found += [(None, _given(named, kind)) for kind in ([""] if named else []) + kinds]
        return found

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """The chart, where there are events."""
        try:
            return (ASKED,) if shelf.document(ASKED)["rows"] else ()
        except DataMissing:
            return ()


def _document(shelf: Shelf, hub: str) -> Mapping[str, Any]:
    document = shelf.quality(hub) if hub else shelf.document(ASKED)
    return {**document, "as_of": shelf.as_of or document["as_of"]}


def _hubs(shelf: Shelf) -> list[str]:
    """Hubs of which a census of models is held; none in a cube file, which keeps no readings."""
    return sorted({row["hub"] for row in readings(shelf) if row["population"] == "census" and row["models"]})


def _default(shelf: Shelf, hubs: Sequence[str]) -> str:
    return str(shelf.document(ASKED)["hub"]) if hubs else ""


def _given(hub: str, event: str) -> Given:
    return tuple((name, value) for name, value in (("hub", hub), ("event", event)) if value)


def _told(document: Mapping[str, Any]) -> str:
    kinds = [row for row in document["summary"] if row["events"]]
    where = entries.told(document["hub"])
    if not kinds:
        return f"Nothing odd was found in the readings of {where}; {len(detectors())} kinds of event were looked for."
    most = max(kinds, key=lambda row: row["events"])
    many = sum(row["events"] for row in kinds)
    return (
        f"{several(many, 'event')} of {several(len(kinds), 'kind')} in the readings of {where}; "
        f"most are of the kind {most['event']} ({most['events']:,}{_touching(most)})."
    )


def _touching(row: Mapping[str, Any]) -> str:
    return "" if row["share"] is None else f", {part(row['share'])} of the weight"


def _explained(document: Mapping[str, Any]) -> Node:
    vintages = document["vintages"]
    named = entries.told(", ".join(vintages[-3:]))
    more = f" and {len(vintages) - 3:,} before them" if len(vintages) > 3 else ""
    return [
        p[
            "The ledger removes nothing. Each event says which days of observation it touches and the ",
            f"{entries.told(document['unit'])} that it bears on: its weight. Beside it stands the part of what the hub "
            "weighed in the 30 days up to the event.",
        ],
        p(".origin")[
            f"Hub {entries.told(document['hub'])}, a {document['population']}; vintage {named}{more}; as of "
            f"{day(document['as_of'])}."
        ],
    ]


def _choices(view: View, sums: Mapping[str, Any], event: str, hub: str, hubs: Sequence[str]) -> Node:
    default = _default(view.shelf, hubs)
    link = view.links.page
    return [
        entries.filters(
            "Hub",
            [
                (
                    text.name(name),
                    link("quality", _given("" if name == default else name, event)),
                    name == (hub or default),
                )
                for name in hubs
            ],
        )
        if len(hubs) > 1
        else None,
        entries.filters(
            "Event",
            [("all", link("quality", _given(hub, "")), not event)]
            + [
                (
                    f"{kind} {row['events']:,}",
                    link("quality", _given(hub, kind)) if row["events"] else None,
                    kind == event,
                )
                for kind, row in sums.items()
            ],
        ),
    ]


def _looked_for(view: View, sums: Mapping[str, Mapping[str, Any]], event: str, hub: str) -> Node:
    """What each kind of event is, found or not."""
    kinds = [detector for detector in detectors().values() if event in ("", detector.id)]
    return section(aria_labelledby="looked-for")[
        h2(id="looked-for")["What was looked for"],
        [
            details(id=f"event-{kind.id}", open=bool(event))[
                summary[strong[kind.id], f": {kind.title}", _count(sums.get(kind.id))],
                [p[paragraph] for paragraph in kind.words.split("\n\n")],
                p(".note")[f"Version {kind.version} of the rule that finds it."],
            ]
            for kind in kinds
        ],
    ]


def _count(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    return f" ({row['events']:,} found)" if row["events"] else " (none found)"


def _events(view: View, document: Mapping[str, Any], event: str) -> Node:
    rows = [row for row in document["rows"] if event in ("", row["event"])]
    title = f"Events of the kind {event}" if event else "Events, the weightiest first"
    if not rows:
        return section[h2[title], p["None was found."]]
    return section(aria_labelledby="events")[
        h2(id="events")[title],
        events(view, rows, _caption(rows, document), SHOWN, kinds=not event),
        p(".note")[
            f"{len(rows) - SHOWN:,} more are not shown; ",
            code[f"weighbridge quality{f' --event {event}' if event else ''} --format csv"],
            " prints all.",
        ]
        if len(rows) > SHOWN
        else None,
    ]


def _caption(rows: Sequence[Mapping[str, Any]], document: Mapping[str, Any]) -> str:
    return (
        f"{several(min(len(rows), SHOWN), 'event')} of {len(rows):,}; weight in {entries.told(document['unit'])} on "
        f"{entries.told(document['hub'])}"
    )


PAGE = Quality()
