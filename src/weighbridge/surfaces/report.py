"""A report: one file that opens from disk and prints, with the shares, what they hang on, claims, methods and sources.

It holds no script and asks nobody for anything. What cannot be told of what is held says so in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import htpy
from htpy import (
    Node,
    a,
    body,
    figcaption,
    h1,
    h2,
    h3,
    head,
    html,
    li,
    main,
    meta,
    nav,
    ol,
    p,
    pre,
    section,
    style,
    sup,
    title,
)
from markupsafe import Markup

from weighbridge import __version__, charts
from weighbridge.charts.subject import Subject
from weighbridge.charts.text import clean
from weighbridge.charts.wording import day, defined, span_of
from weighbridge.claims.ledger import Claim, ledger
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import offered
from weighbridge.records.amounts import several
from weighbridge.surfaces import citing
from weighbridge.surfaces.views import dataset
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import STANDARD, Look, Shelf
from weighbridge.surfaces.web.page import Given, View
from weighbridge.surfaces.web.pages import claims as claims_page
from weighbridge.surfaces.web.pages import methods
from weighbridge.surfaces.web.parts import definition
from weighbridge.surfaces.web.parts.answer_table import answer_table
from weighbridge.surfaces.web.parts.events import part as part_of_hub
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.inline import inline
from weighbridge.surfaces.web.parts.notes import notes, problem, removals, simulated
from weighbridge.surfaces.web.parts.table import table

WIDTH = 720
"""Width of the pictures in pixels: what is read on a sheet of paper."""
LIGHT = Look("light", WIDTH, None, head=False)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
NOT_ASKED = ("over", "splice")
"""Options of a question that a report has no use for: it is of one window."""
OPTIONS = tuple(option for option in offered.QUESTION if option.name not in NOT_ASKED)
ROWS = {"country": 15, "organisation": 20, "family": 20}
HEADINGS = {"country": "Shares by country", "organisation": "Shares by organisation", "family": "Shares by family"}
SOURCES_MOST = 10
"""Readings that are all described; of more only those that answer."""
ON_A_NEW_SHEET = ("by-organisation", "by-family", "definitions", "claims", "methods", "sources")
"""Parts that begin a page when printed."""
CANNOT = (DataMissing, UsageError)


class Nowhere:
    """No place leads anywhere: a report is alone."""

    def page(self, page: str, given: Given = ()) -> str | None:
        """None."""
        return None

    def subject(self, kind: str, name: str) -> str | None:
        """None."""
        return None

    def file(self, asked: Asked, ending: str, look: Look = STANDARD) -> str | None:
        """None."""
        return None

    def asset(self, name: str) -> str:
        """Nothing is fetched."""
        return ""

    def search(self) -> str:
        """Nothing can be searched."""
        return ""

    def absolute(self, address: str) -> str:
        """As it is."""
        return address


@dataclass
class Addresses:
    """Addresses of publications, numbered in the order in which they are named."""

    found: dict[str, int] = field(default_factory=dict)

    def mark(self, address: str) -> Node:
        """The number of an address, as a link to the list; nothing where it is none."""
        if not address.startswith("https://"):
            return None
        number = self.found.setdefault(address, len(self.found) + 1)
        return sup[a(href=f"#address-{number}")[f"[{number}]"]]


@dataclass(frozen=True)
class Report:
    """A report that was made.

    Attributes:
        title: what the data say, in one sentence.
        html: the whole file.
    """

    title: str
    html: str


def report(shelf: Shelf, given: Iterable[tuple[str, str]] = ()) -> Report:
    """The report of a question about one window.

    Args:
        shelf: what is asked.
        given: names and values of `OPTIONS`, as in an address.

    Raises:
        UsageError: an option is not valid.
        DataMissing: what is held cannot answer the question, or what draws is not installed.
    """
    writing = _Writing(shelf, tuple(given))
    return Report(writing.title, writing.whole())


class _Writing:
    """The report while it is made."""

    def __init__(self, shelf: Shelf, given: Given) -> None:
        self.shelf, self.given = shelf, given
        self.view = View(shelf, Nowhere(), published=True)
        self.addresses = Addresses()
        self.headline = self.asked("share", ("by", "country"), ("top", str(ROWS["country"])))
        self.document = shelf.document(self.headline)
        self.title = clean(charts.specification(self.document, head=False)["usermeta"]["weighbridge"]["title"])

    def asked(self, measure: str, *own: tuple[str, str]) -> Asked:
        """A measure with the report's question."""
        return Asked.of(measure, (*own, *self.given))

    def whole(self) -> str:
        """The file, from the doctype on."""
        parts = [(name, heading, make()) for name, heading, make in self.parts()]
        return str(
            html(lang="en", data_theme="light", data_page="report")[
                head[
                    meta(charset="utf-8"),
                    meta(http_equiv="Content-Security-Policy", content=POLICY),
                    meta(name="viewport", content="width=device-width, initial-scale=1"),
                    meta(name="generator", content=f"Weighbridge {__version__}"),
                    title[self.title],
                    style[Markup(_styles())],  # noqa: S704, files of the package
                ],
                body(".report")[main[self.top(), _contents(parts), [_part(*part) for part in parts]]],
            ]
        )

    def top(self) -> Node:
        """Title, answer and picture on the first sheet; then what was asked of what."""
        about = Subject.of(self.document)
        return [
            h1[self.title],
            simulated(self.document),
            p(".lead")[self.over_definitions()],
            self.picture(self.headline, self.document, titled=False),
            p(".subtitle")[
                f"Weighbridge {__version__}: {clean(self.document['unit'])} on {about.hub}, "
                f"{span_of(self.document['window'])}, as of {day(self.document['as_of'])}. {defined(about)}"
            ],
            definition.terms(self.document),
            definition.definition(self.document),
            notes(self.document),
        ]

    def over_definitions(self) -> str:
        """In how many definitions who leads; why that cannot be said."""
        try:
            found = self.shelf.document(self.asked("matrix"))
        except CANNOT as error:
            return f"How this hangs on the definition cannot be told: {clean(error.message)}."
        held = self.shelf.observatory.notes  # of every answer: they stand below the picture
        own = [note for note in found["notes"] if note not in held]
        return " ".join(clean(note) for note in own[:2])

    def parts(self) -> Iterable[tuple[str, str, Callable[[], Node]]]:
        """Anchor, heading and content of each part."""
        for by, heading in HEADINGS.items():
            yield f"by-{by}", heading, lambda by=by: self.shares(by)  # type: ignore[misc]
        yield "definitions", "Under every definition", lambda: self.answer(self.asked("matrix"), rows=False)
        yield "why", "Why: what carries the lead", lambda: self.answer(self.asked("influence"))
        yield "claims", "Published figures beside ours", self.claims
        yield "quality", "What is odd about the readings", self.quality
        yield "methods", "Methods in short", self.methods
        yield "sources", "Sources and their terms", self.sources
        yield "cite", "How to cite", self.cite
        yield "addresses", "Addresses of the publications", self.listed

    def shares(self, by: str) -> Node:
        """Shares along a dimension; those by country have their picture at the top, and what was removed here."""
        if by == "country":
            return [answer_table(self.view, self.headline, self.title), removals(self.document)]
        return self.answer(self.asked("share", ("by", by), ("top", str(ROWS[by]))))

    def answer(self, asked: Asked, rows: bool = True) -> Node:
        """Picture, table and notes of an answer; why there is none, where it cannot be told."""
        try:
            document = self.shelf.document(asked)
        except CANNOT as error:
            return problem(error.message, error.hint, "This cannot be told here")
        return [
            self.picture(asked, document),
            notes(document),
            answer_table(self.view, asked, _heading(document)) if rows else None,
        ]

    def picture(self, asked: Asked, document: Mapping[str, Any], titled: bool = True) -> Node:
        """The picture of an answer with what it says and rests on; why there is none, where none can be drawn."""
        try:
            said = charts.specification(document, head=False)["usermeta"]["weighbridge"]
        except CANNOT as error:
            return problem(error.message, error.hint, "There is no picture")
        return htpy.figure(".chart")[
            figcaption[titled and h3[said["title"]], p(".subtitle")[said["subtitle"]]],
            inline(self.shelf.drawing(asked, LIGHT).svg(), asked.slug, "wide", "light"),
            p(".note")[said["note"]] if said["note"] else None,
            p(".origin")[said["source"]],
        ]

    def claims(self) -> Node:
        """A row a claim; their addresses are numbered."""
        document = self.shelf.document(Asked("claims"))
        rows = [claims_page.Row(ledger()[row["id"]], row) for row in document["rows"]]
        ordered = sorted(rows, key=lambda row: claims_page.ORDER.index(row.verdict))
        return [
            p[claims_page.counted_verdicts(rows)],
            facts([(verdict, words) for verdict, words in claims_page.MEANS.items()]),
            table(
                [self.claim(row) for row in ordered],
                "Published figures and ours",
                columns=("claim", "published", "ours", "nearest", "verdict"),
                most=len(ordered),
            ),
            notes(document),
        ]

    def claim(self, row: claims_page.Row) -> dict[str, Any]:
        """The cells of one claim."""
        claim: Claim = row.claim
        return {
            "claim": htpy.span[
                clean(claim.statement), ", ", htpy.span(".who")[clean(claim.source), self.addresses.mark(claim.address)]
            ],
            "published": claims_page.published(claim),
            "ours": claims_page.ours(row.found, claim) if row.found["ours"] is not None else "",
            "nearest": claims_page.nearest_value(row.found) or "",
            "verdict": row.verdict,
        }

    def quality(self) -> Node:
        """The kinds of events with their weight."""
        hub = str(self.document["hub"])
        try:
            document = self.shelf.quality(hub)
        except CANNOT as error:
            return problem(error.message, error.hint, "There is no quality ledger")
        kinds = [
            {**row, "share": None if row["share"] is None else part_of_hub(row["share"])} for row in document["summary"]
        ]
        return [
            table(kinds, f"Events in the readings of {clean(hub)}", heads={"share": "part of the hub's weight"}),
            notes(document),
        ]

    def methods(self) -> Node:
        """The sections of the methods, without what they list."""
        return [
            p(".origin")[methods.version()],
            [
                [
                    h3[one["title"]],
                    methods.paragraphs(one["words"]),
                    pre(".formula")[one["formula"]] if "formula" in one else None,
                ]
                for one in methods.sections()
            ],
        ]

    def sources(self) -> Node:
        """Every reading with whose it is and under which terms."""
        held = dataset.readings(self.shelf)
        used = set(self.document["vintages"])
        origin = dataset.origin(self.shelf)
        return [
            p[f"{several(len(held), 'reading')} held; the shares above are of {clean(', '.join(sorted(used)))}."],
            p[origin] if origin else None,
            [
                htpy.article[
                    h3[clean(row["title"])],
                    facts(
                        [
                            ("Vintage", clean(row["id"])),
                            ("Producer", clean(row["producer"])),
                            ("Licence", clean(row["licence"])),
                            ("Terms", clean(row["terms"])),
                            ("Known since", day(row["known"])),
                            ("Models", f"{row['models']:,}"),
                            ("SHA-256", clean(row["sha256"])),
                        ]
                    ),
                ]
                for row in held
                if row["id"] in used or len(held) <= SOURCES_MOST
            ],
        ]

    def cite(self) -> Node:
        """The headline figure and all of it."""
        answer = self.document
        heading = str(answer["title"])
        return [
            p["The figures of this report:"],
            pre[citing.apa(answer, heading)],
            pre[citing.bibtex(answer, heading)],
            p["All that is held:"],
            pre[dataset.cited(self.shelf, "line")],
            p["Printed by: ", htpy.code[self.command()]],
        ]

    def command(self) -> str:
        """The command that writes the report, with the options as they were asked."""
        chosen = Asked.of("share", self.given).command.removeprefix("weighbridge share")
        return f"weighbridge report -o report.html{chosen}"

    def listed(self) -> Node:
        """The numbered addresses."""
        return ol(".addresses")[
            (
                li(id=f"address-{number}")[a(href=where, rel="noreferrer external")[where]]
                for where, number in self.addresses.found.items()
            )
        ]


