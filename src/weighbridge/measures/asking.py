"""The whole way of one question: slice, weigh, measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.condensing import FEW
from weighbridge.cubes.engines import EMBEDDED
from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.weigh import Weighed, weigh
from weighbridge.cubes.windows import choose_hub
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Comparison, Condensable, measures
from weighbridge.records.answer import Answer
from weighbridge.records.cells import Slice
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question
from weighbridge.register import parties
from weighbridge.register.parties import Register
from weighbridge.store.home import Store, default_path

if TYPE_CHECKING:
    from weighbridge.cubes.roster import Roster
    from weighbridge.cubes.uploads import Uploads

Mask = npt.NDArray[np.bool_]


class Sliceable(Protocol):
    """The windows of a question, of which slices under several definitions can be had."""

    def under(
        self, definition: Definition, scope_ids: Iterable[str] | None = None, rule_ids: Iterable[str] | None = None
    ) -> Slice:
        """The weight under a definition, described by some scopes and rules; null: the definition's."""
        ...

    def condensed(
        self,
        definition: Definition,
        by: str,
        registers: Sequence[Register],
        scope_ids: Iterable[str] | None = None,
        rule_ids: Iterable[str] | None = None,
    ) -> Slice:
        """The same in few cells, for groups along one dimension, summed by the question's engine."""
        ...


class Backing(Protocol):
    """What can be asked: a store, or a cube file."""

    def hubs(self) -> list[str]:
        """Hubs it holds."""
        ...

    def slicing(self, question: Question) -> Sliceable:
        """The weight in the windows of a question."""
        ...

    def register(self, name: str, as_of: datetime | None) -> Register:
        """The register of that name."""
        ...

    def registers(self, as_of: datetime | None) -> list[str]:
        """Names of all registers, the house's first."""
        ...

    def known(self, question: Question) -> list[datetime]:
        """When each reading that a question may rest on became known, ascending; those after its `as_of` left out."""
        ...


@dataclass(frozen=True)
class StoreBacking:
    """A store as something that can be asked."""

    store: Store

    def hubs(self) -> list[str]:
        """See `Backing.hubs`."""
        return sorted({v.hub for v in self.store.vintages() if v.counters})

    def slicing(self, question: Question) -> Slicing:
        """See `Backing.slicing`."""
        return Slicing(self.store, question)

    def register(self, name: str, as_of: datetime | None) -> Register:
        """The house's register, one that a source brought, or the house's with a file of corrections.

        Raises:
            DataMissing: no such register has been read in.
        """
        if name == "house":
            return parties.house()
        if name.endswith(".csv"):
            return parties.with_corrections(Path(name))
        brought = [v for v in self.store.vintages(as_of) if v.register == name]
        if not brought:
            raise DataMissing(
                f"there is no register {name!r}",
                f"there are: {', '.join(self.registers(as_of))}; `weighbridge sources` shows which source brings one",
            )
        return parties.read_in(brought[-1])

    def registers(self, as_of: datetime | None) -> list[str]:
        """See `Backing.registers`."""
        return ["house", *sorted({v.register for v in self.store.vintages(as_of) if v.register})]

    def known(self, question: Question) -> list[datetime]:
        """See `Backing.known`."""
        held = [v for v in self.store.vintages(question.as_of) if v.counters]
        if question.vintage is not None:
            return sorted({v.known for v in held if v.id == question.vintage})
        hub = choose_hub([v.hub for v in held], question.hub)
        return sorted({v.known for v in held if v.hub == hub and v.population == "census"})


