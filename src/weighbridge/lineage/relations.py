"""How a model relates to its base, and whether its weights are quantised: declared, or inferred and marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]

RELATIONS = ("none", "finetune", "adapter", "quantized", "merge")
"""Relation codes; `none`: no base is declared."""
MARKS = (
    r"gguf|ggml|gptq|awq|exl2|exl3|hqq|bnb|i1|int[48]|w4a16|w8a8"
    r"|[2-8](?:\.\d+)?[-_]?(?:bits?|bpw)|q[2-8](?:_[0k](?:_[sml])?)?"
)
"""Parts of a name that say how weights were quantised."""
QUANTISED_NAME = rf"(?:^|[-_.])(?:{MARKS})(?:$|[-_.])"
QUANTISED_TAGS = ("gptq", "awq", "exl2", "4-bit", "8-bit")
FULL_TAGS = ("safetensors", "pytorch", "tf", "jax", "flax", "transformers")


def quantised(names: pa.Array, tags: pa.Array, relation: pa.Array) -> Mask:
    """Which models are quantised copies: declared so, named so, or tagged so.

    Args:
        names: repository names.
        tags: lists of tags, or what `tagged_copies` made of them.
        relation: the declared relation.
    """
    declared = pc.fill_null(pc.equal(relation, "quantized"), False)
    base = pc.utf8_lower(pc.replace_substring_regex(names, r"^.*/", ""))
    named = pc.fill_null(pc.match_substring_regex(base, QUANTISED_NAME), False)
    return _mask(declared) | _mask(named) | _mask(pc.fill_null(tagged_copies(tags), False))


def tagged_copies(tags: pa.Array) -> pa.Array:
    """Whether a model's tags tell that it is a quantised copy, null where it has none; from such a column, itself.

    The tag `gguf` counts only where no tag tells of full weights beside it, since makers put GGUF files into the
    repositories of their original models too.
    """
    if pa.types.is_boolean(tags.type):
        return tags
    gguf_only = has_tag(tags, ("gguf",)) & ~has_tag(tags, FULL_TAGS)
    return pa.array(has_tag(tags, QUANTISED_TAGS) | gguf_only, mask=~_mask(tags.is_valid()))


def relations(
    declared: pa.Array, library: pa.Array, parents: npt.NDArray[np.int64], copies: Mask
) -> tuple[npt.NDArray[np.int8], Mask]:
    """Code of each model's relation to its base, and whether it was inferred.

    Args:
        declared: the declared relation, null where there is none.
        library: name of the library, null where not given.
        parents: number of declared parents, int64[n].
        copies: from `quantised`.
    """
    code = pc.fill_null(pc.index_in(declared, pa.array(RELATIONS)), -1).to_numpy(zero_copy_only=False).astype(np.int8)
    inferred = (code < 1) & (parents > 0)
    peft = _mask(pc.fill_null(pc.equal(library, "peft"), False))
    guess = np.full(len(code), RELATIONS.index("finetune"), np.int8)
    guess[parents > 1] = RELATIONS.index("merge")
    guess[copies] = RELATIONS.index("quantized")
    guess[peft] = RELATIONS.index("adapter")
    code = np.where(inferred, guess, code)
    return np.where(parents > 0, code, 0).astype(np.int8), inferred


def has_tag(tags: pa.Array, wanted: tuple[str, ...]) -> Mask:
    """Which models carry one of some tags."""
    hit = np.zeros(len(tags), bool)
    found = _mask(pc.is_in(pc.list_flatten(tags), pa.array(wanted)))
    hit[pc.list_parent_indices(tags).to_numpy()[found]] = True
    return hit


def _mask(column: Any) -> Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)
