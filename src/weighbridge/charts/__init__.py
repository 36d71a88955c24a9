"""Charts: the document of an answer → a Vega-Lite specification as plain data. One file a chart, in `kinds`.

A chart says itself which measures it is for (`answers`) and whether it can show a given answer (`fits`). The first that
does, in order of `rank` and then of id, is the answer's own chart; `ranges` shows what no chart was made for. What no
chart shows truly is refused, with what can be drawn.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Protocol, cast

from weighbridge.charts import kinds, wording
from weighbridge.charts.sheet import LEAST_WIDTH, MOST_WIDTH, Picture, Sheet, composed
from weighbridge.charts.subject import Subject
from weighbridge.charts.theme import THEMES
from weighbridge.errors import DataMissing, UsageError
from weighbridge.records.discovery import registered

WIDTH = 900


class Chart(Protocol):
    """A way of showing answers."""

    @property
    def id(self) -> str:
        """Its name."""
        ...

    @property
    def title(self) -> str:
        """What it shows, in one line."""
        ...

    @property
    def answers(self) -> tuple[str, ...]:
        """Ids of the measures that it is for; none: any."""
        ...

    @property
    def rank(self) -> int:
        """The least of those that fit is the answer's own chart."""
        ...

    def fits(self, subject: Subject) -> bool:
        """Whether it can show this answer, of a measure that it is for."""
        ...

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """The picture of an answer that fits."""
        ...


@functools.cache
def charts() -> dict[str, Chart]:
    """All charts by id, the answer's own before the others."""
    found = cast("dict[str, Chart]", registered(kinds, "CHART"))
    return dict(sorted(found.items(), key=lambda item: (item[1].rank, item[0])))


def fitting(document: Mapping[str, Any]) -> list[Chart]:
    """The charts that can show an answer, its own first."""
    subject = Subject.of(document)
    return [c for c in charts().values() if (not c.answers or subject.measure in c.answers) and c.fits(subject)]


def chosen(document: Mapping[str, Any], name: str | None = None) -> Chart:
    """The chart of an answer, or the one that is named.

    Raises:
        UsageError: there is no such chart, or none shows this answer truly.
        DataMissing: no chart can show it, since it holds no figure.
    """
    found, measure = {chart.id: chart for chart in fitting(document)}, Subject.of(document).measure
    made_for = {c.id: c.title for c in charts().values() if measure in c.answers}
    if not found and made_for and document.get("rows"):
        listed = "; ".join(f"{id_}: {title[:1].lower()}{title[1:]}" for id_, title in made_for.items())
        raise UsageError(
            f"no chart shows this answer of {measure} as it is", f"print it as a table, or ask for {listed}"
        )
    if not found:
        raise DataMissing("this answer has no figure that could be drawn", "ask another window, or print it as a table")
    if name is None:
        return next(iter(found.values()))
    if name not in found:
        raise UsageError(f"there is no chart {name!r} of this answer", f"one of: {', '.join(found)}")
    return found[name]


def sheet_of(theme: str, width: int, head: bool = True) -> Sheet:
    """The sheet that is asked for.

    Raises:
        UsageError: there is no such theme or width.
    """
    if theme not in THEMES:
        raise UsageError(f"there is no theme {theme!r}", f"one of: {', '.join(THEMES)}")
    if not isinstance(width, int) or isinstance(width, bool) or not LEAST_WIDTH <= width <= MOST_WIDTH:
        raise UsageError(f"width {width!r} cannot be drawn", f"give pixels from {LEAST_WIDTH} to {MOST_WIDTH:,}")
    return Sheet(THEMES[theme], width, head)


def specification(
    document: Mapping[str, Any], name: str | None = None, theme: str = "light", width: int = WIDTH, head: bool = True
) -> dict[str, Any]:
    """The Vega-Lite specification of an answer.

    Args:
        document: as `Answer.to_dict` gives it, or the document of `claims` or `quality`.
        name: of the chart; null: the answer's own.
        theme: light or dark.
        width: of the whole picture in pixels.
        head: whether title, subtitle and source line are drawn; they stand in `usermeta` either way.

    Raises:
        UsageError: there is no such chart, theme or width.
        DataMissing: the answer has no figure.
    """
    sheet, subject, chart = sheet_of(theme, width, head), Subject.of(document), chosen(document, name)
    spec = composed(chart.draw(subject, sheet), sheet, wording.origin(subject))
    spec["usermeta"]["weighbridge"] |= {"chart": chart.id, "measure": subject.measure}
    return spec
