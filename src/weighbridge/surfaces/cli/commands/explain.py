"""`weighbridge explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output


@click.command("explain", short_help="Why a model counts for whom it counts.")
@click.argument("model")
@options.question
def COMMAND(model: str, store: Path | None, as_json: bool, form: str, engine: str, **asked: Any) -> None:  # noqa: N802
    """Why the downloads of a MODEL go to this organisation, country, family and root, or are left out."""
    from weighbridge.measures.asking import open_backing
    from weighbridge.measures.explaining import explain
    from weighbridge.surfaces.python import Observatory

    backing = open_backing(store)
    found = explain(backing, model, Observatory(backing).question(**asked))
    if as_json:
        output.document(found)
        return
    definition = found["definition"]
    print(f"{found['model']}: {found['downloads']:,} from {found['window']['from']} to {found['window']['to']} on {found['hub']}")
    print(f"under {definition['name']} v{definition['version']}, credited to the {definition['attribution']}\n")
    print(f"Counts     {'yes' if found['counts'] else 'no'}" + "".join(f"; {text}" for text in found["because"]))
    for key in ("created", "likes", "parents", "roots", "family_because"):
        if found.get(key) not in (None, []):
            value = found[key]
            shown = ", ".join(f"{r['model']} {r['weight']:.1%}" for r in value) if key == "roots" else value
            print(f"{key.replace('_', ' ').capitalize():<10} {output.cell(shown)}")
    print("Labels     " + output.cell(", ".join(f"{k} {v}" for k, v in found["labels"].items())))
    for credit in found["credited"]:
        print(f"\nCredit     {credit['downloads']:,} to {output.cell(credit['holder'])}")
        for key in ("organisation", "type", "parent", "country", "family", "grade", "country_grade", "evidence",
                    "evidence_date", "note", "alternatives", "decision"):  # fmt: skip
            if credit[key]:
                alternatives = " | ".join(", ".join(f"{k} {v}" for k, v in a.items()) for a in credit["alternatives"])
                print(f"  {key.replace('_', ' '):<14} {output.cell(alternatives if key == 'alternatives' else credit[key])}")
