"""Parts of the pages of models, organisations and families, from their documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Node, div, h2, li, p, section, strong, ul

from weighbridge.charts.subject import Subject
from weighbridge.charts.text import counted, percent
from weighbridge.charts.wording import PLURAL, origin, period, terms
from weighbridge.surfaces.views.profiles import series as series_of
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts import entries, evidence, text
from weighbridge.surfaces.web.parts.bounds import strip
from weighbridge.surfaces.web.parts.drawn import drawn
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.notes import notes, removals
from weighbridge.surfaces.web.parts.table import Cell, table

Document = Mapping[str, Any]
EXACT = "no unknown weight could be added"
KINDS_OF_COPY = {
    "finetune": "fine-tunes",
    "adapter": "adapters",
    "quantized": "quantised copies",
    "merge": "merges",
}
DIMENSIONS = {
    "organisation": "organisations",
    "country": "countries",
    "family": "families",
    "task": "tasks",
    "licence": "licences",
    "size": "sizes in billions of parameters",
    "quantised": "quantised copies",
}


def terms_of(document: Document) -> Node:
    """Under which definition, in which window and from what all figures of the page are."""
    about = Subject.of(document)
    return [
        p(".subtitle")[terms(about, f"All figures are {about.unit}")],
        p(".origin")[origin(about)],
    ]


def unit_of(document: Document) -> str:
    """What is counted."""
    return Subject.of(document).unit


def names(view: View, kind: str) -> Cell:
    """Cells that are names of one kind; countries in words."""
    about = Subject({"by": kind}, "share")
    return lambda value, _: text.subject(view, kind, value, about.name(value))


def share(document: Document) -> Node:
    """The share with its bounds and rank, in words."""
    found = document["share"]
    if found is None:
        return strong["none of its weight counts under this definition"]
    return [_limited(found), div(".under")[ranked(found)]]


def _limited(found: Mapping[str, Any]) -> Node:
    """A share with its bounds."""
    value, lo, hi = (found[name] for name in ("value", "lo", "hi"))
    bounds = EXACT if lo == value == hi else f"from {percent(lo)} to {percent(hi)}, given what is unknown"
    return [strong[percent(value)], f" ({bounds})"]


def ranked(found: Mapping[str, Any]) -> str:
    """`3rd of 424` in words."""
    return f"number {found['rank']:,} of {found['ranked']:,}" if found.get("rank") else ""


def by_definition(document: Document) -> Node:
    """The share under each named definition."""
    rows = document["definitions"]
    most = max((row["hi"] or 0.0 for row in rows), default=0.0)
    shown = [
        {
            "definition": div[text.typed(row["definition"]), div(".under")[_asks(row)]],
            "share": row["value"],
            "at_least": row["lo"],
            "at_most": row["hi"],
            "bounds": strip(row["value"], row["lo"], row["hi"], most),
            "rank": ranked(row),
            "of": row["total"],
        }
        for row in rows
    ]
    cells = dict.fromkeys(("share", "at_least", "at_most"), _part)
    return section_of(
        "definitions",
        "Under each definition",
        p["The same question under every named definition, each share of its own whole with its own bounds."],
        table(shown, "Share under each named definition", cells=cells, heads={"of": f"of {unit_of(document)}"}),
    )


def _asks(row: Mapping[str, Any]) -> str:
    """What a definition asks, and why it has no figure here."""
    title = entries.told(row["title"])
    return title if row["because"] is None else f"{title}. No figure: {entries.told(row['because'])}"


def heaviest(view: View, document: Document, what: str) -> Node:
    """Its heaviest models."""
    found = document["models"]
    return section_of(
        "models",
        f"Its heaviest models ({len(found['rows'])} of {found['count']:,})" if found["rows"] else "Its models",
        groups(view, document, "model", found["rows"], f"The heaviest models of {what}"),
    )


def groups(view: View, document: Document, kind: str, rows: Sequence[Mapping[str, Any]], title: str) -> Node:
    """Groups of one kind within the subject, with their part of its weight and of the whole."""
    columns = ["group", "part", "value", "downloads", *(["models"] if kind != "model" else [])]
    cells: dict[str, Cell] = {"part": _part, "value": _part, "group": names(view, kind)}
    heads = {
        "group": kind,
        "part": "part of its weight",
        "value": f"part of all {unit_of(document)}",
        "downloads": unit_of(document),
    }
    return table(rows, title, columns=columns, cells=cells, heads=heads) if rows else p["None is named here."]


def divided(view: View, document: Document, what: str) -> Node:
    """How its weight is told apart by family, task, licence and size."""
    return section_of(
        "divided",
        "What its weight is made of",
        [groups(view, document, by, rows, f"{what}: {DIMENSIONS.get(by, by)}") for by, rows in document["by"].items()],
    )


def derivatives(document: Document, what: str) -> Node:
    """How much is built on it, and what part of its weight goes through others' copies."""
    found = document["derivatives"]
    if not found:
        return section_of("derivatives", "Who builds on it", missing_line(document, "derivatives"))
    kinds = [f"{found[name]:,} {words}" for name, words in KINDS_OF_COPY.items() if found.get(name)]
    told = f" ({', '.join(kinds)})" if kinds else ""
    pairs: list[tuple[Node, Node]] = [
        ("Models that descend from it", f"{found['models']:,}{told}"),
        ("Generations", _generations(found)),
        ("New in the window", f"{found['new']:,}" if found.get("new") is not None else None),
        ("Bear its name", f"{found['named']:,}" if found.get("named") else None),
        ("Weight through them", _through(found)),
    ]
    return section_of(
        "derivatives",
        "Who builds on it",
        p[f"By the bases that cards declare, from {what} on. Most repositories declare none."],
        facts(pairs),
    )


