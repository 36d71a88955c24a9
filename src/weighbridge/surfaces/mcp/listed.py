"""Tools that list what there is: published claims, events in the readings, definitions, and what is held."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from weighbridge.claims.ledger import claims
from weighbridge.errors import UsageError
from weighbridge.measures import Option
from weighbridge.quality import detectors
from weighbridge.records.presented import Presented
from weighbridge.surfaces.mcp.arguments import checked
from weighbridge.surfaces.mcp.tool import Reply, Tool
from weighbridge.surfaces.mcp.words import found
from weighbridge.surfaces.views import definitions as named
from weighbridge.surfaces.views.asked import Asked, title_of
from weighbridge.surfaces.views.shelf import Shelf

Given = Mapping[str, Any]
CLAIMS = (
    Option("ids", "Ids of claims; without them all.", many=True),
    Option("verdict", "Only claims with this verdict.", choices=("reproduced", "differs", "not testable")),
)
DEFINITIONS = (Option("id", "One definition, scope or rule by its name; without it all."),)
HELD: tuple[Option, ...] = ()
CLAIMS_SHOWN = Presented(columns=("id", "statement", "published", "unit", "window", "ours", "lo", "hi", "verdict"))
QUALITY_SHOWN = Presented(columns=("event", "model", "from", "to", "weight", "share", "detail"))
DEFINITIONS_SHOWN = Presented(columns=("id", "title", "words"))


def tools() -> Iterator[Tool]:
    """All of them."""
    yield Tool(
        "what-is-held",
        "What can be answered here",
        "Hubs, populations and windows that are held, how old they are, and the registers. Ask this first.",
        HELD,
        held,
    )
    yield Tool(
        "definitions",
        "Named definitions, scopes and cleaning rules",
        "What the choices of a question mean. Shares differ by definition, so say which one a figure is under.",
        DEFINITIONS,
        definitions,
    )
    yield Tool(
        "claims",
        "Published figures beside ours",
        "Published figures on open models, each with the window and definition that it was stated for: whether what "
        "is held reproduces it, why it cannot be tested if so, and the nearest figure that can be had.",
        CLAIMS,
        published,
    )
    yield Tool(
        "quality",
        "What is wrong or odd in the readings",
        "Events in the readings of a hub, such as gaps, falls of counters, spikes and impostors, each with the weight "
        "that it touches.",
        quality_options(),
        quality,
    )


def quality_options() -> tuple[Option, ...]:
    """What the quality ledger can be asked with."""
    return (
        Option("event", "Only events of this kind.", choices=tuple(detectors())),
        Option("hub", "Hub to ask about. [default: the only one held, else huggingface]"),
        Option("as-of", "Only what was known then.", form="DATE"),
        Option("vintage", "Events of this vintage alone; needed for a chosen set.", form="ID"),
    )


def held(shelf: Shelf, given: Given) -> Reply:
    """What is held; where on this machine it stands is not told."""
    checked(HELD, (), given)
    observatory = shelf.observatory
    document = {name: value for name, value in observatory.doctor(quick=True).items() if name != "store"}
    document |= {"as_of": known(shelf), "notes": list(observatory.notes)}
    lines = [("As of", document["as_of"]), ("Registers", ", ".join(document["registers"]))]
    if document["damaged"]:
        lines.append(("Damaged", "; ".join(document["damaged"])))
    return Reply("What can be answered here", document, lines, command="weighbridge doctor --quick")


def definitions(shelf: Shelf, given: Given) -> Reply:
    """The named definitions, scopes and rules, or one of them."""
    wanted = checked(DEFINITIONS, (), given)["id"]
    whole = named.document()
    there = [row["id"] for rows in whole.values() for row in rows]
    if wanted is not None and wanted not in there:
        raise UsageError(f"there is no definition, scope or rule {wanted!r}", f"one of: {', '.join(there)}")
    document = {part: [row for row in rows if wanted in (None, row["id"])] for part, rows in whole.items()}
    told = [row for rows in document.values() for row in rows if wanted is not None or row["kind"] != "definition"]
    lines = [(row["kind"].capitalize(), f"{row['id']}: {row['title']}. {row.get('words', '')}") for row in told]
    title = "Named definitions, and the scopes and cleaning rules that they are made of"
    return Reply(title, document, lines, DEFINITIONS_SHOWN, "weighbridge definitions --json")


def published(shelf: Shelf, given: Given) -> Reply:
    """Published figures beside ours."""
    asked = checked(CLAIMS, (), given)
    ids, verdict = asked["ids"] or (), asked["verdict"]
    claims(ids)  # a wrong name is wrong whatever is held
    whole = shelf.observatory.claims(*ids) if ids else shelf.document(Asked("claims"))
    rows = [row for row in whole["rows"] if verdict in (None, row["verdict"])]
    document = {**whole, "rows": rows, "as_of": known(shelf)}
    lines = [("Finding", found({**whole, "rows": rows})), ("As of", document["as_of"])]
    lines += [(row["id"], _claim(row)) for row in rows] if ids else []
    title, command = title_of("claims"), " ".join(["weighbridge claims check", *ids])
    return Reply(title, document, [line for line in lines if line[1]], CLAIMS_SHOWN, command)


def _claim(row: Mapping[str, Any]) -> str:
    """Why a claim has its verdict, and the nearest that can be said."""
    near = row["nearest"]
    said = f"{row['verdict']}. Stated by {row['source']}, under: {row['definition']}. {row['because']}"
    if not near:
        return said
    definition, window = near["definition"], near["window"]
    limits = "" if near["lo"] is None else f", from {near['lo']:.4g} to {'any' if near['hi'] is None else near['hi']}"
    return (
        f"{said} Nearest: {near['value']:.4g} {near['unit']}{limits}, under {definition['name']} "
        f"v{definition['version']}, {window['from']} to {window['to']}. {near['differs']}"
    )


def quality(shelf: Shelf, given: Given) -> Reply:
    """Events in the readings."""
    asked = checked(quality_options(), (), given)
    document = shelf.quality(asked["hub"], asked["event"], asked["as-of"], asked["vintage"])
    lines = [
        ("Finding", found(document)),
        ("Vintage", f"{', '.join(document['vintages'])}; a {document['population']}; as of {document['as_of']}"),
        ("Weight", f"{document['unit']} on {document['hub']} in the 30 days before; a share is of all there"),
    ]
    return Reply(title_of("quality"), document, [line for line in lines if line[1]], QUALITY_SHOWN, _command(asked))


def _command(asked: Mapping[str, Any]) -> str:
    """The command that prints the same events."""
    words = [f"--{name}={value}" for name, value in asked.items() if value is not None]
    return shlex.join(["weighbridge", "quality", *words])


def known(shelf: Shelf) -> str:
    """When the newest of what is held became known."""
    return shelf.as_of or str(shelf.document(Asked())["as_of"])
