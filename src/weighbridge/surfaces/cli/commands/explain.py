"""`weighbridge explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.records.written import cell
from weighbridge.surfaces.cli import options, output

CREDIT = (
    "organisation",
    "type",
    "parent",
    "country",
    "family",
    "grade",
    "country_grade",
    "evidence",
    "evidence_date",
    "note",
    "decision",
)


@click.command("explain", short_help="Why a model counts for whom it counts.")
@click.argument("model")
@options.asking
def command(model: str, store: Path | None, as_json: bool, **asked: Any) -> None:
    """Why the downloads of a MODEL go to this organisation, country, family and root, or are left out."""
    from weighbridge.surfaces.cli.opening import opened

    found = opened(store).explain(model, **asked)
    if as_json:
        output.document(found)
        return
    definition, window = found["definition"], found["window"]
    print(f"{found['model']}: {found['downloads']:,} from {window['from']} to {window['to']} on {found['hub']}")
    print(f"under {definition['name']} v{definition['version']}, credited to the {definition['attribution']}\n")
    _line("Counts", "yes" if found["counts"] else "no", *found["because"])
    _line("Created", found.get("created"))
    _line("Likes", found.get("likes"))
    _line("Parents", *found.get("parents", []))
    _line("Roots", *(f"{root['model']} {root['weight']:.1%}" for root in found.get("roots", [])))
    _line("Labels", *(f"{key} {value}" for key, value in found["labels"].items()))
    _line("Family", found.get("family_because"))
    for credit in found["credited"]:
        _line("\nCredit", f"{credit['downloads']:,} to {credit['holder']}")
        for key in CREDIT:
            _line(f"  {key.replace('_', ' ')}", credit[key])
        for other in credit["alternatives"]:
            _line("  alternative", *(f"{key} {value}" for key, value in other.items()))


def _line(head: str, *values: Any) -> None:
    """A line of what is known; nothing where nothing is."""
    shown = [cell(value) for value in values if value not in (None, "")]
    if shown:
        print(f"{head:<16} {'; '.join(shown)}")