def _generations(found: Mapping[str, Any]) -> str | None:
    if found.get("generation_1") is None:
        return None
    return f"{found['generation_1']:,} of the first, {found['generation_2']:,} of the second, {found['later']:,} later"


def _through(found: Mapping[str, Any]) -> Node:
    value, lo, hi = (found.get(name) for name in ("value", "lo", "hi"))
    if value is None:
        return "not known"
    limits = "" if lo == value == hi or lo is None or hi is None else f" (from {percent(lo)} to {percent(hi)})"
    return f"{percent(value)}{limits} of its own weight and theirs together"


def series(document: Document) -> Node:
    """Its share period by period, where two readings make a series."""
    rows = document["series"]
    if not rows:
        return section_of("series", "Over time", missing_line(document, "series"))
    shown = [
        {
            "period": period(str(row["period"])),
            "share": row["value"],
            "at_least": row["lo"],
            "at_most": row["hi"],
            "amount": row["downloads"],
            "kind": row["kind"],
        }
        for row in rows
    ]
    cells = dict.fromkeys(("share", "at_least", "at_most"), _part)
    heads = {"amount": unit_of(document)}
    return section_of(
        "series",
        "Over time",
        drawn(series_of(document), "series"),
        table(shown, "Share by period", cells=cells, heads=heads),
    )


def elsewhere(view: View, document: Document) -> Node:
    """Its shares on the other hubs that are held, with the way to its pages there."""
    rows = document["elsewhere"]
    if not rows:
        return None
    kind = document["subject"]
    return section_of(
        "elsewhere",
        "On other hubs",
        p["Each hub counts in its own unit and over its own window, so these shares are not to be added."],
        ul[
            (
                li[text.subject(view, kind, one["name"], hub=one["hub"]), f" on {hub_of(one)}: ", _there(one)]
                for one in rows
            )
        ],
    )


def hub_of(one: Mapping[str, Any]) -> str:
    """Name of the hub of a row, in words."""
    return Subject({"hub": one["hub"]}, "share").hub


def _there(one: Mapping[str, Any]) -> Node:
    return [_limited(one["share"]), f" of all {one['unit']}"]


def who(view: View, found: Mapping[str, Any]) -> list[tuple[Node, Node]]:
    """Who a party is, with the grade of the evidence and what speaks for another view, as facts."""
    country = names(view, "country")
    others = found.get("alternatives") or ()
    return [
        ("Type", entries.told(found["type"]) if found.get("type") else None),
        ("Country", country(found["country"], {}) if found.get("country") else "none is stated"),
        ("Part of", text.subject(view, "organisation", found["parent"]) if found.get("parent") else None),
        ("Evidence", _evidence(found)),
        ("Note", entries.told(found["note"]) if found.get("note") else None),
        ("Others hold", entries.listed([_other(other) for other in others])),
    ]


def _evidence(found: Mapping[str, Any]) -> Node:
    grade, words, when = found.get("grade"), found.get("evidence"), found.get("evidence_date")
    if not grade and not words:
        return None
    place = found.get("country_grade")
    return [
        evidence.badge(grade) if grade else None,
        [" who; ", evidence.badge(place), " where"] if place and place != grade else None,
        f" {entries.told(words)}" if words else None,
        f" (looked at {entries.told(when)})" if when else None,
    ]


def _other(found: Mapping[str, Any]) -> str:
    return entries.told(", ".join(f"{name} {value}" for name, value in found.items()))


def foot(document: Document) -> Node:
    """What could not be told, what was removed, and the notes."""
    lines = document["missing"].items()
    return [
        section(".missing", aria_labelledby="missing")[
            h2(id="missing")["What cannot be told here"],
            ul[(li[strong[f"{entries.told(part)}: "], f"{entries.told(reason)}."] for part, reason in lines)],
        ]
        if lines
        else None,
        section(aria_labelledby="terms")[
            h2(id="terms")["What stands behind these figures"], removals(document), notes(document)
        ]
        if document.get("removed") or document.get("notes")
        else None,
    ]


def missing_line(document: Document, part: str) -> Node:
    """Why a part is not there."""
    reason = document["missing"].get(part)
    return p[f"Not told: {entries.told(reason)}."] if reason else p["Nothing is known of it here."]


def amount(document: Document, value: int | None) -> str | None:
    """An amount in words; null where it is not known."""
    return None if value is None else f"{counted(value)} {unit_of(document)}"


def titled(kind: str, document: Document) -> str:
    """A sentence on the subject for search engines."""
    found, about = document["share"], Subject.of(document)
    name = entries.told(document["name"])
    if found is None:
        return f"{name}: a {kind} on {about.hub} without weight under this definition."
    return (
        f"{name} has {percent(found['value'])} of the {about.unit} on {about.hub}: number {found['rank']:,} of "
        f"{found['ranked']:,} {PLURAL[kind]}."
    )


def _part(value: Any, _: Mapping[str, Any]) -> Node:
    return "" if value is None else percent(value)


def section_of(anchor: str, title: str, *inside: Node) -> Node:
    """A section of a page with its heading."""
    return section(aria_labelledby=anchor)[h2(id=anchor)[title], list(inside)]