@dataclass(frozen=True)
class Asking:
    """A question to a backing, for measures that weigh it several times.

    Attributes:
        backing: a store or a cube file.
        question: hub, window, as-of and definition.
    """

    backing: Backing
    question: Question

    @cached_property
    def slicing(self) -> Sliceable:
        """The windows of the question."""
        return self.backing.slicing(self.question)

    @cached_property
    def register(self) -> Register:
        """The register of the question's definition."""
        return self.backing.register(self.question.definition.register, self.question.as_of)

    @cached_property
    def weighed(self) -> Weighed:
        """The weighed cells of the question itself, each a model."""
        definition = self.question.definition
        return weigh(self.slicing.under(definition), definition, self.register)

    def condensed(self, by: str) -> Weighed:
        """The same in few cells, for groups along one dimension."""
        definition = self.question.definition
        return weigh(self.slicing.condensed(definition, by, [self.register]), definition, self.register)

    def models(self) -> Roster:
        """Single models with their attributes and their weight in the question's windows.

        Raises:
            DataMissing: a cube file is asked, or what is held cannot answer the question.
        """
        from weighbridge.cubes.roster import Roster

        slicing = self._store_backing("single models").slicing(self.question)
        weighed = weigh(slicing.under(self.question.definition), self.question.definition, self.register)
        return Roster(slicing.planned.vintages, slicing.frame, weighed)

    @cached_property
    def uploads(self) -> Uploads:
        """The models of the census that is asked, to be counted and not weighed by downloads.

        Raises:
            DataMissing: a cube file is asked, or no such census is held.
        """
        from weighbridge.cubes.uploads import Uploads

        return Uploads(self._store_backing("when single models were created").store, self.question)

    def created(self, only: Mask | None = None, uploads: Uploads | None = None) -> Roster:
        """Single models that each count one, in the period of their creation.

        Args:
            only: models of `uploads.frame` that are asked about, bool[models]; null: all.
            uploads: census and periods; null: those of the question.

        Raises:
            DataMissing: a cube file is asked, or no model was created in the question's scope and time.
        """
        from weighbridge.cubes.roster import Roster

        asked_for = self.question.definition  # neither cleaning nor an age limit says anything of a count of models
        changed = tuple(name for name in asked_for.changed if name != "max_age_days")
        definition = replace(asked_for, clean=(), max_age_days=None, changed=changed)
        asked = self.uploads if uploads is None else uploads
        weighed = weigh(asked.under(definition, only), definition, self.register)
        return Roster(asked.census.vintages, asked.frame, weighed)

    def _store_backing(self, what: str) -> StoreBacking:
        if not isinstance(self.backing, StoreBacking):
            raise DataMissing(f"a cube file does not hold {what}", "ask a store")
        return self.backing

    def instead(self, **changes: Any) -> Asking:
        """The same with some fields of the question changed."""
        return replace(self, question=replace(self.question, **changes))


def weighed_for(backing: Backing, question: Question) -> Weighed:
    """The weighed cells of a question."""
    return Asking(backing, question).weighed


def ask(backing: Backing, measure: str, question: Question, options: Mapping[str, Any]) -> Answer:
    """A measure's answer to a question.

    Args:
        backing: a store or a cube file.
        measure: id of a registered measure.
        question: hub, window, as-of and definition.
        options: the measure's own, such as `by` and `top`.
    """
    known = measures()
    if measure not in known:
        raise UsageError(f"there is no measure {measure!r}", f"one of: {', '.join(known)}")
    asked = known[measure]
    strange = set(options) - {option.name for option in asked.options}
    if strange:
        there = ", ".join(option.name for option in asked.options)
        raise UsageError(f"{measure} has no option {', '.join(sorted(strange))}", f"it has: {there}")
    chosen = {option.name: option.checked(options.get(option.name)) for option in asked.options}
    elsewhere = question.engine != EMBEDDED
    if isinstance(asked, Comparison):
        if elsewhere:
            raise _here_only(measure, question)
        return asked.across(Asking(backing, question), chosen)
    if asked.clean is not None:
        question = replace(question, definition=replace(question.definition, clean=asked.clean))
    asking = Asking(backing, question)
    by = asked.condensed_by(chosen) if isinstance(asked, Condensable) else None
    if elsewhere and by is None:
        raise _here_only(measure, question)
    condensed = by is not None and (by in FEW or elsewhere)
    return asked.of(asking.condensed(by) if by is not None and condensed else asking.weighed, chosen)


def _here_only(measure: str, question: Question) -> UsageError:
    able = ", ".join(name for name, known in measures().items() if isinstance(known, Condensable))
    return UsageError(f"{measure} is not made by the engine {question.engine}", f"leave out --engine; it makes: {able}")


def open_backing(path: Path | None = None) -> Backing:
    """What a path stands for: a store's folder or a cube file; an empty or missing store is the bundled sample.

    Args:
        path: null: `WEIGHBRIDGE_STORE`, else the user data folder.
    """
    from weighbridge.cubes.cubefile import CubeFile, sample_path

    where = path or default_path()
    if where.is_file():
        return CubeFile(where)
    if where.suffix == ".cube":
        raise DataMissing(f"there is no cube file {where}", "give a file that exists, or a store's folder")
    store = Store(where)
    if store.vintages():
        return StoreBacking(store)
    note = f"The bundled sample answers, since the store at {where} holds nothing; `weighbridge ingest` fills it."
    return CubeFile(sample_path(), (note,))
