"""Titles, subtitles and source lines, made from what an answer says and from nothing else.

A title is a claim, so it says that a group leads only where the lead is outside the bounds: where the least that the
first can have is over the most that any other can.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import resources
from typing import Any

from weighbridge.charts.subject import OTHER, Subject, day_of, number
from weighbridge.charts.text import clean, counted, percent, shortened
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.register.parties import INDIVIDUALS
from weighbridge.sources import sources

IN_TITLE = 330.0
"""Pixels of a name in a title, at the ordinary size."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FLOWS = {
    "windowed": "30-day counters",
    "measured": "differences of counters",
    "interpolated": "partly interpolated",
    "mixed": "counters of several kinds",
    "created": "by day of creation",
}
SCOPES = {"everything": "all models", "language": "language models", "without-quantised": "models but quantised copies"}
SEPARATOR = "\N{NO-BREAK SPACE}· "
PLURAL = {
    "country": "countries", "region": "regions", "organisation": "organisations", "family": "families",
    "model": "models", "namespace": "namespaces", "type": "types", "task": "tasks", "licence": "licences",
}  # fmt: skip
PARTS = {INDIVIDUALS: "of individuals", SMALL: "of small namespaces", UNNAMED: "of models not named here"}
"""How weight that is no party's is spoken of, where its name would not read well."""
HIDING = (OTHER, SMALL, UNNAMED)
"""Remainders in which there are parties that have no row of their own."""
OUTSIDE = "Not in the bounds"
"""How a note begins that says what the bounds leave out; `measures/share.py` writes it."""


def named(subject: Subject, group: Any) -> str:
    """A group's name as it stands in a sentence."""
    return shortened(isolated(subject.name(group)), IN_TITLE, 13)


def spoken(subject: Subject, group: Any) -> str:
    """A group's name within a sentence of a text, with the article where English has one: `the United States`."""
    article = "the " if str(group) in _with_article().get(subject.by, ()) else ""
    return f"{article}{isolated(subject.name(group))}"


def capital(text: str) -> str:
    """Text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


@functools.cache
def _with_article() -> dict[str, frozenset[str]]:
    text = resources.files("weighbridge.charts").joinpath("data/articles.toml").read_text(encoding="utf-8")
    return {dimension: frozenset(groups) for dimension, groups in tomllib.loads(text).items()}


def isolated(text: str) -> str:
    """Text whose letters run from right to left, kept from reordering what stands around it."""
    import unicodedata

    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text):
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    return text


def day(text: Any) -> str:
    """A date as `11 Jun 2024`; text that is none as it is."""
    try:
        found = date.fromisoformat(str(text)[:10])
    except ValueError:
        return clean(text)
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def from_ordinal(number_: int) -> str:
    """A day, given as an ordinal, as `11 Jun 2024`."""
    return day(date.fromordinal(number_).isoformat())


def period(name: str) -> str:
    """A period as `May 2026`, `Q2 2024`, `week 23 of 2024`."""
    year, _, rest = name.partition("-")
    if rest.startswith("W"):
        return f"week {int(rest[1:])} of {year}" if rest[1:].isdigit() else clean(name)
    if rest.startswith("Q"):
        return f"{rest} {year}"
    if rest.isdigit() and 1 <= int(rest) <= 12:
        return f"{MONTHS[int(rest) - 1]} {year}"
    return clean(name)


def on_axis(start: int, end: int) -> tuple[str, str]:
    """A period's name on an axis, and the year that stands under it; days are ordinals."""
    first, days = date.fromordinal(start), end - start
    if days > 300:
        return str(first.year), ""
    if days > 80:
        return f"Q{(first.month + 2) // 3}", str(first.year)
    if days > 20:
        return MONTHS[(first.month if first.day < 16 else first.month % 12 + 1) - 1], str(first.year)
    return f"{first.day} {MONTHS[first.month - 1]}", str(first.year)


def window(subject: Subject) -> str:
    """The window in words: from the first day to the last, both counted."""
    return span_of(subject.document.get("window") or {})


def span_of(found: Mapping[str, Any]) -> str:
    """A window in words, from its first day to its last; empty where there is none."""
    if not found:
        return ""
    kind = FLOWS.get(str(found.get("kind")), clean(found.get("kind")))
    return f"{days_of(found)} ({kind})"


