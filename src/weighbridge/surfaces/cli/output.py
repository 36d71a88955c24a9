"""The one place that prints: JSON documents, and tables as text, CSV or Markdown. Data goes to standard output."""

from __future__ import annotations

import json
import re
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from weighbridge.records.amounts import amount
from weighbridge.records.presented import ABSENT, percent
from weighbridge.records.shown import plain
from weighbridge.records.written import cell, csv_text, spread

if TYPE_CHECKING:
    from weighbridge.records.answer import Answer

SLOW_SECONDS = 2.0
WIDTH = 110
PLACES = ("country", "region")
MARKDOWN = re.compile(r"[\\`*_\[\]<>&|~]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
"""Signs that mean something in Markdown, as GitHub reads it too: there a bare address becomes a link."""


def document(value: dict[str, Any]) -> None:
    """Print exactly one JSON document."""
    print(json.dumps(value, allow_nan=False))


def table(rows: Sequence[dict[str, Any]], form: str) -> None:
    """Print rows that share their keys."""
    if not rows:
        print("(none)" if form == "text" else "", end="\n" if form == "text" else "")
        return
    heads = list(rows[0])
    cells = [[cell(row.get(head)) for head in heads] for row in rows]
    if form == "csv":
        print(csv_text(rows), end="")
    elif form == "md":
        print("| " + " | ".join(literal(cell(head)) for head in heads) + " |")
        print("|" + "|".join(" ---: " if _numeric(rows, head) else " --- " for head in heads) + "|")
        for line in cells:
            print("| " + " | ".join(map(literal, line)) + " |")
    else:
        _text_table([cell(head) for head in heads], cells, [_numeric(rows, head) for head in heads])


def answer(result: Answer, as_json: bool, form: str) -> None:
    """Print an answer: the document, or its rows with what must stand above and below them.

    CSV holds the rows as they are; what stands above and below goes to standard error then.
    """
    if as_json:
        document(result.to_dict())
        return
    aside = sys.stderr if form == "csv" else sys.stdout
    for line in _above(result):
        print(said(line, form), file=aside)
    print(file=aside)
    table(_columns(result, whole=form == "csv"), form)
    print(file=aside)
    for line in [*(() if form == "csv" else _more(result)), *_below(result)]:
        print(said(line, form), file=aside)


def _columns(result: Answer, whole: bool) -> list[dict[str, Any]]:
    """Rows as they are, or for people: shares in per cent, periods that were not wholly observed with a star."""
    from weighbridge.records.answer import CountRow, OwnRow

    partial = {period["period"] for period in result.periods or () if not period["complete"]}
    rows = []
    for row in result.rows:
        if whole or isinstance(row, OwnRow):
            fields = row.to_dict()
            rows.append(spread(fields if whole else result.presented.row(fields), whole))
            continue
        if row.downloads is None:
            rows.append({"figure": row.group, "value": row.value, "at least": row.lo, "at most": row.hi})
            continue
        counts = isinstance(row, CountRow)
        rows.append(
            ({"period": f"{row.period}{'*' if row.period in partial else ''}"} if row.period else {})
            | {
                result.by: row.group,
                "share": percent(row.value, least=counts),
                "at least": f"{row.lo:.2%}",
                "at most": f"{row.hi:.2%}",
                result.unit: row.downloads,
                "models": "<1" if counts and row.value and not row.models else row.models,
                "kind": row.kind,
            }
        )
    return rows if whole else _without_empty(rows)


def _more(result: Answer) -> list[str]:
    """A line that names the fields for which the table has no column."""
    left = result.presented.left(result.rows[0].to_dict()) if result.rows else []
    return [f"Columns     --format csv and --json have more: {', '.join(left)}."] if left else []


def _without_empty(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same without the columns that say nothing in any row."""
    told = {head for row in rows for head, value in row.items() if value is not None}
    return [{head: value for head, value in row.items() if head in told} for row in rows]


def said(line: str, form: str) -> str:
    """A line above or below a table, folded; of a Markdown table as plain text."""
    return literal(wrapped(line)) if form == "md" else wrapped(line)


def literal(text: str) -> str:
    """Text in Markdown that stands for itself: no table, code, emphasis, HTML or link begins in it."""
    return MARKDOWN.sub(r"\\\g<0>", text)


def wrapped(line: str) -> str:
    """A line folded at 110 columns, its continuation under the words and not under the head."""
    return textwrap.fill(line, WIDTH, subsequent_indent=" " * 12, break_long_words=False, break_on_hyphens=False)


def _above(result: Answer) -> Iterator[str]:
    definition, window, known = result.definition, result.window, result.coverage
    changed = ", ".join(f"{name} {_choice(definition, name)}" for name in definition["changed"])
    age = f"first {definition['max_age_days']} days of a model" if definition["max_age_days"] else "models of any age"
    grades, what = ("located_by_grade", "who and where") if result.by in PLACES else ("by_grade", "who")
    yield result.title + (" (SIMULATED DATA)" if result.simulated else "")
    yield (
        f"Definition  {definition['name']} v{definition['version']}{f', changed: {changed}' if changed else ''}: "
        f"{definition['scope']}, {age}, credited to the {definition['attribution']}, cleaned by "
        f"{', '.join(definition['clean']) or 'nothing'}, register {definition['register']}"
    )
    span = f"{window['from']} to {window['to']} ({window['kind']})"
    yield f"Window      {span}, {result.amount} on {result.hub}"
    yield f"Vintage     {', '.join(result.vintages)}; a {result.population}; as of {result.as_of}"
    yield "Source      " + "; ".join(f"{s['title']}, sha256 {s['sha256'][:12]}" for s in result.sources)
    yield (
        f"Coverage    {known['registered_share']:.1%} of the weight registered, {known['located_share']:.1%} with a "
        f"country, {known['declared_base_share']:.1%} with a declared base; {what}: "
        + ", ".join(f"{grade} {part:.1%}" for grade, part in known[grades].items())
    )


def _choice(definition: dict[str, Any], name: str) -> str:
    value = definition[name]
    return ("+".join(value) or "none") if isinstance(value, list) else str(value)


def _below(result: Answer) -> list[str]:
    lines = []
    for removal in result.removed:
        if removal["downloads"]:
            moved = ", ".join(
                f"{plain(g)} {100 * change:+.2f} points" for g, change in list(removal["moved"].items())[:5]
            )
            shown = ", ".join(plain(name) for name in removal["examples"])
            what = f"{removal['models']} ({shown}), {amount(removal['downloads'], result.unit)}"
            lines.append(f"Removed     {removal['rule']}: {what}; moved {moved or 'nothing'}")
        elif removal.get("because"):
            lines.append(f"Removed     {removal['rule']}: {removal['because']}")
        else:
            lines.append(f"Removed     {removal['rule']}: nothing")
    return [*lines, *(f"Note        {note}" for note in result.notes)]


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """A bar on standard error that counts rows; it appears once the work has taken two seconds, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} rows"),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)
    started = time.monotonic()

    def tell(count: int) -> None:
        if time.monotonic() - started > SLOW_SECONDS:
            bar.start()
        bar.update(task, completed=count)

    try:
        yield tell
    finally:
        bar.stop()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """A moving bar on standard error while something takes over two seconds, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    import threading

    from rich.console import Console

    status = Console(stderr=True).status(what)
    timer = threading.Timer(SLOW_SECONDS, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        status.stop()


def _text_table(heads: list[str], cells: list[list[str]], numeric: list[bool]) -> None:
    widths = [max(len(head), *(len(line[i]) for line in cells)) for i, head in enumerate(heads)]

    def line(texts: list[str]) -> str:
        return "  ".join(
            t.rjust(w) if n else t.ljust(w) for t, w, n in zip(texts, widths, numeric, strict=True)
        ).rstrip()

    print(line(heads))
    print("  ".join("-" * width for width in widths))
    for texts in cells:
        print(line(texts))


def _numeric(rows: Sequence[dict[str, Any]], head: str) -> bool:
    values = [value for row in rows if (value := row.get(head)) is not None and value != ABSENT]
    return bool(values) and all(isinstance(value, (int, float)) or _figure(str(value)) for value in values)


def _figure(text: str) -> bool:
    return text.removeprefix("<").rstrip("%").replace(".", "", 1).isdigit()
