"""A backing that keeps what several questions about the same windows share, so that a second subject is quick."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from weighbridge.cubes.cubefile import CubeFile
from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.windows import choose_hub
from weighbridge.definitions.named import define
from weighbridge.measures.asking import Backing, StoreBacking
from weighbridge.records.question import Question

HELD_MOST = 3
"""Things of a kind that are kept: the flows of a census of 760,000 models take some 300 MB, its weighing 100 MB."""


@dataclass(frozen=True)
class Steady(StoreBacking):
    """A store whose slicings are kept: labels and flows of some windows do not depend on the definition.

    What has been read since is seen: the vintages that are held are part of the key.
    """

    _held: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict, compare=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, compare=False, repr=False)

    def slicing(self, question: Question) -> Slicing:
        """See `Backing.slicing`."""
        plain = replace(question, definition=define("raw"), hub=self._hub(question))
        return self.keep("slicing", plain, lambda: Slicing(self.store, plain))  # type: ignore[no-any-return]

    def _hub(self, question: Question) -> str | None:
        """The hub that answers, so that who names it and who does not share what is kept; null: the vintage says."""
        held = [v.hub for v in self.store.vintages(question.as_of) if v.counters]
        if question.hub is not None or question.vintage is not None or not held:
            return question.hub
        return choose_hub(held, None)

    def keep(self, kind: str, question: Question, make: Callable[[], Any]) -> Any:
        """What a question rests on, made once while the store holds the same vintages; the last few are kept.

        Args:
            kind: what it is; so many of each kind are kept.
            question: what it depends on.
            make: makes it.
        """
        key = (kind, question, tuple(v.id for v in self.store.vintages(question.as_of)))
        with self._lock:
            return _kept(self._held, key, make)


class SteadyCube(CubeFile):
    """A cube file that keeps the same; nothing is read into it while it is open."""

    def __init__(self, path: Path, notes: Sequence[str] = ()) -> None:
        """See `CubeFile`."""
        super().__init__(path, notes)
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.RLock()

    def keep(self, kind: str, question: Question, make: Callable[[], Any]) -> Any:
        """See `Steady.keep`."""
        with self._lock:
            return _kept(self._held, (kind, question), make)


def _kept(held: OrderedDict[Hashable, Any], key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """What has a key, made if need be; of its kind, which the key begins with, the last few stay."""
    if key not in held:
        held[key] = make()
    held.move_to_end(key)
    mine = [one for one in held if isinstance(one, tuple) and one[0] == key[0]]
    for old in mine[:-HELD_MOST]:
        del held[old]
    return held[key]


def steady(backing: Backing) -> Backing:
    """The same backing, which keeps what its last questions rested on."""
    if isinstance(backing, (Steady, SteadyCube)):
        return backing
    if isinstance(backing, StoreBacking):
        return Steady(backing.store)
    return SteadyCube(backing.path, backing.notes) if isinstance(backing, CubeFile) else backing
