"""Undeclared quantised copies resolved by name: a rule of its own (`base-inferred`), off unless asked for."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.lineage.relations import MARKS

Ints = npt.NDArray[np.int64]

SUFFIX = re.compile(rf"(?:[-_.](?:{MARKS}|imat|mlx|quantized))+$")


def infer_parents(
    names: pa.Array, quantised: npt.NDArray[np.bool_], has_parent: npt.NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Edges from quantised copies without a declared base to the one full model that bears the rest of their name.

    `TheBloke/Foo-7B-GGUF` → `org/Foo-7B` if exactly one repository that is not quantised has the name `Foo-7B` in
    any namespace (letter case does not count). Where several have it, nothing is inferred.

    Returns:
        child and parent row numbers, int64[n] each.
    """
    base = pc.utf8_lower(pc.replace_substring_regex(names, r"^.*/", ""))
    rows = np.flatnonzero(quantised & ~has_parent)
    stems = [SUFFIX.sub("", text) for text in base.take(pa.array(rows)).to_pylist()]
    full = np.flatnonzero(~quantised)
    counted = base.take(pa.array(full)).dictionary_encode()
    codes = counted.indices.to_numpy()
    often = np.bincount(codes, minlength=len(counted.dictionary))
    holder = np.zeros(len(counted.dictionary), np.int64)
    holder[codes] = full
    at = pc.fill_null(pc.index_in(pa.array(stems, pa.string()), counted.dictionary), -1).to_numpy(zero_copy_only=False)
    found = (at >= 0) & (np.append(often, 0)[at] == 1)
    return rows[found].astype(np.int64), holder[at[found]]
