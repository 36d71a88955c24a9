"""The overview: whose open models the world takes, how far that hangs on definitions, and what carries it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from htpy import Node, a, h1, h2, li, ol, p, section, strong, ul

from weighbridge.charts.subject import Subject
from weighbridge.charts.text import clean, counted, percent, points
from weighbridge.charts.wording import capital, day, doubt, spoken
from weighbridge.errors import DataMissing, WeighbridgeError
from weighbridge.measures.changes import changes
from weighbridge.measures.pairs import PAIR
from weighbridge.records.amounts import several
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import effects, headline
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.figure import figure
from weighbridge.surfaces.web.parts.notes import simulated
from weighbridge.surfaces.web.parts.text import date, subject
from weighbridge.surfaces.web.parts.ways import explore, way

QUESTION = "Whose open models does the world take?"
SHARE = Asked()
MORE = tuple(Asked.of("share", [("by", by)]) for by in ("organisation", "family"))
MATRIX, INFLUENCE = Asked.of("matrix"), Asked.of("influence")
CARRYING = 5
"""Models that are named as carrying the lead."""
MOVED = 5
"""Groups, models and events of a change that are named."""
Document = Mapping[str, Any]


class Overview:
    """The first page."""

    id = "overview"
    title = "Overview"
    rank = 0

    def make(self, view: View) -> Made:
        """See `Page.make`; where nothing that is held gives shares, it says what is held."""
        try:
            document = view.shelf.document(SHARE)
        except DataMissing as error:
            return _without_shares(view, error)
        said = headline.answer(document)
        body = [
            h1[QUESTION],
            simulated(document),
            p(".answer")[said],
            p(".origin")[headline.window(document)],
            [p[line] for line in (headline.left_out(document), headline.standing(view)) if line],
            p[" ".join(filter(None, (_unknown(document), doubt(Subject.of(document)))))],
            headline.newer(view, document),
            _range(view),
            figure(view, SHARE, first=True),
            _why(view),
            [_maybe(view, asked, lambda asked=asked: figure(view, asked, full=False)) for asked in MORE],  # type: ignore[misc]
            _changed(view),
            _reading(view, document),
            _ways(view),
        ]
        return Made("Weighbridge", f"{QUESTION} {said}", body)

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """See `Page.published`."""
        return [(None, ())]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """See `Page.figures`."""
        return [SHARE, *MORE, MATRIX, INFLUENCE]


def _without_shares(view: View, error: DataMissing) -> Made:
    """The page where only amounts of a router are held, or only what gives no share yet."""
    body = [h1[QUESTION], headline.unweighed(view, error), _ways(view)]
    return Made("Weighbridge", f"{QUESTION} {clean(error.message)}.", body)


def _unknown(document: Document) -> str:
    """How much of the weight is nobody's that is known."""
    about = Subject.of(document)
    rows = {row["group"]: row for row in document["rows"]}
    parts = [
        f"{percent(rows[group]['value'])} {words}"
        for group, words in (
            ("unregistered", "is unregistered: nobody has looked whose it is"),
            ("unknown", "is of parties whose country could not be told"),
            ("unaffiliated", "is of persons and communities without a stated country"),
        )
        if group in rows
    ]
    if not parts:
        return f"Nothing of these {about.unit} is unregistered."
    return f"Of {'the rest' if headline.parties(document) else 'all that'}, {'; '.join(parts)}."


def _range(view: View) -> Node:
    """The range of the answer across definitions, in sentences."""

    def made() -> Node:
        document = view.shelf.document(MATRIX)
        return section("#range", aria_labelledby="range-title")[
            h2("#range-title")["Under which definitions is that so?"],
            p[_pair(document), effects.verdict(document), " ", effects.reach(document), " ",
              effects.matters(document), " ",
              way(view.links.page("definitions"), "See every definition"), "."],
        ]  # fmt: skip

    return _maybe(view, MATRIX, made)


def _pair(document: Document) -> str:
    """Why these two, where nobody chose them."""
    if tuple(document["groups"]) != PAIR.get(document["by"]):
        return ""
    names = " and ".join(spoken(Subject.of(document), group) for group in document["groups"])
    return f"{capital(names)} are set against each other: the pair that the published figures compare. "


def _why(view: View) -> Node:
    """What carries the lead: the few models and organisations on which it hangs."""

    def made() -> Node:
        document = view.shelf.document(INFLUENCE)
        about = Subject.of(document)
        ahead = document["leader"]
        other = next(group for group in document["groups"] if group != ahead) if ahead else None
        few = document["breakdown"] or {}
        carrying = [row for row in document["models"] if row["group"] == ahead][:CARRYING]
        need = " or ".join(f"{count:,} {kind if count != 1 else kind[:-1]}" for kind, count in few.items() if count)
        return section("#why", aria_labelledby="why-title")[
            h2("#why-title")["What carries the lead?"],
            ahead and other and p[
                f"{capital(spoken(about, ahead))} is {_points(document['difference'])} points ahead of "
                f"{spoken(about, other)}. ",
                strong[f"Without its {need} that carry most, {spoken(about, other)} would be ahead."] if need else
                "No removal of single models or organisations turns that.",
            ],
            carrying and [
                p["The models that carry most of it:"],
                ol(".carrying")[(
                    li[subject(view, "model", row["model"]), f", {_points(row['moves'])} points, "
                       f"{counted(row['downloads'])} {document['unit']}"]
                    for row in carrying
                )],
            ],
            p[way(explore(view, INFLUENCE), "All that carries it")],
        ]  # fmt: skip

    return _maybe(view, INFLUENCE, made)


