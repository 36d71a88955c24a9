"""What the profiles of all subjects rest on: one weighing, the rows of its groups, and what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.roster import Roster
from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.weigh import Groups, Weighed
from weighbridge.definitions.named import define
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking, Backing, StoreBacking, ask
from weighbridge.measures.descent_groups import Owned, owned
from weighbridge.measures.only import near
from weighbridge.measures.profiles.parts import REST, beside_rest
from weighbridge.measures.profiles.steady import Steady, SteadyCube
from weighbridge.measures.table import GroupTable
from weighbridge.quality import Event
from weighbridge.quality.ledger import ledger
from weighbridge.records.answer import Row
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.records.clock import GRAINS, moment_text
from weighbridge.records.question import Question
from weighbridge.store.home import Store

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]

HEAVIEST = 20
"""Models, and other groups, that a profile names."""
HEAD = (
    "hub", "unit", "definition", "window", "as_of", "vintages", "population", "simulated", "total", "unknown_age",
    "coverage", "removed", "notes", "sources",
)  # fmt: skip
"""What every profile says as answers do."""


@dataclass(frozen=True)
class Ground:
    """A question about one window, asked of a store or a cube file; what it finds out is found once.

    Attributes:
        backing: what is asked.
        question: without periods.
    """

    backing: Backing
    question: Question
    _found: dict[tuple[str, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, backing: Backing, question: Question) -> Ground:
        """The ground of a question; a steady backing keeps it.

        Raises:
            UsageError: there is no such period.
        """
        if question.over is not None and question.over not in GRAINS:
            raise UsageError(f"there is no period {question.over!r}", f"one of: {', '.join(GRAINS)}")
        one = replace(question, over=None)
        if isinstance(backing, (Steady, SteadyCube)):
            return backing.keep("ground", one, lambda: cls(backing, one))  # type: ignore[no-any-return]
        return cls(backing, one)

    @cached_property
    def asking(self) -> Asking:
        """The question."""
        return Asking(self.backing, self.question)

    @property
    def weighed(self) -> Weighed:
        """The weighing, each cell a model."""
        return self.asking.weighed

    @property
    def hub(self) -> str:
        """The hub that answers."""
        return self.weighed.slice.hub

    @property
    def store(self) -> Store | None:
        """The store; null where a cube file is asked."""
        return self.backing.store if isinstance(self.backing, StoreBacking) else None

    @cached_property
    def roster(self) -> Roster | None:
        """Single models; null where a cube file is asked, which holds none."""
        slicing = self.asking.slicing
        if not isinstance(slicing, Slicing):
            return None
        return Roster(slicing.planned.vintages, slicing.frame, self.weighed)

    def owned(self, by: str) -> Owned:
        """Groups of a dimension with what is their own.

        Raises:
            DataMissing: a cube file is asked.
            UsageError: the hub's entries have no namespaces.
        """
        return self._once(("owned", by), lambda: owned(self.models(), by))  # type: ignore[no-any-return]

    def models(self) -> Roster:
        """The models of the census.

        Raises:
            DataMissing: a cube file is asked.
        """
        if self.roster is None:
            raise DataMissing("a cube file does not hold single models", "ask a store")
        return self.roster

    def head(self, by: str) -> dict[str, Any]:
        """What stands beside the figures: definition, window, coverage, sources, notes and the like."""
        found = self._once(("head", by), lambda: answer("profile", "", self.weighed, by, []).to_dict())
        told = {name: found[name] for name in HEAD}
        if self.store is None:  # a cube file says itself when it was known
            return told
        return told | {"as_of": moment_text(self.question.as_of or datetime.now(UTC).replace(microsecond=0))}

    def rows(self, by: str, definition: str | None = None) -> Sequence[Row]:
        """The rows of a share along a dimension.

        Args:
            by: the dimension.
            definition: a named definition instead of the question's; null: the question's.

        Raises:
            DataMissing, UsageError: what is held cannot answer it.
        """

        def make() -> Sequence[Row]:
            asked = self.question
            if definition is not None:
                asked = replace(asked, definition=define(definition, self.hub))
            found = ask(self.backing, "share", asked, {"by": by}).rows
            return tuple(row for row in found if isinstance(row, Row))

        return self._once(("rows", by, definition or ""), make)  # type: ignore[no-any-return]

    def events(self) -> Sequence[Event]:
        """Quality events of the hub, the weightiest first.

        Raises:
            DataMissing: no ledger is held.
        """
        store = self.store
        if store is None:
            raise DataMissing("a cube file holds no single readings, so it has no quality ledger", "ask a store")
        asked = self.question

        def make() -> Sequence[Event]:
            return ledger(store, self.hub, asked.as_of, asked.vintage).events

        return self._once(("events",), make)  # type: ignore[no-any-return]

    def _once(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        if key not in self._found:
            self._found[key] = make()
        return self._found[key]

    def figures(
        self, by: str, group: str, nobody: Collection[str], definition: str | None = None
    ) -> dict[str, Any] | None:  # fmt: skip
        """A group's row with its rank among all that are somebody; null where it has none.

        Groups of equal weight share the better rank.

        Args:
            by: the dimension.
            group: its name.
            nobody: groups that stand for many, or for nobody known.
            definition: as for `rows`.
        """
        rows = self.rows(by, definition)
        mine = next((row for row in rows if row.group == group), None)
        if mine is None:
            return None
        others = [row for row in rows if row.group not in nobody]
        figures = {name: mine[name] for name in ("value", "lo", "hi", "downloads", "models")}
        return figures | {"rank": 1 + sum(row.value > mine.value for row in others), "ranked": len(others)}

    def within(self, by: str, group: str) -> Within:
        """The part of the weight that is a group's.

        Args:
            by: a dimension along which the group has weight.
            group: its name.
        """
        groups = self.weighed.groups(by)
        return Within(self.weighed, groups.codes == groups.names.index(group))


@dataclass(frozen=True)
class Within:
    """A part of what was weighed in one window.

    Attributes:
        weighed: the whole.
        mask: entries of the part, bool[entries].
    """

    weighed: Weighed
    mask: Mask

    @cached_property
    def _small(self) -> Weighed:
        return beside_rest(self.weighed, self.mask)

    def heaviest(self, by: str, most: int = HEAVIEST) -> tuple[list[dict[str, Any]], int]:
        """Rows of the heaviest groups along a dimension, and how many groups there are.

        `value` is a group's part of the whole hub's weight, `part` its part of this part's.

        Args:
            by: the dimension.
            most: rows.
        """
        entries = self._small.entries
        groups = self._small.groups(by, entries.take(np.arange(len(entries.cell) - 1)))
        rest = len(groups.names)
        codes: Codes = np.append(groups.codes, rest).astype(np.int32)
        table = GroupTable(self._small, Groups(codes, [*groups.names, REST], frozenset(), {}))
        rows = [row for row in table.rows(0, np.arange(rest + 1)) if row.group != REST]
        whole = max(sum(row.downloads or 0 for row in rows), 1)
        shown = [row for row in rows if row.group not in (UNNAMED, SMALL)][:most]
        return [
            {"group": row.group, "value": row.value, "part": (row.downloads or 0) / whole, "downloads": row.downloads,
             "models": row.models}
            for row in shown
        ], len(rows)  # fmt: skip


def named_group(wanted: str, names: Sequence[str], what: str, where: str, nobody: Mapping[str, str]) -> str:
    """A group by its name, whatever the letter case.

    Args:
        wanted: the name.
        names: of all groups with weight.
        what: the dimension.
        where: the hub, for the error.
        nobody: groups that stand for many, or for nobody known, and what they stand for.

    Raises:
        DataMissing: there is none, or it stands for many; the hint lists names that are like it.
    """
    by_low = {name.lower(): name for name in reversed(names)}
    found = wanted if wanted in names or wanted in nobody else by_low.get(wanted.lower())
    if found is not None and found in nobody:
        raise DataMissing(f"{found!r} {nobody[found]}", f"`weighbridge share --by {what}` has its row")
    if found is None:
        like = [name for name in near(wanted, names) if name not in nobody]
        raise DataMissing(
            f"no {what} called {wanted!r} has weight on {where} in this window",
            f"similar: {', '.join(like)}" if like else f"`weighbridge share --by {what}` lists all",
        )
    return found
