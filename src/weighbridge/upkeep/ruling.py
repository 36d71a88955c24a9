"""Reading rules: those that come with the package, one TOML file each, and one's own."""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, cast

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.upkeep.alerts import Rule, kinds

LARGEST = 1 << 20  # bytes of a file of rules


def rules_for(files: Sequence[Path] = (), only: Sequence[str] = ()) -> tuple[Rule, ...]:
    """The rules to follow, by id.

    Args:
        files: one's own, each with one rule or several `[[rule]]` tables; one with the id of a rule of the package
            stands in its place.
        only: ids; empty: all.

    Raises:
        SourceFailed: a file cannot be read.
        UsageError: a rule is not valid, has the id of another of one's own, or there is none of that id.
    """
    own: dict[str, Rule] = {}
    for file in files:
        for rule in _own(file):
            if rule.id in own:
                raise UsageError(f"the rule {rule.id!r} is there twice", "give each rule an id of its own")
            own[rule.id] = rule
    known = {**packaged(), **own}
    strange = [name for name in only if name not in known]
    if strange:
        raise UsageError(f"there is no rule {strange[0]!r}", f"one of: {', '.join(sorted(known))}")
    return tuple(rule for name, rule in sorted(known.items()) if not only or name in only)


@functools.cache
def packaged() -> dict[str, Rule]:
    """The rules that come with the package, by id."""
    folder = resources.files("weighbridge.upkeep") / "rules"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            rule = made(tomllib.loads(file.read_text(encoding="utf-8")), file.name)
            found[rule.id] = rule
    return found


def made(document: Any, where: str) -> Rule:
    """A rule from its table.

    Args:
        document: the table.
        where: the file, for the error.

    Raises:
        UsageError: it is not valid.
    """
    _check(document, rule_schema(), where)
    if document["kind"] not in kinds():
        raise UsageError(f"{where}: there is no kind of rule {document['kind']!r}", f"one of: {', '.join(kinds())}")
    kind = kinds()[document["kind"]]
    _check(document["of"], kind.schema, f"{where}, of")
    rule = Rule(**document)
    kind.check(rule)
    return rule


@functools.cache
def rule_schema() -> dict[str, Any]:
    """JSON Schema of a rule, without its table `of`."""
    file = resources.files("weighbridge.upkeep") / "schema" / "rule.schema.json"
    return cast("dict[str, Any]", json.loads(file.read_text(encoding="utf-8")))


def _own(file: Path) -> list[Rule]:
    try:
        if not file.is_file() and file.exists():  # a device or a pipe may never end
            raise SourceFailed(f"{file} is no regular file", "give a file of rules")
        if file.stat().st_size > LARGEST:
            raise SourceFailed(f"{file} is larger than {LARGEST:,} bytes", "give a file of rules")
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceFailed(f"{file}: {error.strerror or error}", "give a file that can be read") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a fault beside those of TOML
        raise SourceFailed(f"{file} is no TOML: {error}", "mend the file") from None
    tables = document.get("rule") if set(document) == {"rule"} else [document]
    if not isinstance(tables, list) or not tables:
        raise UsageError(f"{file} holds no rule", "write one, or several [[rule]] tables")
    return [made(table, str(file)) for table in tables]


def _check(document: Any, schema: Any, where: str) -> None:
    from jsonschema import Draft202012Validator

    faults = sorted(Draft202012Validator(schema).iter_errors(document), key=lambda fault: [str(p) for p in fault.path])
    if faults:
        place = ".".join(str(part) for part in faults[0].absolute_path)
        raise UsageError(f"{where}: {f'{place}: ' if place else ''}{faults[0].message}", "docs/running.md shows rules")
