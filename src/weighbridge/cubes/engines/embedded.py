"""This process: NumPy over Arrow batches, on all processors that it may use."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.combinations import number
from weighbridge.cubes.engines import Engine, Sums
from weighbridge.cubes.labels import Labelling
from weighbridge.cubes.reduction import weigh_weeks
from weighbridge.cubes.weekcube import WeekCube, cube_of
from weighbridge.errors import UsageError
from weighbridge.store.weekfiles import WeekFiles

Ints = npt.NDArray[np.int64]


class Embedded:
    """The engine that needs nothing else."""

    id = "embedded"
    title = "in this process, with NumPy"

    def at(self, remote: str) -> Engine:
        """See `Engine.at`."""
        raise UsageError(f"the embedded engine does not run at {remote}", "choose the engine spark")

    def sums(self, keys: Mapping[str, npt.NDArray[np.integer]], values: Mapping[str, Ints]) -> Sums:
        """See `Engine.sums`."""
        code, found = number(list(keys.values()))
        count = len(found[0])
        sums = {name: np.zeros(count, np.int64) for name in values}
        for name, column in values.items():
            np.add.at(sums[name], code, column)
        return Sums(dict(zip(keys, found, strict=True)), sums, np.bincount(code, minlength=count))

    def weigh(self, flows: WeekFiles, labelling: Labelling, ages: Ages) -> WeekCube:
        """See `Engine.weigh`."""
        weeks = (sums for (sums,) in weigh_weeks(flows, [labelling], ages))
        return cube_of(labelling.coding, ages.limits, flows.values, weeks)


ENGINE = Embedded()
