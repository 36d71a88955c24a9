"""How the answer to one question moved as readings came in: the figure as it was known on each day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.cubes.weigh import DIMENSIONS, Weighed
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.chosen import figures, largest
from weighbridge.measures.pairs import chosen_groups
from weighbridge.records.answer import Answer
from weighbridge.records.clock import moment_text

SHOWN = 8
FIGURES = ("group", "value", "lo", "hi", "downloads", "total")


class Revisions:
    """The share of each group in one window, once for every moment at which a reading became known."""

    id = "revisions"
    title = "How one window's answer moved as readings came in"
    words = (
        "The same window under the same definition, as it was known after each reading. A hub that restates its "
        "counters, and a reading that comes late, move figures of the past; this shows by how much."
    )
    formula = "moved = value as known now - value as known at the moment before"
    source = "real-time data sets, Croushore and Stark (2001)"
    example = "--hub ollama --groups CN,US | head -24"
    options = (
        Option("by", "What to group by.", DIMENSIONS, "country"),
        Option("groups", "Which groups. [default: the eight largest]", many=True),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a moment of knowledge and group.

        Raises:
            UsageError: a series is asked.
        """
        by, main = options["by"], asking.weighed
        if len(main.slice.windows) > 1:
            raise UsageError("revisions are of one window", "ask without --over, with --from and --to or --at")
        asked = options["groups"] is not None
        chosen = chosen_groups(main, by, options, least=1) if asked else largest(main, by, SHOWN)
        fixed = _same_window(asking, main)
        rows: list[dict[str, Any]] = []
        before: dict[str, float] = {}
        early = between = 0
        for known in asking.backing.known(asking.question):
            try:
                then = fixed.instead(as_of=known).weighed
            except DataMissing:
                early, between = (early, between + 1) if rows else (early + 1, between)
                continue
            for told in figures(then, by, chosen):
                row = {name: told[name] for name in FIGURES}
                moved = row["value"] - before[row["group"]] if row["group"] in before else None
                rows.append({"known": moment_text(known)} | row | {"moved": moved})
                before[row["group"]] = row["value"]
        return answer(self.id, self.title, main, by, rows, notes=_said(rows, early, between))


def _same_window(asking: Asking, weighed: Weighed) -> Asking:
    """The question with its window written out, since the newest window is another one at every moment."""
    window, question = weighed.slice.windows[0], asking.question
    nothing_said = question.start is None and question.end is None and question.trailing_days is None
    if question.at is not None:
        return asking
    if nothing_said and window.kind == "windowed":
        return asking.instead(at=window.end)
    return asking.instead(start=window.start, end=window.end, trailing_days=None)


def _said(rows: list[dict[str, Any]], early: int, between: int) -> list[str]:
    moments = len({row["known"] for row in rows})
    moved = [row for row in rows if row["moved"]]
    most = max(moved, key=lambda row: abs(row["moved"]), default=None)
    said = f"{moments} {'reading answers' if moments == 1 else 'readings answer'} this window"
    said += f"; {early} came before anything did" if early else ""
    said += f"; {between} between {'has' if between == 1 else 'have'} no answer" if between else ""
    if most is None:
        return [f"{said}. No share moved."]
    by_how_much = f"{most['group']} by {100 * most['moved']:+.2f} points with what became known at {most['known']}"
    return [f"{said}. Moved most: {by_how_much}."]


MEASURE = Revisions()
