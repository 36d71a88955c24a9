"""Texts that an assistant can read: how each measure is computed, and what each definition means."""

from __future__ import annotations

from dataclasses import dataclass

from weighbridge.measures import Described, measures
from weighbridge.surfaces.views import definitions as named

ROOT = "weighbridge://"
MARKDOWN = "text/markdown"


@dataclass(frozen=True)
class Text:
    """One text.

    Attributes:
        address: by which it is read.
        title: what it is.
        text: as Markdown.
    """

    address: str
    title: str
    text: str


def address(measure: str) -> str:
    """Where the method of a measure is read."""
    return f"{ROOT}methods/{measure}"


def texts() -> dict[str, Text]:
    """All texts by address."""
    found = [Text(f"{ROOT}definitions", "Definitions, scopes and cleaning rules", _definitions())]
    found += [
        Text(address(measure.id), f"How it is computed: {measure.title}", _method(measure))
        for measure in sorted(measures().values(), key=lambda measure: measure.id)
    ]
    return {text.address: text for text in found}


def _definitions() -> str:
    document = named.document()
    lines = ["# Definitions", ""]
    for row in document["rows"]:
        choices = ", ".join(
            f"{name.replace('_', ' ')} {'+'.join(row[name]) or 'none' if isinstance(row[name], list) else row[name]}"
            for name in ("attribution", "max_age_days", "scope", "clean", "register", "contested")
        )
        lines += [f"## {row['id']}, version {row['version']}", "", f"{row['title']}. {row['words']} ({choices})", ""]
    for part in document["parts"]:
        lines += [f"## {part['kind']} {part['id']}", "", f"{part['title']}. {part.get('words', '')}".strip(), ""]
    return "\n".join(lines)


def _method(measure: Described) -> str:
    said = [
        f"# {measure.id}: {measure.title}",
        measure.words,
        f"Formula: {measure.formula}",
        f"Source: {measure.source}",
    ]
    return "\n\n".join([*said, f"Example: weighbridge {measure.id} {measure.example}"]) + "\n"