def days_of(found: Mapping[str, Any]) -> str:
    """The days of a window, both counted: `11 Jun 2024 to 10 Jul 2024`."""
    last = day_of(found["to"])
    until = clean(found["to"]) if last is None else from_ordinal(last - 1)
    return f"{day(found['from'])} to {until}"


def defined(subject: Subject) -> str:
    """The definition in words, with every choice that moves a figure."""
    chosen = subject.document.get("definition") or {}
    if not chosen:
        return ""
    age = chosen.get("max_age_days")
    scope = str(chosen.get("scope", "everything"))
    parts = [
        SCOPES.get(scope, clean(scope)),
        f"first {age} days of each" if age else "of any age",
        f"credited to the {'uploader' if chosen.get('attribution') == 'uploader' else 'declared base'}",
        f"cleaned by {', '.join(map(clean, chosen.get('clean') or ())) or 'nothing'}",
    ]
    if chosen.get("register", "house") != "house":
        parts.append(f"register {clean(chosen['register'])}")
    if chosen.get("bounds") == "strict":
        parts.append("the unaffiliated count as unknown")
    if chosen.get("contested") == "widest":
        parts.append("bounds take in contested attributions")
    return f"Definition {clean(chosen.get('name'))} v{chosen.get('version')}: {', '.join(parts)}."


def terms(subject: Subject, what: str, definition: bool = True) -> str:
    """The subtitle: what is drawn and its unit, the window, and the definition.

    Args:
        definition: whether one definition holds for all that is drawn.
    """
    where = f" on {subject.hub}" if subject.hub else ""
    span = window(subject)
    said = f"{what}{where}{', ' + span if span else ''}."
    return marked(subject, f"{said} {defined(subject)}".strip() if definition else said)


def marked(subject: Subject, said: str) -> str:
    """A subtitle, with a word before it where the data are simulated."""
    return f"Simulated data. {said}" if subject.document.get("simulated") else said


def origin(subject: Subject) -> str:
    """The source line: who gave the data, under which licence, which vintage, and what was known when."""
    document = subject.document
    told = []
    for found in document.get("sources") or ():
        licence = _licence(str(found.get("vintage", "")))
        told.append(f"{clean(found.get('title'))}{f' (licence: {licence})' if licence else ''}")
    vintages = [clean(name) for name in document.get("vintages") or ()]
    many = f"{vintages[0]} and {len(vintages) - 1} more" if len(vintages) > 2 else ", ".join(vintages)
    parts = [f"Source: {'; '.join(dict.fromkeys(told))}"] if told else []
    if many:
        parts.append(f"Vintage {many}{f' (a {clean(document[key])})' if (key := 'population') in document else ''}")
    if document.get("as_of"):
        parts.append(f"As of {day(document['as_of'])}")
    known = document.get("coverage") or {}
    if "registered_share" in known:
        parts.append(f"{percent(known['registered_share'])} of the weight registered")
    return SEPARATOR.join([*parts, "Weighbridge"])


@functools.lru_cache(maxsize=1_024)
def _licence(vintage: str) -> str:
    """The licence of the source that a vintage is of; its id begins with the source's."""
    known = sources()
    ids = [name for name in known if vintage.startswith(f"{name}-")]
    return clean(known[max(ids, key=len)].descriptor.licence) if ids else ""


def figure(subject: Subject, value: float) -> str:
    """A value in the unit of its answer."""
    return percent(value) if subject.is_part else counted(value)


