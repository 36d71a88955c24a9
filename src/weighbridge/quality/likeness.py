"""Names that can be taken for one another."""

from __future__ import annotations

import re
from itertools import pairwise

SEPARATORS = re.compile(r"[-_.]+")
LOOKALIKES = str.maketrans("01i5", "olls")
LONG = 8  # letters of a word in which two slips are a misspelling
SHORTEST = 5  # letters of a word in which one slip is


def folded(name: str) -> str:
    """A name without what the eye passes over: letter case, separators (but after a number), 0/o, 1/i/l, 5/s."""
    words = words_of(name)
    kept = [f"{word}-" if word.isdigit() and after[:1].isdigit() else word for word, after in pairwise((*words, ""))]
    return "".join(kept).translate(LOOKALIKES)


def words_of(name: str) -> tuple[str, ...]:
    """The parts of a name, in lower case."""
    return tuple(SEPARATORS.split(name.lower()))


def misspelt(word: str, right: str) -> bool:
    """Whether a word is another with one slip, or with two where that is long.

    A slip is a letter left out, added, replaced, or exchanged with its neighbour. The first letter is never slipped,
    which would turn one word into another (`roberta`, `deberta`), and numbers are no slips: `7b` is not `8b`.
    """
    if word == right or len(right) < SHORTEST or not (word.isalpha() and right.isalpha()) or word[0] != right[0]:
        return False
    most = 2 if len(right) >= LONG else 1
    return edits(word, right, most) <= most


def edits(a: str, b: str, most: int) -> int:
    """Damerau-Levenshtein distance of two texts (optimal string alignment), or `most + 1` where it is larger."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        here = [i]
        for j, other in enumerate(b, 1):
            best = min(row[j] + 1, here[j - 1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                best = min(best, before[j - 2] + 1)
            here.append(best)
        if min(here) > most:
            return most + 1
        before, row = row, here
    return min(row[-1], most + 1)