def _points(part: float) -> str:
    return points(abs(part)).removeprefix("+")


def _maybe(view: View, asked: Asked, made: Callable[[], Node]) -> Node:
    """A part of the page, or why what is held does not give it."""
    try:
        return made()
    except WeighbridgeError as error:
        return p(".hint")[clean(f"Not shown: {error.message}. {error.hint or ''}")]


def _changed(view: View) -> Node:
    """What changed since the reading before."""
    shelf = view.shelf

    def ask() -> Document:
        return changes(shelf.observatory.backing, shelf.observatory.question())

    try:
        document: Document = shelf.once("changes", ask)
    except WeighbridgeError as error:
        document = {"from": None, "because": error.message, "events": []}
    heading = h2("#changes-title")["What changed since the reading before?"]
    if document["from"] is None:
        return section("#changes", aria_labelledby="changes-title")[
            heading, p[clean(f"Nothing can be said: {document['because']}.")], _events(document)
        ]
    then, now = document["from"], document["to"]
    return section("#changes", aria_labelledby="changes-title")[
        heading,
        p[
            "From the reading of ", date(then["day"]), " to that of ", date(now["day"]), ": ",
            f"{counted(then['total'])} became {counted(now['total'])} {document['unit']}.",
        ],
        ul[(_moved(view, by, rows) for by, rows in document["groups"].items() if rows)],
        _models(view, document),
        _events(document),
    ]  # fmt: skip


def _moved(view: View, by: str, rows: Sequence[Document]) -> Node:
    about = Subject({"by": by}, "share")
    told = [
        [subject(view, by, row["group"], about.name(row["group"])),
         f" {points(row['moved'])}{'' if row['sure'] else ' (within the bounds)'}"]
        for row in rows[:MOVED]
    ]  # fmt: skip
    return li[f"By {by}, in points: ", ([", " if n else "", one] for n, one in enumerate(told))]


def _models(view: View, document: Document) -> Node:
    """Models that came and went."""
    found = document["models"]
    if found is None:
        return p(".hint")[clean("; ".join(document["missing"].values()))] if document["missing"] else None
    shown = [(words, found[name]) for name, words in (("appeared", "appeared"), ("vanished", "vanished"),
                                                      ("missing", "missing")) if found[name]["models"]]  # fmt: skip
    return ul[(
        li[f"{several(one['models'], 'model')} {words}: ",
           ([", " if n else "", subject(view, "model", row["model"])] for n, row in enumerate(one["rows"][:MOVED])),
           " …" if one["models"] > MOVED else ""]
        for words, one in shown
    )]  # fmt: skip


def _events(document: Document) -> Node:
    """The most recent events about the readings themselves."""
    found = document["events"][:MOVED]
    if not found:
        return None
    return [
        p["The newest events in the quality ledger:"],
        ul[(li[clean(f"{event['event']}, {day(event['from'])}: {event.get('model') or event.get('detail') or ''}")]
            for event in found)],
    ]  # fmt: skip


def _reading(view: View, document: Document) -> Node:
    """How to read a share."""
    about = Subject.of(document)
    methods = view.links.page("methods")
    return section("#reading", aria_labelledby="reading-title")[
        h2("#reading-title")["How to read a share"],
        facts([
            ("Share", f"A group's {about.unit} over all {about.unit}, those of unregistered models included."),
            ("Bounds", "The least and the most that the share can be, whatever the unknown turns out to be. "
                       "One group leads outside the bounds if no answer to what is unknown could turn it."),
            ("unregistered", "Nobody has looked whose these models are. They could be anyone's, so they widen "
                             "everybody's bounds."),
            ("unknown", "Looked at, but the country could not be told."),
            ("unaffiliated", "Persons and communities that are known to act without a country."),
            (capital(about.unit), f"What {about.hub} counts: requests for a model's files, by machines too. "
                          "They are neither users nor use."),
        ]),
        p[way(methods, "How it is weighed")],
    ]  # fmt: skip


def _ways(view: View) -> Node:
    """Ways on."""
    listed = (
        ("explore", "Explore", "any measure, definition and window"),
        ("definitions", "Definitions", "the same question under every defensible one"),
        ("compare", "Compare", "up to six countries, organisations, families or models"),
        ("claims", "Claims", "published figures beside ours"),
        ("quality", "Quality", "what is wrong or odd in the readings"),
        ("data", "Data", "sources, vintages, licences, files"),
    )
    found = [(title, words, view.links.page(page)) for page, title, words in listed]
    return section("#ways", aria_labelledby="ways-title")[
        h2("#ways-title")["Ways on"],
        ul(".ways")[(li[a(href=address)[strong[title], " ", words]] for title, words, address in found if address)],
    ]


PAGE = Overview()
