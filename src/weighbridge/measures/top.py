"""Who is on top: the share of models, organisations or families, as a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from weighbridge.cubes.weigh import Weighed
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.share import MEASURE as SHARE
from weighbridge.records.answer import Answer

DIMENSION = {"models": "model", "organisations": "organisation", "families": "family"}


class Top:
    """A share by model, organisation or family, cut after the largest."""

    id = "top"
    title = "The most downloaded models, organisations or families"
    words = "The largest groups with their shares; the rest is one row."
    formula = "as share, the n groups with the largest value"
    source = "own definition"
    example = "organisations --at 2024-07-11 --top 8"
    options = (
        Option("of", "What is listed.", tuple(DIMENSION), "models", argument=True),
        Option("top", "How many.", default=20, number=True, most=LISTED_MOST),
    )
    clean = None

    def condensed_by(self, options: Mapping[str, Any]) -> str | None:
        """See `Condensable.condensed_by`."""
        return DIMENSION[options["of"]]

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """Rows of the largest, and the rest."""
        answer = SHARE.of(weighed, {"by": DIMENSION[options["of"]], "top": options["top"]})
        return replace(answer, measure=self.id, title=f"The most downloaded {options['of']}")


MEASURE = Top()
