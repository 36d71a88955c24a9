"""Which of very many texts hold a given literal: an index over three-byte grams, made once for many literals."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]

GRAM = 3
GRAMS = 2 ** (8 * GRAM)


class SubstringIndex:
    """Positions of the rarest gram of each literal that will be asked for.

    A scan of all texts for one literal takes as long as reading them; over hundreds of literals the index reads
    them twice in all.
    """

    def __init__(self, texts: pa.Array, literals: Iterable[str]) -> None:
        """Index `texts` (no nulls) for some literals."""
        joined = pc.binary_join(pa.array([texts.to_pylist()], pa.list_(pa.string())), "\n")[0].as_buffer()
        self._bytes = np.frombuffer(joined, np.uint8)
        self._texts = texts
        lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
        self._starts = np.concatenate([[0], np.cumsum(lengths + 1)])[:-1]
        grams = self._bytes[:-2].astype(np.int32) << 16
        grams |= self._bytes[1:-1].astype(np.int32) << 8
        grams |= self._bytes[2:]
        often = np.bincount(grams, minlength=GRAMS)
        self._rarest = {literal: _rarest(literal, often) for literal in literals if len(literal.encode()) >= GRAM}
        wanted = np.zeros(GRAMS, bool)
        wanted[[gram for gram, _ in self._rarest.values()]] = True
        places = np.flatnonzero(wanted[grams])
        order = np.argsort(grams[places], kind="stable")
        self._places = places[order]
        self._grams = grams[self._places]

    def holding(self, literal: str) -> Ints:
        """Rows of the texts that hold a literal, ascending."""
        if literal not in self._rarest:
            hit = pc.match_substring(self._texts, literal).to_numpy(zero_copy_only=False).astype(bool)
            return np.flatnonzero(hit)
        gram, offset = self._rarest[literal]
        begin, end = np.searchsorted(self._grams, [gram, gram + 1])
        start = self._places[begin:end] - offset
        code = np.frombuffer(literal.encode(), np.uint8)
        start = start[(start >= 0) & (start + len(code) <= len(self._bytes))]
        for place, byte in enumerate(code):
            start = start[self._bytes[start + place] == byte]
        return np.unique(np.searchsorted(self._starts, start, side="right") - 1)


def _rarest(literal: str, often: npt.NDArray[np.intp]) -> tuple[int, int]:
    """The gram of a literal that stands least often in the texts, and its place in the literal."""
    code = literal.encode()
    grams = [int.from_bytes(code[i : i + GRAM], "big") for i in range(len(code) - GRAM + 1)]
    place = min(range(len(grams)), key=lambda i: often[grams[i]])
    return grams[place], place
