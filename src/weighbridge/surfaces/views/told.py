"""What people are told of an answer, from its document: the rows of its table, and the lines above and below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weighbridge.records.amounts import amount
from weighbridge.records.presented import ABSENT, Presented, percent
from weighbridge.records.shown import plain
from weighbridge.records.written import spread

PLACES = ("country", "region")
MOVED_MOST = 5
Document = Mapping[str, Any]
Cells = dict[str, Any]
GROUP = {"group", "value", "lo", "hi", "downloads", "models", "kind", "period"}
"""Fields of a row of weight."""
COUNT = {"group", "period", "models", "value", "lo", "hi"}
"""Fields of a row where models are counted."""


def columns(document: Document, presented: Presented) -> list[Cells]:
    """Rows for people: shares in per cent, periods that were not wholly observed with a star, no empty columns."""
    return _without_empty([_row(document, row, presented) for row in document.get("rows") or ()])


def whole(document: Document) -> list[Cells]:
    """Rows as they are, with all their fields."""
    return [spread(row, whole=True) for row in document.get("rows") or ()]


def left(document: Document, presented: Presented) -> list[str]:
    """Fields that have no column for people."""
    rows = document.get("rows")
    return presented.left(rows[0]) if rows else []


def above(document: Document) -> Iterator[tuple[str, str]]:
    """Head and text of what must stand above a table: definition, window, vintage, source, coverage."""
    definition, window, known = document["definition"], document["window"], document["coverage"]
    changed = ", ".join(f"{name} {choice(definition, name)}" for name in definition["changed"])
    age = f"first {definition['max_age_days']} days of a model" if definition["max_age_days"] else "models of any age"
    grades, what = ("located_by_grade", "who and where") if document["by"] in PLACES else ("by_grade", "who")
    yield (
        "Definition",
        f"{definition['name']} v{definition['version']}{f', changed: {changed}' if changed else ''}: "
        f"{definition['scope']}, {age}, credited to the {definition['attribution']}, cleaned by "
        f"{', '.join(definition['clean']) or 'nothing'}, register {definition['register']}",
    )
    span = f"{window['from']} to {window['to']} ({window['kind']})"
    yield "Window", f"{span}, {weighed(document)} on {document['hub']}"
    yield "Vintage", f"{', '.join(document['vintages'])}; a {document['population']}; as of {document['as_of']}"
    yield "Source", "; ".join(f"{s['title']}, sha256 {s['sha256'][:12]}" for s in document["sources"])
    yield (
        "Coverage",
        f"{known['registered_share']:.1%} of the weight registered, {known['located_share']:.1%} with a "
        f"country, {known['declared_base_share']:.1%} with a declared base; {what}: "
        + ", ".join(f"{grade} {part:.1%}" for grade, part in known[grades].items()),
    )


def below(document: Document) -> Iterator[tuple[str, str]]:
    """Head and text of what must stand below a table: what was removed, and the answer's notes."""
    yield from (("Removed", removed(document, removal)) for removal in document.get("removed") or ())
    yield from (("Note", note) for note in document.get("notes") or ())


def removed(document: Document, removal: Mapping[str, Any]) -> str:
    """What a rule removed, and what that moved."""
    if removal["downloads"]:
        moves = list(removal["moved"].items())[:MOVED_MOST]
        moved = ", ".join(f"{plain(group)} {100 * change:+.2f} points" for group, change in moves)
        shown = ", ".join(plain(name) for name in removal["examples"])
        what = f"{removal['models']} ({shown}), {amount(removal['downloads'], document['unit'])}"
        return f"{removal['rule']}: {what}; moved {moved or 'nothing'}"
    return f"{removal['rule']}: {removal.get('because') or 'nothing'}"


def weighed(document: Document) -> str:
    """All that was weighed, in words; where no total is known, what shares are of."""
    if document["total"] is None:
        return f"shares of {document['unit']}"
    return amount(document["total"], document["unit"])


def choice(definition: Mapping[str, Any], name: str) -> str:
    """One choice of a definition as text."""
    value = definition[name]
    return ("+".join(value) or "none") if isinstance(value, list) else str(value)


def numeric(rows: Sequence[Mapping[str, Any]], head: str) -> bool:
    """Whether a column holds figures and nothing else."""
    values = [value for row in rows if (value := row.get(head)) is not None and value != ABSENT]
    return bool(values) and all(isinstance(value, (int, float)) or _figure(str(value)) for value in values)


def _row(document: Document, row: Mapping[str, Any], presented: Presented) -> Cells:
    counts = row.keys() == COUNT
    if not counts and row.keys() != GROUP:
        return spread(presented.row(row), whole=False)
    if not counts and row["downloads"] is None:
        return {"figure": row["group"], "value": row["value"], "at least": row["lo"], "at most": row["hi"]}
    periods = document["periods"] if isinstance(document["periods"], list) else ()  # `crossover` tells their number
    partial = {period["period"] for period in periods if not period["complete"]}
    period = {"period": f"{row['period']}{'*' if row['period'] in partial else ''}"} if row["period"] else {}
    return period | {
        document["by"]: row["group"],
        "share": percent(row["value"], least=counts),
        "at least": f"{row['lo']:.2%}",
        "at most": f"{row['hi']:.2%}",
        document["unit"]: row["models" if counts else "downloads"],
        "models": "<1" if counts and row["value"] and not row["models"] else row["models"],
        "kind": document["window"]["kind"] if counts else row["kind"],
    }


def _without_empty(rows: list[Cells]) -> list[Cells]:
    """The same without the columns that say nothing in any row."""
    told = {head for row in rows for head, value in row.items() if value is not None}
    return [{head: value for head, value in row.items() if head in told} for row in rows]


def _figure(text: str) -> bool:
    return text.removeprefix("<").rstrip("%").replace(".", "", 1).isdigit()
