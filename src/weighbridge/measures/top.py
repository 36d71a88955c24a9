"""Who is on top: the share of models, organisations or families, as a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from weighbridge.cubes.weigh import Weighed
from weighbridge.errors import UsageError
from weighbridge.measures.share import MEASURE as SHARE
from weighbridge.records.answer import Answer

DIMENSION = {"models": "model", "organisations": "organisation", "families": "family"}
DEFAULT_TOP = 20


class Top:
    """A share by model, organisation or family, cut after the largest."""

    id = "top"
    title = "The most downloaded models, organisations or families"
    words = "The largest groups with their shares; the rest is one row."
    formula = "as share, the n groups with the largest value"
    source = "own definition"

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """Options: `of` (models, organisations, families) and `top`.

        Raises:
            UsageError: `of` is none of the three.
        """
        what = options["of"]
        if what not in DIMENSION:
            raise UsageError(f"there is no top of {what!r}", f"one of: {', '.join(DIMENSION)}")
        top = options.get("top") or DEFAULT_TOP
        answer = SHARE.of(weighed, {"by": DIMENSION[what], "top": top})
        return replace(answer, measure=self.id, title=f"The most downloaded {what}")


MEASURE = Top()
