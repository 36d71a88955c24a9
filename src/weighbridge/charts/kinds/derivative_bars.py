"""How much of a group's weight goes through what descends from it. Groups overlap, so none leads."""

from __future__ import annotations

from weighbridge.charts import bars, meanings, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, asked, number
from weighbridge.charts.text import percent

SHOWN, SHOWN_NARROW = 14, 10


class DerivativeBars:
    """A bar a group with its bounds, the number of models that descend from it beside."""

    id = "derivative-bars"
    title = "What goes through descendants (--show groups)"
    answers = ("derivatives",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether it is of groups in one window."""
        return (
            asked(subject, "show") in ("", "groups")
            and not subject.periods
            and any(number(row.get("value")) is not None and "lo" in row for row in subject.rows)
        )

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        known = [row for row in subject.rows if number(row.get("value")) is not None]
        most = [row for row in known if subject.is_party(row["group"])] or known
        shown = sorted(most[: SHOWN_NARROW if sheet.narrow else SHOWN], key=lambda row: -float(row["value"]))
        drawn = []
        for row in shown:
            one = bars.bar(subject, sheet, row) | {"unknown": False}
            models = f"{number(row.get('models')) or 0:,.0f} models"
            drawn.append(one | {"range": f"{one['range']} · {models}" if one["range"] and not sheet.narrow else models})
        made = bars.placed(subject, sheet, drawn)
        pale = "Pale parts lie between the bounds. " if made.data["pale"] else ""
        few = f"The {len(shown)} with most descendants are drawn. " if len(shown) < len(most) else ""
        return Picture(
            title=_title(subject, [float(row["value"]) for row in shown]),
            subtitle=wording.terms(subject, meanings.meaning(subject)),
            height=made.height,
            layers=made.layers,
            data=made.data,
            left=made.left,
            right=made.right,
            note=f"{few}{pale}Models: those that descend from each. A merge descends from each of its parents, so "
            "groups overlap and do not add up.",
        )


def _title(subject: Subject, values: list[float]) -> str:
    """Between which parts the figures lie."""
    least, most = percent(min(values)), percent(max(values))
    span = f"{least} to {most}" if least != most else most
    if asked(subject, "count") == "new":
        return f"{span} of the new models with a base descend from each {subject.by}"
    return f"Descendants carry {span} of the {subject.unit} of a {subject.by} and its descendants"


CHART = DerivativeBars()
