"""The named definitions, and the scopes and cleaning rules that they are made of, as one document."""

from __future__ import annotations

from typing import Any

from weighbridge.definitions.named import define, definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes


def document() -> dict[str, list[dict[str, Any]]]:
    """`rows`: a definition each, with its words and choices; `parts`: a scope or cleaning rule each."""
    rows = [
        {
            "id": name,
            "kind": "definition",
            "title": str(found["title"]),
            "words": " ".join(str(found["words"]).split()),
            **define(name).to_dict(),
        }
        for name, found in definitions().items()
    ]
    parts: list[dict[str, Any]] = [{"id": s.id, "kind": "scope", "title": s.title} for s in scopes().values()]
    parts += [
        {"id": r.id, "kind": "rule", "title": r.title, "version": r.version, "words": r.words} for r in rules().values()
    ]
    return {"rows": rows, "parts": parts}
