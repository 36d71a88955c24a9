"""Published figures beside ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from weighbridge.charts import intervals
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean

UNIT = "percent"
SHOWN, SHOWN_NARROW = 18, 12


class ClaimsBeside:
    """A row a claim in percent: what was published, and what we find or the nearest that we can say."""

    id = "claims-beside"
    title = "Published figures beside ours"
    answers = ("claims",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether any claim in percent has a figure of ours."""
        return any(_ours(row) for row in subject.rows)

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme = sheet.theme
        order = {"differs": 0, "reproduced": 1}
        drawable = sorted((r for r in subject.rows if _ours(r)), key=lambda r: order.get(r["verdict"], len(order)))
        shown = drawable[: SHOWN_NARROW if sheet.narrow else SHOWN]
        rows = []
        for row in shown:
            ours = _ours(row) or {}
            tested = row.get("ours") is not None
            value = float(ours["value"])
            told = f"published {row['published']:g}, {f'ours {value:.3g}' if tested else f'nearest {value:.3g}'}"
            mark = theme.marks[1] if row["verdict"] == "differs" else theme.marks[0] if tested else theme.neutral
            rows.append(
                intervals.Interval(
                    clean(row["statement"]), value, number(ours.get("lo")), number(ours.get("hi")),
                    told, mark, float(row["published"]),
                )
            )  # fmt: skip
        drawn = intervals.intervals(rows, sheet, lambda value: f"{value:g}\N{NO-BREAK SPACE}%")
        verdicts = Counter(str(row["verdict"]) for row in subject.rows)
        left_out = len(drawable) - len(shown)
        more = f" {left_out} more can be drawn." if left_out else ""
        return Picture(
            title=_title(verdicts, len(subject.rows)),
            subtitle="Published figures in percent (diamonds) and ours (dots, with their bounds). Grey dots are the "
            "nearest that what is held can say of a claim it cannot test: another window, hub or definition.",
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": [_row(row) for row in subject.rows[:ROWS_MOST]], **drawn.data},
            left=drawn.left,
            right=drawn.right,
            below=drawn.below,
            note=f"Claims in other units and without any figure of ours are not drawn.{more} Sources of each: "
            "weighbridge claims check.",
        )


def _ours(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Our figure for a claim in percent, or the nearest; null where there is none in percent."""
    if row.get("unit") != UNIT or number(row.get("published")) is None:
        return None
    if number(row.get("ours")) is not None:
        return {"value": row["ours"], "lo": row.get("lo"), "hi": row.get("hi")}
    near = row.get("nearest")
    if near and near.get("unit") == UNIT and number(near.get("value")) is not None:
        found: Mapping[str, Any] = near
        return found
    return None


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    near = row.get("nearest") or {}
    return {
        **{key: clean(row.get(key) or "") for key in ("id", "statement", "unit", "verdict", "source")},
        "published": number(row.get("published")), "value": number(row.get("ours")), "lo": number(row.get("lo")),
        "hi": number(row.get("hi")), "nearest": number(near.get("value")),
    }  # fmt: skip


def _title(verdicts: Mapping[str, int], count: int) -> str:
    """How many are reproduced, differ, or cannot be tested."""
    good, bad = verdicts.get("reproduced", 0), verdicts.get("differs", 0)
    parts = [
        f"{good} of {count} published figures {'is' if good == 1 else 'are'} reproduced",
        f"{bad} {'differs' if bad == 1 else 'differ'}",
        f"{verdicts.get('not testable', 0)} cannot be tested with what is held",
    ]
    return ", ".join(parts)


CHART = ClaimsBeside()
