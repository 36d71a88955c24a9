"""Declared parents that nothing is called by."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.frame import flat
from weighbridge.lineage.references import resolve
from weighbridge.quality import Event
from weighbridge.quality.held import Held

LONGEST_SHOWN = 120


class DanglingBase:
    """A reference that leads to no model, so that credit stays with the uploader."""

    id = "dangling-base"
    version = 1
    title = "a declared parent that names no model"
    words = (
        "A base model that neither what is held nor any alias resolves, and that has not the form org/name of "
        "a model elsewhere on the hub: a path, a bare name, a data set. One event a model. A well-formed name "
        "that is not held is a parent outside, and no event. The weight is the model's, at its last reading."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        bases = flat(held.declared["base_models"])
        if bases.null_count == len(bases):
            return
        lost = resolve(held.hub, held.frame.names, bases).dangling
        written = pc.list_flatten(bases)
        hit = np.flatnonzero(pc.is_in(written, pa.array(list(lost), pa.string())).to_numpy(zero_copy_only=False))
        references: dict[int, list[str]] = {}
        of = pc.list_parent_indices(bases).to_numpy()
        for at in hit.tolist():
            references.setdefault(int(of[at]), []).append(str(written[at].as_py()))
        models = np.array(list(references), np.int64)
        first, last = held.sights
        weight = held.yardstick.models(models, np.maximum(last[models], 0)).tolist()
        for model, least in zip(models.tolist(), weight, strict=True):
            named = ", ".join(repr(text[:LONGEST_SHOWN]) for text in references[model])
            start, end = (
                (int(first[model]), int(last[model]) + 1) if last[model] >= 0 else (held.span[0], held.span[1] + 1)
            )
            detail = f"declares the base {named}, which names no model"
            numbers = {"references": len(references[model])}
            yield held.event(self.id, model, start, end, least if least >= 0 else None, detail, numbers)


DETECTOR = DanglingBase()
