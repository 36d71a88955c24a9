"""How large a model is: parameters where they are given, else the size that its name states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BILLION = 1e9
AT_ONCE = 250_000
SIZES = ("<0.1", "0.1-1", "1-9", "9-30", "30-100", ">100", "unknown")
"""Classes in billions of parameters; a size on a limit belongs to the class above it."""
LIMITS = (0.1, 1.0, 9.0, 30.0, 100.0)
BEFORE, AFTER = r"(?:^|[-_]|[^0-9][.])", r"(?:$|[-_.])"
SIZE = (
    rf"{BEFORE}(?:(?:(?P<experts>\d{{1,3}})x)?(?P<billions>\d{{1,4}}(?:[.]\d{{1,3}})?)b"
    rf"|(?P<millions>\d{{2,4}}(?:[.]\d{{1,3}})?)m){AFTER}"
)
ACTIVE = rf"{BEFORE}a(?P<active>\d{{1,3}}(?:[.]\d{{1,3}})?)b{AFTER}"
EXPERTS = rf"{BEFORE}(?:\d{{1,3}}x\d{{1,3}}(?:[.]\d{{1,3}})?b|a\d{{1,3}}(?:[.]\d{{1,3}})?b|moe){AFTER}"
DASHED = r"(^|[-_])0[-_](\d{1,2}b)($|[-_.])"
"""`0-6b` stands for 0.6 billion; `2-7b` does not tell, and is read as 7 billion after a version 2."""
SEEN = r"[-_]s?\d+b[-_]b\d+k"
"""Samples seen and batch size, as in `laion2b-39b-b160k`."""


@dataclass(frozen=True)
class Stated:
    """What the names of repositories state of their sizes, as `named`, `named_active` and `named_experts` say it."""

    total: npt.NDArray[np.float64]
    active: npt.NDArray[np.float64]
    experts: npt.NDArray[np.bool_]


def parameters(given: pa.Array, names: pa.Array) -> npt.NDArray[np.float64]:
    """Total parameters of each model, NaN where neither its files nor its name tell."""
    known = pc.cast(given, pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(known) | (known <= 0), named(names), known)


def named(names: pa.Array) -> npt.NDArray[np.float64]:
    """Total parameters that the names of repositories state, NaN where they state none.

    The first of the forms `7b`, `350m` and `8x7b` counts; the last is experts times size, which counts the layers
    that experts share more than once.
    """
    return _total(_base(names))


def stated(names: pa.Array) -> Stated:
    """All that names state, some names after others, since the work needs far more memory than its outcome."""
    pieces = []
    for start in range(0, max(len(names), 1), AT_ONCE):
        base = _base(names.slice(start, AT_ONCE))
        pieces.append((_total(base), _active(base), _experts(base)))
    return Stated(*(np.concatenate(column) for column in zip(*pieces, strict=True)))


def _total(base: pa.Array) -> npt.NDArray[np.float64]:
    found = pc.extract_regex(base, SIZE)
    experts = _number(pc.struct_field(found, "experts"))
    billions = _number(pc.struct_field(found, "billions")) * np.where(np.isnan(experts), 1, experts) * BILLION
    return np.where(np.isnan(billions), _number(pc.struct_field(found, "millions")) * 1e6, billions)


def named_active(names: pa.Array) -> npt.NDArray[np.float64]:
    """Parameters used for one token that names such as `30b-a3b` state, NaN where they state none."""
    return _active(_base(names))


def _active(base: pa.Array) -> npt.NDArray[np.float64]:
    return _number(pc.struct_field(pc.extract_regex(base, ACTIVE), "active")) * BILLION


def named_experts(names: pa.Array) -> npt.NDArray[np.bool_]:
    """Which names tell of a mixture of experts: `8x7b`, `30b-a3b` or `moe`."""
    return _experts(_base(names))


def _experts(base: pa.Array) -> npt.NDArray[np.bool_]:
    found = pc.fill_null(pc.match_substring_regex(base, EXPERTS), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def size_class(count: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Index into `SIZES` of each number of parameters."""
    place = np.searchsorted(np.array(LIMITS) * BILLION, np.nan_to_num(count), side="right")
    return np.where(np.isnan(count), SIZES.index("unknown"), place).astype(np.int8)


def _base(names: pa.Array) -> pa.Array:
    """Names without namespaces, in lower case and with sizes in one form."""
    base = pc.utf8_lower(pc.replace_substring_regex(names, r"^.*/", ""))
    return pc.replace_substring_regex(pc.replace_substring_regex(base, SEEN, ""), DASHED, r"\10.\2\3")


def _number(text: pa.Array) -> npt.NDArray[np.float64]:
    filled = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return np.asarray(pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
