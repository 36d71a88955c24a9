"""`weighbridge claims`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.records.written import cell
from weighbridge.surfaces.cli import options, output

SHOWN = ("id", "published", "unit", "ours", "verdict", "nearest")
LIMITS = ("at-least", "at-most", "over")
LISTED = ("id", "statement", "value", "unit", "window", "evidence")


@click.group("claims", short_help="Published figures, checked against what is held.")
def command() -> None:
    """Published figures, each with the window, population and quantity under which it could be tested."""


@command.command("check", short_help="Check published figures against what is held.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@options.listing
@click.pass_context
def check(ctx: click.Context, ids: tuple[str, ...], store: Path | None, form: str, as_json: bool) -> None:
    """Check published figures (all, or those named) against what is held: reproduced, differs, or not testable.

    What is not testable says why, which data would change that, and the nearest thing that can be said, with the
    command that prints it. Exit status 1 where a figure differs.
    """
    from weighbridge.claims.ledger import claims
    from weighbridge.surfaces.cli.opening import opened

    claims(ids)  # a wrong name is wrong whatever is held
    observatory = opened(store)
    with output.waiting("checking"):
        found = observatory.claims(*ids)
    rows = found["rows"]
    if as_json:
        output.document(found)
    elif form == "text":
        output.table([_line(row) for row in rows], form)
        for row in rows if ids else [row for row in rows if row["verdict"] == "differs"]:
            _explain(row)
        if not ids:
            print("\nReasons: weighbridge claims check ID, or --json.")
    else:
        output.table([_flat(row) for row in rows], form)
    ctx.exit(1 if any(row["verdict"] == "differs" for row in rows) else 0)


@command.command("list", short_help="The published figures, with window, definition and source.")
@options.listing
def listing(store: Path | None, form: str, as_json: bool) -> None:
    """All published figures that can be checked by name; nothing that is held is asked."""
    from weighbridge.claims.ledger import claims

    rows = [claim.to_dict() for claim in claims()]
    if as_json:
        output.document({"rows": rows})
    elif form == "text":
        output.table([{key: _words(row[key]) for key in LISTED} for row in rows], form)
    else:
        output.table([{key: _words(value) for key, value in row.items()} for row in rows], form)


def _words(value: Any) -> Any:
    """A window in its words; other values as they are."""
    return value["words"] if isinstance(value, dict) else value


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table for people."""
    near = row["nearest"]
    return {key: row[key] for key in SHOWN[:-1]} | {SHOWN[-1]: near and near["value"]}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row without nested values."""
    near = row["nearest"] or {}
    kept = {key: value for key, value in row.items() if key not in ("needs", "nearest")}
    return kept | {
        "needs": [need["id"] for need in row["needs"]],
        "nearest": near.get("value"),
        "nearest_command": near.get("command"),
        "nearest_differs": near.get("differs"),
    }


def _explain(row: dict[str, Any]) -> None:
    """Why a row has its verdict, and the nearest thing, below the table."""
    near = row["nearest"]
    print()
    limit = "" if row["comparison"] not in LIMITS else f"{row['comparison'].replace('-', ' ')} "
    print(output.wrapped(f"{row['id']}: {cell(row['statement'])}"))
    _said("Published", f"{limit}{cell(row['published'])} {row['unit']}, {row['window']}: {row['source']}")
    _said("Verdict", f"{row['verdict']}. {row['because']}")
    if near:
        most = "any" if near["hi"] is None else cell(near["hi"])
        limits = "" if near["lo"] is None else f" ({cell(near['lo'])} to {most})"
        _said("Nearest", f"{cell(near['value'])} {near['unit']}{limits}. {near['differs']}")
        print(f"            {cell(near['command'])}")
        _said("", f"(there: {near['figure']})")
    elif row["no_nearest"]:
        _said("Nearest", f"none. {row['no_nearest']}")


def _said(head: str, words: str) -> None:
    print(output.wrapped(f"{head:<12}{cell(words)}"))
