"""The one place that prints: JSON documents, and tables as text, CSV or Markdown. Data goes to standard output."""

from __future__ import annotations

import json
import re
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from weighbridge.records.written import cell, csv_text
from weighbridge.surfaces.views import told as views

if TYPE_CHECKING:
    from weighbridge.records.answer import Answer

SLOW_SECONDS = 2.0
WIDTH = 110
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
        print("|" + "|".join(" ---: " if views.numeric(rows, head) else " --- " for head in heads) + "|")
        for line in cells:
            print("| " + " | ".join(map(literal, line)) + " |")
    else:
        _text_table([cell(head) for head in heads], cells, [views.numeric(rows, head) for head in heads])


def answer(result: Answer, as_json: bool, form: str) -> None:
    """Print an answer: the document, or its rows with what must stand above and below them.

    CSV holds the rows as they are; what stands above and below goes to standard error then.
    """
    if as_json:
        document(result.to_dict())
        return
    aside = sys.stderr if form == "csv" else sys.stdout
    told = result.to_dict()
    print(said(result.title + (" (SIMULATED DATA)" if result.simulated else ""), form), file=aside)
    for line in _lines(views.above(told)):
        print(said(line, form), file=aside)
    print(file=aside)
    table(views.whole(told) if form == "csv" else views.columns(told, result.presented), form)
    print(file=aside)
    for line in [*(() if form == "csv" else _more(views.left(told, result.presented))), *_lines(views.below(told))]:
        print(said(line, form), file=aside)


def _lines(told: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{head:<12}{text}" for head, text in told]


def _more(left: Sequence[str]) -> list[str]:
    """A line that names the fields for which the table has no column."""
    return [f"Columns     --format csv and --json have more: {', '.join(left)}."] if left else []


def said(line: str, form: str) -> str:
    """A line above or below a table, folded; of a Markdown table as plain text."""
    return literal(wrapped(line)) if form == "md" else wrapped(line)


def literal(text: str) -> str:
    """Text in Markdown that stands for itself: no table, code, emphasis, HTML or link begins in it."""
    return MARKDOWN.sub(r"\\\g<0>", text)


def wrapped(line: str) -> str:
    """A line folded at 110 columns, its continuation under the words and not under the head."""
    return textwrap.fill(line, WIDTH, subsequent_indent=" " * 12, break_long_words=False, break_on_hyphens=False)


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
