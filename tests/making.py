"""Making what tests weigh: listings, registers, counters, and the shortest way from a store to an answer."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.weigh import Weighed, weigh
from weighbridge.definitions.named import define
from weighbridge.measures import measures
from weighbridge.records.answer import Answer
from weighbridge.records.clock import day_number, parse_day
from weighbridge.records.question import Question
from weighbridge.register.parties import Party, Register
from weighbridge.store.catalogue import Counters
from weighbridge.store.home import Store

CHANGES = ("attribution", "max_age_days", "scope", "clean", "register", "contested", "evidence", "bounds")
KNOWN = (1, 1)  # grades: inferred


def moment(text: str) -> datetime:
    """A UTC time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def csv_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows as CSV; lists as JSON, missing cells empty."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        for row in rows:
            cells = [row.get(head) for head in heads]
            writer.writerow([json.dumps(c) if isinstance(c, list) else "" if c is None else c for c in cells])
    return path


def party(organisation: str, country: str, kind: str = "company", **more: Any) -> Party:
    """A party whose two grades are `inferred` unless told otherwise."""
    grade = more.pop("grade", KNOWN[0])
    country_grade = more.pop("country_grade", KNOWN[1])
    return Party(organisation, kind, country, grade, country_grade, **more)


def register(parties: Mapping[str, Party | tuple[str, str]]) -> Register:
    """A register of namespaces on the Hub; a pair is an organisation and its country."""
    rows = []
    for namespace, who in parties.items():
        behind = who if isinstance(who, Party) else party(*who)
        rows.append(("huggingface", namespace, "", "", behind))
    return Register("test", rows)


def asked(name: str = "raw", **options: Any) -> Question:
    """A question; options that belong to the definition change it, days may be text."""
    changes = {key: options.pop(key) for key in CHANGES if key in options}
    days = {
        key: parse_day(v) if isinstance(v, str) else v for key, v in options.items() if key in ("at", "start", "end")
    }
    return Question(define(name, options.get("hub") or "huggingface", **changes), **{**options, **days})


def weighed(store: Store, parties: Register, name: str = "raw", **options: Any) -> Weighed:
    """The weighed cells of a store."""
    question = asked(name, **options)
    return weigh(Slicing(store, question).under(question.definition), question.definition, parties)


def share(
    store: Store, by: str, parties: Register, name: str = "raw", top: int | None = None, **options: Any
) -> Answer:
    """The share of each group."""
    return measures()["share"].of(weighed(store, parties, name, **options), {"by": by, "top": top})


def downloads(answer: Answer) -> dict[str, int | None]:
    """Downloads by group, in the answer's order."""
    return {row.group: row.downloads for row in answer.rows}


def counters(
    series: Mapping[int, Mapping[int, int]],
    *,
    days: Iterable[int] = (),
    census: bool = True,
    step: int = 0,
) -> Counters:
    """Counters from `{model: {day: value}}`; `days` are more days on which the hub was observed."""
    rows = sorted((m, d, v) for m, observed in series.items() for d, v in observed.items())
    model, day, value = np.array(rows, np.int64).reshape(-1, 3).T
    looked = np.array(sorted({*day.tolist(), *days}), np.int64)
    return Counters(model, day, value, np.full(len(rows), step, np.int64), looked, census)


def day(text: str) -> int:
    """A day number."""
    return day_number(datetime.fromisoformat(text).date())
