"""Kinds of models, each by signs that are data: quantised, mixture of experts, adapter, multimodal."""

from __future__ import annotations

import functools
import json
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.definitions.scopes import in_labels
from weighbridge.lineage.relations import RELATIONS
from weighbridge.records.cells import Coded

Mask = npt.NDArray[np.bool_]
States = npt.NDArray[np.int8]

KINDS = ("quantised", "mixture-of-experts", "adapter", "multimodal")
YES, NO, UNKNOWN = 1, 0, -1


@dataclass(frozen=True)
class Signs:
    """What tells of a model's kind, one row a model.

    Attributes:
        experts: whether the name tells of a mixture of experts.
        tags: list of tags; null or empty where none is given.
        task, library, relation: labels.
        quantised: whether the weights are a quantised copy.
        sparse: whether a source gives fewer active than total parameters.
    """

    experts: Mask
    tags: pa.Array
    task: Coded
    library: Coded
    relation: Coded
    quantised: Mask
    sparse: Mask


def kinds(signs: Signs) -> dict[str, States]:
    """Whether each model is of each kind: `YES`, `NO` or `UNKNOWN`, int8[models] by kind."""
    tags = _Tags(signs.tags)
    experts, adapters = rows()["mixture-of-experts"], rows()["adapter"]
    mixture = signs.sparse | signs.experts | tags.among(experts["tags"]) | tags.like(experts["pattern"])
    adapter = (
        (signs.relation.codes == RELATIONS.index("adapter"))
        | in_labels(signs.library, tuple(adapters["libraries"]))
        | tags.among(adapters["tags"])
    )
    return {
        "quantised": signs.quantised.astype(np.int8),
        "mixture-of-experts": mixture.astype(np.int8),
        "adapter": adapter.astype(np.int8),
        "multimodal": _multimodal(signs.task),
    }


def _multimodal(task: Coded) -> States:
    several = {name: YES if len(set(data)) > 1 else NO for name, data in rows()["multimodal"]["tasks"].items()}
    of_name = np.array([several.get(name, UNKNOWN) for name in task.names.to_pylist()], np.int8)
    return np.asarray(of_name[task.codes], dtype=np.int8)


class _Tags:
    """The different tags of all models, in lower case, and who carries which."""

    def __init__(self, tags: pa.Array) -> None:
        self.count = len(tags)
        encoded = pc.utf8_lower(pc.list_flatten(tags)).dictionary_encode()
        self.model = pc.list_parent_indices(tags).to_numpy()
        self.codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        self.names = encoded.dictionary

    def among(self, wanted: list[str]) -> Mask:
        """Which models carry one of some tags."""
        return self._carried(pc.is_in(self.names, pa.array(wanted, pa.string())))

    def like(self, pattern: str) -> Mask:
        """Which models carry a tag without a colon that a pattern finds."""
        plain = pc.invert(pc.match_substring(self.names, ":"))
        return self._carried(pc.and_(plain, pc.match_substring_regex(self.names, pattern)))

    def _carried(self, chosen: pa.Array) -> Mask:
        hit = np.append(np.asarray(chosen.to_numpy(zero_copy_only=False), dtype=bool), False)
        found = np.zeros(self.count, bool)
        found[self.model[hit[self.codes]]] = True
        return found


@functools.cache
def rows() -> dict[str, dict[str, Any]]:
    """The signs of each kind, as they stand in `data/kinds.toml`."""
    return tomllib.loads(_file("data/kinds.toml"))


def schema() -> dict[str, Any]:
    """The JSON schema of the data."""
    return dict(json.loads(_file("schema/kinds.schema.json")))


def _file(name: str) -> str:
    return (resources.files("weighbridge.definitions.kinds") / name).read_text(encoding="utf-8")
