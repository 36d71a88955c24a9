"""Weight by class of size in the order of size, by kind, or by who tells the size."""

from __future__ import annotations

from weighbridge.charts import ordered, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, asked, number
from weighbridge.charts.text import percent

UNKNOWN = "unknown"
TOLD = {
    "classes": "Part of {unit} by size class, in billions of parameters",
    "kinds": "Part of {unit} of each kind; kinds overlap",
    "origins": "Part of {unit} by who tells the size",
}


class SizeClasses:
    """A bar a class, what is unknown last and hollow."""

    id = "size-classes"
    title = "Classes of size in one window (--show classes, kinds or origins)"
    answers = ("size",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether classes of one window are known, and not divided by groups."""
        return (
            asked(subject, "show") in TOLD
            and asked(subject, "by") in ("", "none")
            and not subject.periods
            and any(number(row.get("value")) is not None for row in subject.rows)
        )

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        show = asked(subject, "show")
        names = (
            {str(row["group"]): f"{str(row['group']).replace('-', '–')} billion" for row in subject.rows}
            if show == "classes"
            else {}
        )
        drawn = ordered.ordered(subject, sheet, sheet.theme.marks[0], names | {UNKNOWN: UNKNOWN})
        return Picture(
            title=_title(subject, show),
            subtitle=wording.terms(subject, TOLD[show].format(unit=subject.unit)),
            height=drawn.height,
            layers=drawn.layers,
            data=drawn.data,
            left=drawn.left,
            right=drawn.right,
            note=ordered.signs(drawn),
        )


def _title(subject: Subject, show: str) -> str:
    """The largest known class, and how much is unknown."""
    if show != "classes":
        return wording.titled(subject)
    values = {str(row["group"]): number(row.get("value")) or 0.0 for row in subject.rows}
    unknown = values.pop(UNKNOWN, 0.0)
    go = "are" if subject.unit == "models" else "go to models"
    if not any(values.values()):
        return f"The size of all {subject.unit} is unknown"
    name = max(values, key=lambda group: values[group])
    of = f"of {name.replace('-', '–')} billion parameters"
    if not unknown:
        return f"{percent(values[name])} of {subject.unit} {go} {of}"
    return f"The size of {percent(unknown)} of {subject.unit} is unknown; {percent(values[name])} {go} {of}"


CHART = SizeClasses()
