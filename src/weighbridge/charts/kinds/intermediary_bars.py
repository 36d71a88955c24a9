"""Accounts that repackage others' models, and what goes through their copies."""

from __future__ import annotations

from weighbridge.charts import bars, meanings, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, asked, number
from weighbridge.charts.text import percent

SHOWN, SHOWN_NARROW = 14, 10


class IntermediaryBars:
    """A bar an account; what it may be of is pale."""

    id = "intermediary-bars"
    title = "What goes through repackaged copies (--show intermediaries)"
    answers = ("derivatives",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether it is of intermediaries in one window."""
        return asked(subject, "show") == "intermediaries" and not subject.periods and bool(subject.rows)

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        rows = [row for row in subject.rows if number(row.get("value")) is not None]
        shown = rows[: SHOWN_NARROW if sheet.narrow else SHOWN]
        drawn = []
        for row in shown:
            one = bars.bar(subject, sheet, row)
            copies, bases = (number(row.get(key)) or 0.0 for key in ("copies", "bases"))
            of = f" of {bases:,.0f} models" if bases and not sheet.narrow else ""
            drawn.append(one | {"unknown": False, "range": f"{copies:,.0f} copies{of}"})
        made = bars.placed(subject, sheet, drawn)
        document = subject.document
        through, accounts = number(document.get("through_intermediaries")), number(document.get("accounts"))
        named = asked(subject, "of")
        of = f"the {subject.unit} of {named} and its descendants" if named else subject.unit
        title = wording.titled(subject)
        if through is not None and accounts is not None:
            title = (
                f"Up to {percent(through)} of {of} go through copies by {accounts:,.0f} accounts that repackage models"
            )
        few = f"The {len(shown)} with most are drawn. " if len(shown) < (accounts or len(rows)) else ""
        return Picture(
            title=title,
            subtitle=wording.terms(subject, meanings.meaning(subject)),
            height=made.height,
            layers=made.layers,
            data=made.data,
            left=made.left,
            right=made.right,
            note=f"{few}Solid: copies of a known base by a known or private account; pale: the base, or who the "
            "account is, is not known. Copies are quantised or converted ones and adapters.",
        )


CHART = IntermediaryBars()
