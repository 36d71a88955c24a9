"""What the outlier rule would remove at other thresholds: the whole curve, so that nobody need trust one point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from weighbridge.cubes.weigh import Weighed
from weighbridge.definitions.rules.material_outlier import MaterialOutlier, outliers
from weighbridge.errors import DataMissing
from weighbridge.measures import Option
from weighbridge.measures.answering import answer
from weighbridge.records.answer import Answer

DEVIATIONS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.25, 3.5)
MATERIAL = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05)
SHOWN = 3


class OutlierCurve:
    """The rule `material-outlier` over a grid of both its thresholds."""

    id = "outlier-curve"
    title = "What the outlier rule removes at other thresholds"
    words = (
        "For each pair of thresholds (robust standard deviations of the residual, part of all weight) how many "
        "models the rule removes, which are the largest, and the shares of some countries after it. A cube file "
        "answers for thresholds above its smallest named model."
    )
    formula = "as the rule material-outlier; shares as in share, uploader's country"
    source = "own definition"
    example = "--at 2024-07-11 | head -24"
    options = (Option("groups", "Countries whose shares are shown.", default=("CN", "US"), many=True),)
    clean = (MaterialOutlier.id,)

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """One row a pair of thresholds.

        Raises:
            DataMissing: the rule has nothing to say of this window.
        """
        cells = weighed.slice.cells
        facts = cells.facts.get(MaterialOutlier.id)
        if facts is None or not np.isfinite(facts).any():
            raise DataMissing("the outlier rule needs likes of at least 500 models", "ask of a census with likes")
        considered = weighed.removals[0].kept
        groups = weighed.groups("country", cells.entries)
        names = cells.labels["model"]
        named = np.isfinite(facts)
        least = 0.0 if weighed.slice.whole else float(cells.value[named].min() / max(cells.value.sum(), 1))
        grid = []
        for deviations in DEVIATIONS:
            for material in filter(lambda part: part >= least, MATERIAL):
                gone = outliers(cells, considered, deviations, material)
                rows = np.flatnonzero(gone)
                largest = rows[np.argsort(-cells.value[rows], kind="stable")[:SHOWN]]
                kept = considered & ~gone
                weight = np.where(kept[cells.entries.cell], cells.entries.value, 0)
                by_group = np.bincount(groups.codes, weights=weight, minlength=len(groups.names))
                shares = {
                    g: float(by_group[groups.names.index(g)] / max(by_group.sum(), 1)) if g in groups.names else 0.0
                    for g in options["groups"]
                }
                grid.append(
                    {
                        "deviations": deviations,
                        "material": material,
                        "models": int(cells.models[rows].sum()),
                        "downloads": int(cells.value[rows].sum()),
                        **shares,
                        "largest": [str(names.names[int(c)].as_py()) for c in names.codes[largest]],
                    }
                )
        return answer(self.id, self.title, weighed, "country", grid)


MEASURE = OutlierCurve()
