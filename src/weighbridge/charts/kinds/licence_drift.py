"""What becomes of licences along lineage: kinds in their order, in one neutral colour, since no kind leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import bars, ordered, wording
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet
from weighbridge.charts.subject import NAMES, Subject, number
from weighbridge.charts.text import clean, percent

KEPT, CONTRADICTORY = "kept", "contradictory"
SHOWN, SHOWN_NARROW = 14, 10


class LicenceDrift:
    """A bar a kind, or a bar a pair of licences."""

    id = "licence-drift"
    title = "Kinds of drift, or pairs of licences (--by pair), in one window"
    answers = ("licence-drift",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether it is of kinds or of pairs in one window."""
        return (
            subject.by in ("drift", "pair")
            and not subject.periods
            and any(number(row.get("value")) is not None for row in subject.rows)
        )

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        pairs = subject.by == "pair"
        drawn = _pairs(subject, sheet) if pairs else ordered.ordered(subject, sheet, sheet.theme.neutral)
        left_out = max(len(subject.rows) - len(drawn.data["names"]), 0)
        notes = [f"{left_out} more pairs are in the figures." if left_out else "", "No bounds are known of pairs."]
        return Picture(
            title=wording.titled(subject) if pairs else _title(subject),
            subtitle=wording.terms(
                subject,
                f"Part of the {subject.unit} of models that declare a base, by "
                + ("licence of base and model" if pairs else "what became of its licence"),
            ),
            height=drawn.height,
            layers=drawn.layers,
            data=drawn.data,
            left=drawn.left,
            right=drawn.right,
            note=" ".join(filter(None, [*(notes if pairs else [ordered.signs(drawn)]), "No legal advice."])),
        )


def _pairs(subject: Subject, sheet: Sheet) -> bars.Bars:
    """Bars of the pairs that carry most weight."""
    named = [dict(row) | {"group": _named(row)} for row in subject.rows if number(row.get("value")) is not None]
    whole = Subject({**subject.document, "rows": named, "by": ""}, subject.measure)
    shown = named[: SHOWN_NARROW if sheet.narrow else SHOWN]
    drawn = [bars.bar(whole, sheet, row) | {"colour": sheet.theme.neutral, "unknown": False} for row in shown]
    made = bars.placed(whole, sheet, drawn)
    made.data["rows"] = [
        {key: clean(row.get(key) or "") for key in ("parent", "child", "drift")} | {"value": number(row.get("value"))}
        for row in subject.rows[:ROWS_MOST]
    ]
    return made


def _named(row: Mapping[str, Any]) -> str:
    parent, child, drift = (clean(row.get(key) or "") for key in ("parent", "child", "drift"))
    return f"{NAMES.get(parent, parent)} → {NAMES.get(child, child)}: {drift}"


def _title(subject: Subject) -> str:
    """How much keeps its licence, and how much contradicts that of the base."""
    values = {str(row["group"]): row for row in subject.rows if number(row.get("value")) is not None}
    if KEPT not in values:
        return wording.titled(subject)
    kept = values[KEPT]
    most = number(kept.get("hi"))
    limit = f" (at most {percent(most)})" if most is not None and percent(most) != percent(kept["value"]) else ""
    against = values.get(CONTRADICTORY)
    rest = f"; {percent(against['value'])} contradict it" if against else ""
    return f"{percent(kept['value'])} of the {subject.unit} of derived models keep the base's licence{limit}{rest}"


CHART = LicenceDrift()
