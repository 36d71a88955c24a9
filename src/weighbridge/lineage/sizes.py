"""How large a model is: parameters where they are given, else the size that its name states."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BILLION = 1e9
SIZES = ("<0.1", "0.1-1", "1-9", "9-30", "30-100", ">100", "unknown")
"""Classes in billions of parameters; a size on a limit belongs to the class above it."""
LIMITS = (0.1, 1.0, 9.0, 30.0, 100.0)
BILLIONS = r"(?:^|[-_.])(?:(?P<experts>\d{1,3})x)?(?P<size>\d{1,4}(?:[.]\d{1,3})?)b(?:$|[-_.])"
MILLIONS = r"(?:^|[-_.])(?P<size>\d{2,4}(?:[.]\d)?)m(?:$|[-_.])"


def parameters(given: pa.Array, names: pa.Array) -> npt.NDArray[np.float64]:
    """Total parameters of each model, NaN where neither its files nor its name tell.

    A name's size is the first of the forms `7b`, `8x7b` (experts times size, which overstates shared layers) and,
    failing these, `350m`.
    """
    base = pc.utf8_lower(pc.replace_substring_regex(names, r"^.*/", ""))
    billions = pc.extract_regex(base, BILLIONS)
    experts = _number(pc.struct_field(billions, "experts"))
    size = _number(pc.struct_field(billions, "size")) * np.where(np.isnan(experts), 1, experts) * BILLION
    millions = _number(pc.struct_field(pc.extract_regex(base, MILLIONS), "size")) * 1e6
    named = np.where(np.isnan(size), millions, size)
    known = pc.cast(given, pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(known) | (known <= 0), named, known)


def size_class(count: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Index into `SIZES` of each number of parameters."""
    place = np.searchsorted(np.array(LIMITS) * BILLION, np.nan_to_num(count), side="right")
    return np.where(np.isnan(count), SIZES.index("unknown"), place).astype(np.int8)


def _number(text: pa.Array) -> npt.NDArray[np.float64]:
    filled = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return np.asarray(pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
