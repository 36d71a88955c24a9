"""The register's data files: reading them, and checking every row against its JSON Schema."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from weighbridge.errors import StoreDamaged

FILES = ("organisations", "namespaces", "entries", "aliases", "families", "countries", "decisions")
Row = dict[str, str]
SHOWN_VALUES = 12


def data_file(name: str) -> Traversable:
    """A file of `register/data`, which travels with the package."""
    return resources.files("weighbridge.register") / "data" / name


@functools.cache
def rows(name: str) -> tuple[Row, ...]:
    """All rows of `register/data/NAME.csv`; a missing cell is the empty text."""
    text = data_file(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text, newline="")))


@functools.cache
def fingerprint(*names: str) -> str:
    """Digest of data files, to tell whether something derived from them is still right."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(data_file(f"{name}.csv").read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one row of a file."""
    document = json.loads(data_file(f"schema/{name}.schema.json").read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise StoreDamaged(f"schema/{name}.schema.json is not a JSON object", "install the package again")
    return document


def faults(name: str, table: list[Row] | tuple[Row, ...]) -> list[dict[str, Any]]:
    """What is wrong with rows, as `{"row", "column", "reason"}`; rows count from 1, below the header."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema(name))
    found = []
    for number, row in enumerate(table, 1):
        for error in validator.iter_errors(row):
            column = str(error.path[0]) if error.path else ""
            found.append({"row": number, "column": column, "reason": _reason(error)})
    return found


def parse_alternatives(text: str) -> list[Row]:
    """`country=FR | organisation=UKP Lab;country=DE` → one mapping an alternative."""
    alternatives = []
    for part in filter(None, (piece.strip() for piece in text.split("|"))):
        pairs = [pair.split("=", 1) for pair in part.split(";")]
        alternatives.append({key.strip(): value.strip() for key, value in pairs})
    return alternatives


def _reason(error: Any) -> str:
    if error.validator == "enum":
        known = [repr(value) for value in error.validator_value]
        more = f" and {len(known) - SHOWN_VALUES} more" if len(known) > SHOWN_VALUES else ""
        return f"{error.instance!r} is none of {', '.join(known[:SHOWN_VALUES])}{more}"
    if error.validator == "pattern":
        return f"{error.instance!r} does not have the form {error.validator_value}"
    return str(error.message)[:200]
