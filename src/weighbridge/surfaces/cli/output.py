"""The one place that prints: JSON documents, and tables as text, CSV or Markdown. Data goes to standard output."""

from __future__ import annotations

import csv
import io
import json
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from weighbridge.records.answer import Answer
from weighbridge.sources.checks import plain

SLOW_SECONDS = 2.0
WIDTH = 110


def document(value: dict[str, Any]) -> None:
    """Print exactly one JSON document."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def table(rows: Sequence[dict[str, Any]], form: str) -> None:
    """Print rows that share their keys."""
    if not rows:
        print("(none)")
        return
    heads = list(rows[0])
    cells = [[cell(row.get(head)) for head in heads] for row in rows]
    if form == "csv":
        sink = io.StringIO()
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows([["" if row.get(head) is None else row.get(head) for head in heads] for row in rows])
        print(sink.getvalue(), end="")
    elif form == "md":
        print("| " + " | ".join(heads) + " |")
        print("|" + "|".join(" ---: " if _numeric(rows, head) else " --- " for head in heads) + "|")
        for line in cells:
            print("| " + " | ".join(text.replace("|", "\\|") for text in line) + " |")
    else:
        _text_table(heads, cells, [_numeric(rows, head) for head in heads])


def answer(result: Answer, as_json: bool, form: str, columns: Callable[[Any], dict[str, Any]]) -> None:
    """Print an answer: the document, or its rows with what must stand above and below them.

    Args:
        result: the answer.
        as_json: print the JSON document.
        form: text, csv or md.
        columns: the columns of one row.
    """
    for note in result.notes:
        if note.startswith("The bundled sample"):
            print(note, file=sys.stderr)
    if as_json:
        document(result.to_dict())
        return
    rows = [columns(row) for row in result.rows]
    if form == "csv":
        table(rows, form)
        return
    for line in _above(result):
        print(wrapped(line))
    print()
    table(rows, form)
    below = _below(result)
    if below:
        print()
        for line in below:
            print(wrapped(line))


def wrapped(line: str) -> str:
    """A line folded at 110 columns, its continuation under the words and not under the head."""
    return textwrap.fill(line, WIDTH, subsequent_indent=" " * 12, break_long_words=False, break_on_hyphens=False)


def _above(result: Answer) -> Iterator[str]:
    definition, window, known = result.definition, result.window, result.coverage
    changed = f", changed: {', '.join(definition['changed'])}" if definition["changed"] else ""
    age = f"first {definition['max_age_days']} days of a model" if definition["max_age_days"] else "models of any age"
    yield result.title + (" (SIMULATED DATA)" if result.simulated else "")
    yield (
        f"Definition  {definition['name']} v{definition['version']}{changed}: {definition['scope']}, {age}, "
        f"credited to the {definition['attribution']}, cleaned by {', '.join(definition['clean']) or 'nothing'}, "
        f"register {definition['register']}"
    )
    span = f"{window['from']} to {window['to']} ({window['kind']})"
    yield f"Window      {span}, {result.total:,} {result.unit} on {result.hub}"
    yield f"Vintage     {', '.join(result.vintages)}; a {result.population}; as of {result.as_of}"
    yield (
        f"Coverage    {known['registered_share']:.1%} of the weight registered, {known['located_share']:.1%} with a "
        f"country, {known['declared_base_share']:.1%} with a declared base; evidence "
        + ", ".join(f"{grade} {part:.1%}" for grade, part in known["by_grade"].items())
    )


def _below(result: Answer) -> list[str]:
    lines = []
    for removal in result.removed:
        if removal["downloads"]:
            moved = ", ".join(
                f"{plain(g)} {100 * change:+.2f} points" for g, change in list(removal["moved"].items())[:5]
            )
            shown = ", ".join(plain(name) for name in removal["examples"])
            what = f"{removal['models']} ({shown}), {removal['downloads']:,} {result.unit}"
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
    values = [row.get(head) for row in rows if row.get(head) is not None]
    return bool(values) and all(
        isinstance(v, (int, float)) or str(v).rstrip("%").replace(".", "", 1).isdigit() for v in values
    )


def cell(value: Any) -> str:
    """A value as a table shows it, on one line and without control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return plain(", ".join(str(item) for item in value))
    return plain(" ".join(str(value).split()))