def _heading(document: Mapping[str, Any]) -> str:
    """What an answer says, in one sentence; its own title where no chart says it."""
    try:
        return str(charts.specification(document, head=False)["usermeta"]["weighbridge"]["title"])
    except CANNOT:
        return clean(document["title"])


def _contents(parts: Sequence[tuple[str, str, Node]]) -> Node:
    return nav(".contents", aria_label="Contents")[ol[(li[a(href=f"#{name}")[heading]] for name, heading, _ in parts)]]


def _part(name: str, heading: str, inside: Node) -> Node:
    return section(class_=["part", "opens" if name in ON_A_NEW_SHEET else None], aria_labelledby=name)[
        h2(id=name)[heading], inside
    ]


def _styles() -> str:
    """The style of the pages and that of reports; neither can end its element or fetch anything."""
    folder = resources.files("weighbridge.surfaces.web")
    texts = [folder.joinpath(name).read_text(encoding="utf-8") for name in ("static/app.css", "data/report.css")]
    return re.sub(r"<|@import[^;]*;|url\((?!['\"]?data:)[^)]*\)", "", "\n".join(texts))


def given_of(options: Mapping[str, Any]) -> Given:
    """Options of a command as names and values of an address; what was not given is left out."""
    names = {option.keyword: option.name for option in OPTIONS}
    found = []
    for keyword, value in options.items():
        if isinstance(value, (tuple, list)):
            found += [(names[keyword], str(part)) for part in value]
        elif value is not None and value is not False:
            found.append((names[keyword], "yes" if value is True else str(value)))
    return tuple(found)
