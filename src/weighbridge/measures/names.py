"""Names in order of weight that can be looked through for words: the whole of a hub's in some ten milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Texts: TypeAlias = pa.Array

FEW = 500  # hits that are found one by one, which for a rare word is many times quicker than a look at every name
SPARSE = 4  # copying one text takes as long as looking through so many
BLOCK = 65_536  # names that are looked through at once


class Names:
    """Names of one kind in small letters, heaviest first, each with the end of a line, that can be looked through."""

    def __init__(self, names: Texts, more: Texts | None = None) -> None:
        """`more`: other names of the same, each on a line of its own, such as the accounts of an organisation."""
        self.more = more is not None
        told = pc.binary_join_element_wise(*(text for text in (names, more) if text is not None), "", "\n")
        lines = pc.utf8_lower(told.cast(pa.string()))
        self._bytes = lines.buffers()[2].to_pybytes() if len(lines) else b""
        self._ends = np.frombuffer(lines.buffers()[1], np.int32)[1 : len(lines) + 1]
        self.whole = pa.StringArray.from_buffers(len(lines), lines.buffers()[1], pa.py_buffer(self._bytes))
        self.last = pc.replace_substring_regex(self.whole, r"^[^/]*/", "")

    @property
    def bytes(self) -> int:
        """Memory of its texts."""
        return int(self.whole.nbytes + self.last.nbytes)

    def equal(self, low: str) -> Ints:
        """Rows of a name, ascending."""
        if self.more:
            return np.flatnonzero(as_mask(pc.starts_with(self.whole, f"{low}\n")))
        return np.flatnonzero(as_mask(pc.equal(self.whole, f"{low}\n")))

    def matching(self, text: str, words: Sequence[str], limit: int) -> list[tuple[int, int]]:
        """`(match, row)` of the best hits, in order: the place of the match in `MATCHES`, then the weight."""
        rare = self._few(max(words, key=len))
        if rare is not None:
            return _few_ranked(rare, self.whole.take(pa.array(rare)).to_pylist(), text, words)[:limit]
        exact = self.equal(text)[:limit]
        rest = sorted(words[1:], key=len, reverse=True)
        found = [(0, row) for row in exact.tolist()]
        masks: list[Mask] = []
        for begin in range(0, len(self.whole), BLOCK):
            masks.append(self._begins(words[0], begin))
            rows = begin + np.flatnonzero(masks[-1])
            found += [(1, row) for row in self._holding(rows[~np.isin(rows, exact)], rest).tolist()]
            if len(found) >= limit:
                return found[:limit]
        others = np.concatenate(masks)
        others[exact] = True
        left = self._first(np.flatnonzero(~others), [*rest, words[0]], limit - len(found))
        return [*found, *((2, row) for row in left.tolist())]

    def _begins(self, word: str, begin: int) -> Mask:
        """Which names of a stretch begin with a word, or their part after the slash, or another name of the same."""
        whole, last = self.whole.slice(begin, BLOCK), self.last.slice(begin, BLOCK)
        found = as_mask(pc.starts_with(whole, word)) | as_mask(pc.starts_with(last, word))
        return found | as_mask(pc.match_substring(whole, f"\n{word}")) if self.more else found

    def _few(self, word: str) -> Ints | None:
        """All rows that hold a word, ascending, if they are few; null if they are many."""
        code, rows, at = word.encode(), [], 0
        while (at := self._bytes.find(code, at)) >= 0:
            where = np.int32(at)  # of the ends' own type, else all of them are copied at each hit
            rows.append(int(np.searchsorted(self._ends, where, side="right")))
            if len(rows) > FEW:
                return None
            at = int(self._ends[rows[-1]])
        return np.array(rows, np.int64)

    def _first(self, rows: Ints, words: Sequence[str], limit: int) -> Ints:
        """The first of some rows, ascending, that hold all words."""
        if not words:
            return rows[:limit]
        kept, missing = [rows[:0]], limit
        for begin in range(0, len(rows), BLOCK):
            kept.append(self._holding(rows[begin : begin + BLOCK], words)[:missing])
            missing -= len(kept[-1])
            if not missing:
                break
        return np.concatenate(kept)

    def _holding(self, rows: Ints, words: Sequence[str]) -> Ints:
        """Which of some rows, ascending, hold all words. Texts are copied where few of a stretch are left."""
        for word in words:
            if not len(rows):
                break
            start, end = int(rows[0]), int(rows[-1]) + 1
            if len(rows) * SPARSE > end - start:
                rows = rows[as_mask(pc.match_substring(self.whole.slice(start, end - start), word))[rows - start]]
            else:
                rows = rows[as_mask(pc.match_substring(self.whole.take(pa.array(rows)), word))]
        return rows


def _few_ranked(rows: Ints, texts: Sequence[str], text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """What `Names.matching` says of all rows, of a few: by match, then by weight."""
    found = []
    for row, held in zip(rows.tolist(), texts, strict=True):
        if all(word in held for word in words):
            lines = held.split("\n")
            begins = any(line.startswith(words[0]) for line in lines) or lines[0].partition("/")[2].startswith(words[0])
            found.append((0 if lines[0] == text else 1 if begins else 2, row))
    return sorted(found)


def lowered(text: str) -> str:
    """A text in small letters as names are compared; what no encoding can write is replaced."""
    written = text.encode("utf-8", "replace").decode("utf-8")
    return str(pc.utf8_lower(pa.scalar(written)).as_py())


def words_of(low: str) -> list[str]:
    """The words of a text in order, without those that are part of another one; the first is always kept."""
    words = list(dict.fromkeys(low.split()))
    return [w for n, w in enumerate(words) if n == 0 or not any(w in other for other in words if other != w)]


def as_mask(found: pa.Array) -> Mask:
    """What a comparison of texts found, bool[n]."""
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
