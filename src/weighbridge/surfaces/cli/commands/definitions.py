"""`weighbridge definitions`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output


@click.command("definitions", short_help="Named definitions, scopes and cleaning rules.")
@options.listing
def command(store: Path | None, form: str, as_json: bool) -> None:
    """All named definitions, and the scopes and cleaning rules that they are made of."""
    from weighbridge.definitions.named import define, definitions
    from weighbridge.definitions.rules import rules
    from weighbridge.definitions.scopes import scopes

    rows = []
    for name, document in definitions().items():
        words = " ".join(str(document["words"]).split())
        rows.append(
            {
                "id": name,
                "kind": "definition",
                "title": str(document["title"]),
                "words": words,
                **define(name).to_dict(),
            }
        )
    parts: list[dict[str, Any]] = [{"id": s.id, "kind": "scope", "title": s.title} for s in scopes().values()]
    parts += [
        {"id": r.id, "kind": "rule", "title": r.title, "version": r.version, "words": r.words} for r in rules().values()
    ]
    if as_json:
        output.document({"rows": rows, "parts": parts})
    else:
        output.table([{key: row[key] for key in ("id", "kind", "title")} for row in [*rows, *parts]], form)
