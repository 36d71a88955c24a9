"""How to cite an answer: what was asked, of which vintages, under which definition, and what was known when."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge import __version__
from weighbridge.charts.subject import HUBS
from weighbridge.charts.wording import days_of
from weighbridge.errors import UsageError
from weighbridge.records.answer import Answer
from weighbridge.records.shown import plain

AUTHOR = "The Weighbridge contributors"
PUBLISHER = "Weighbridge"
STYLES = ("line", "bibtex", "apa")
NAMED_MOST = 6
"""Vintages that a citation of all that is held names, the newest."""
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "_": r"\_", "#": r"\#", "$": r"\$",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def cited(answer: Answer, style: str = "line") -> str:
    """A citation of an answer.

    Args:
        style: line: one to put under a figure; bibtex: an entry for BibTeX; apa: a reference in APA style, 7th edition.

    Raises:
        UsageError: there is no such style.
    """
    if style not in STYLES:
        raise UsageError(f"there is no style {style!r} of citing", f"one of: {', '.join(STYLES)}")
    if style == "line":
        return Answer.cite(answer)
    return bibtex(answer.to_dict(), answer.title) if style == "bibtex" else apa(answer.to_dict(), answer.title)


def bibtex(document: Mapping[str, Any], title: str, address: str = "") -> str:
    """The entry; its key is that of the question, so that the same answer has the same key.

    Args:
        document: of the answer.
        title: what the answer calls itself.
        address: where it stands, absolute; one that is not public is left out.
    """
    where = _public(address)
    fields = {
        "author": f"{{{AUTHOR}}}",
        "title": f"{{{_tex(_titled(document, title))}}}",
        "year": str(document["as_of"])[:4],
        "publisher": PUBLISHER,
        "version": _tex(__version__),
        "note": _tex(_note(document)),
    } | ({"url": _tex(where)} if where else {})
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{_key(document)},\n{lines}}}\n"


def apa(document: Mapping[str, Any], title: str, address: str = "") -> str:
    """The reference; `bibtex` says what is given."""
    year, where = str(document["as_of"])[:4], _public(address)
    return (
        f"{AUTHOR}. ({year}). {_titled(document, title)} (Version {__version__}) [Data set]. {PUBLISHER}. "
        f"{_note(document)}.{f' {where}' if where else ''}"
    )


def instrument(style: str, vintages: Sequence[str], known: str, simulated: bool = False, address: str = "") -> str:
    """A citation of all that is held, and of no single answer.

    Args:
        style: line, bibtex or apa.
        vintages: ids of the readings that are held, the newest last.
        known: when the newest of them became known; empty where nothing is held.
        simulated: whether any of them is.
        address: where it stands, absolute; empty where it is not public.

    Raises:
        UsageError: there is no such style.
    """
    if style not in STYLES:
        raise UsageError(f"there is no style {style!r} of citing", f"one of: {', '.join(STYLES)}")
    year = known[:4] or "n.d."
    title = "Weighbridge: shares of the open-model ecosystem"
    left = f" and {len(vintages) - NAMED_MOST:,} before them" if len(vintages) > NAMED_MOST else ""
    many = "" if len(vintages) == 1 else "s"
    held = f"vintage{many} {', '.join(vintages[-NAMED_MOST:])}{left}" if vintages else "no vintage"
    note = plain(f"{'Simulated data. ' if simulated else ''}{held}{f'; as of {known}' if known else ''}")
    note = f"{note[:1].upper()}{note[1:]}"
    where = _public(address)
    if style == "line":
        return f"{title}, version {__version__}. {note}.{f' {where}' if where else ''}"
    if style == "apa":
        end = f" {where}" if where else ""
        return f"{AUTHOR}. ({year}). {title} (Version {__version__}) [Data set]. {note}.{end}"
    digest = hashlib.sha256(json.dumps([__version__, *vintages, known]).encode()).hexdigest()[:8]
    fields = {"author": f"{{{AUTHOR}}}", "title": f"{{{_tex(title)}}}", "year": year, "version": _tex(__version__),
              "note": _tex(note)} | ({"url": _tex(where)} if where else {})  # fmt: skip
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{weighbridge-{digest},\n{lines}}}\n"


def _titled(document: Mapping[str, Any], title: str) -> str:
    hub = HUBS.get(str(document["hub"]), str(document["hub"]))
    return plain(f"{title}: {hub}, by {document['by']}, {days_of(document['window'])}")


def _public(address: str) -> str:
    """An address that others can follow; empty for one within a folder or on one's own machine."""
    return address if address.startswith("https://") else ""


def _note(document: Mapping[str, Any]) -> str:
    definition = document["definition"]
    changed = [f"{name} {definition[name]}" for name in definition["changed"]]
    choices = f" with {', '.join(changed)}" if changed else ""
    simulated = "Simulated data. " if document["simulated"] else ""
    return plain(
        f"{simulated}Definition {definition['name']} v{definition['version']}{choices}; "
        f"vintage {', '.join(document['vintages'])}; as of {document['as_of']}"
    )


def _key(document: Mapping[str, Any]) -> str:
    asked = [document[name] for name in ("measure", "by", "hub", "definition", "window", "vintages", "as_of")]
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]
    return re.sub(r"[^a-z0-9-]", "", f"weighbridge-{document['measure']}-{str(document['as_of'])[:4]}-{digest}")


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)
