"""The ladder of openness, from the bottom rung to the top, with limits."""

from __future__ import annotations

from weighbridge.charts import ordered, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, asked, number
from weighbridge.charts.text import percent

OPEN = "open licence"
TOLD = {
    "": "Part of {unit} by the highest rung that a model reaches",
    "at-least": "Part of {unit} on each rung or higher; rungs include those above",
}


class OpennessLadder:
    """A bar a rung, in the order of the ladder; what an identifier does not tell is hollow."""

    id = "openness-ladder"
    title = "The ladder, or one step of it, in one window"
    answers = ("openness",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether it is of rungs in one window, without groups."""
        return (
            subject.by == "rung"
            and not subject.periods
            and any(number(r.get("value")) is not None for r in subject.rows)
        )

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        step = asked(subject, "step")
        step = "" if step == "ladder" else step
        drawn = ordered.ordered(subject, sheet, sheet.theme.marks[0])
        return Picture(
            title=_title(subject) if step in TOLD else wording.titled(subject),
            subtitle=wording.terms(subject, TOLD.get(step, f"Part of {{unit}} by {step}").format(unit=subject.unit)),
            height=drawn.height,
            layers=drawn.layers,
            data=drawn.data,
            left=drawn.left,
            right=drawn.right,
            note=" ".join(filter(None, (ordered.signs(drawn), _gating(subject)))),
        )


def _title(subject: Subject) -> str:
    """How much is under an open licence or further up, with its limits."""
    rows = subject.document.get("at_least") or ()
    found = next((row for row in rows if row.get("group") == OPEN and number(row.get("value")) is not None), None)
    if found is None:
        return wording.titled(subject)
    told = percent(found["value"])
    least, most = (number(found.get(end)) for end in ("lo", "hi"))
    limits = ""
    if least is not None and most is not None and {percent(least), percent(most)} != {told}:
        limits = f" (bounds {percent(least)} to {percent(most)})"
    go = "" if subject.unit == "models" else " go to models that"
    return f"{told} of {subject.unit}{go} are under an open licence or further up the ladder{limits}"


def _gating(subject: Subject) -> str:
    """What the answer says of gates that are not known; empty where they are."""
    said = [
        str(note) for note in subject.document.get("notes") or () if str(note).startswith("Whether a model is gated")
    ]
    return f"{said[0].split(':')[0].rstrip('.')} (--gating left-out leaves this step out)." if said else ""


CHART = OpennessLadder()