def leading(subject: Subject, rows: Sequence[Mapping[str, Any]], of: str, when: str = "") -> str:
    """A title: who leads outside the bounds, or that nobody does.

    Args:
        rows: of one window or period, in any order.
        of: what the whole is, such as `downloads`.
        when: the period, such as ` in May 2026`.
    """
    known = [row for row in rows if number(row.get("value")) is not None]
    parties = sorted((row for row in known if subject.is_party(row["group"])), key=lambda row: -row["value"])
    if not parties or parties[0]["value"] <= 0:
        return _without_parties(subject, known, of, when)
    first, second = parties[0], parties[1] if len(parties) > 1 else None
    name = named(subject, first["group"])
    share = figure(subject, first["value"])
    if second is None:
        return f"{name} has {share} of {of}{when}"
    beside = f"{named(subject, second['group'])} has {_told_apart(subject, second['value'], first['value'])}"
    rest = [row for row in known if not subject.is_party(row["group"]) and row["group"] != OTHER]
    more = max((row for row in rest if row["value"] > first["value"]), key=lambda row: row["value"], default=None)
    if leads_outside(subject, known, first):
        share = _told_apart(subject, first["value"], second["value"])
        if more is None:
            return f"{name} leads with {share} of {of}{when}; {beside}"
        among = PLURAL.get(subject.by, "groups")
        aside = f"{figure(subject, more['value'])} is {PARTS.get(more['group'], named(subject, more['group']).lower())}"
        return f"{name} leads the {among} with {share} of {of}{when}; {aside}"
    share = _told_apart(subject, first["value"], second["value"])
    return f"No lead outside the bounds{when}: {name} has {share} of {of}, {beside.replace(' has ', ' ')}"


def leads_outside(subject: Subject, rows: Sequence[Mapping[str, Any]], first: Mapping[str, Any]) -> bool:
    """Whether the least that a group can have is over the most that any other party can, one without a row included."""
    least = number(first.get("lo"))
    most = [number(row.get("hi")) for row in rows if row["group"] != first["group"] and subject.is_party(row["group"])]
    limits = [*most, _without_a_row(subject, rows)]
    return least is not None and all(limit is not None and least > limit for limit in limits)


def _without_a_row(subject: Subject, rows: Sequence[Mapping[str, Any]]) -> float:
    """The most that a party can have that has no row: all that nobody knows, and the most that a remainder hides.

    Rows of one window are its largest groups, so that a remainder hides no group that is larger than they are.
    """
    known = [(row, value) for row in rows if (value := number(row.get("value"))) is not None]
    nobodys = sum(value for row, value in known if subject.nobody_knows(row["group"]))
    widest = [limit - value for row, value in known
              if subject.is_party(row["group"]) and (limit := number(row.get("hi"))) is not None]  # fmt: skip
    listed = [value for row, value in known if row["group"] not in HIDING and row.get("period") is None]
    hidden = [min([value, *listed]) for row, value in known if row["group"] in HIDING]
    return max([nobodys, *widest]) + max(hidden, default=0.0)


def _without_parties(subject: Subject, known: Sequence[Mapping[str, Any]], of: str, when: str) -> str:
    """A title where no party has a row with weight: those that are summed may have some."""
    hidden = sum(row["value"] for row in known if row["group"] in HIDING)
    if hidden <= 0:
        return f"No {subject.by or 'group'} is known to have {of}{when}"
    rest = [row for row in known if row["group"] not in HIDING and row["value"] > 0]
    told = "".join(
        f"; {figure(subject, row['value'])} is {PARTS.get(row['group'], named(subject, row['group']).lower())}"
        for row in sorted(rest, key=lambda row: -row["value"])[:2]
    )
    among = PLURAL.get(subject.by, "groups")
    return f"{figure(subject, hidden)} of {of}{when} is of {among} that are not listed here{told}"


def _told_apart(subject: Subject, value: float, other: float) -> str:
    """A value with enough digits that it does not read like another that it differs from."""
    if not subject.is_part:
        return counted(value)
    for digits in (0, 1, 2):
        if percent(value, digits) != percent(other, digits):
            return max(percent(value), percent(value, digits), key=len)
    return percent(value)


def titled(subject: Subject) -> str:
    """What the answer calls itself, as the beginning of a sentence."""
    return capital(clean(subject.document.get("title") or subject.measure.replace("-", " ")))


def whole(subject: Subject) -> str:
    """What shares are of: downloads, pulls, or what the answer says that it counts."""
    asked = subject.document.get("asked")
    if subject.measure == "new-models" and isinstance(asked, Mapping):
        return f"new models ({clean(asked.get('models'))})"
    return subject.unit


def doubt(subject: Subject) -> str:
    """What the answer itself says that its bounds leave out; empty where it says nothing of that."""
    return " ".join(clean(note) for note in subject.document.get("notes") or () if note.startswith(OUTSIDE))
