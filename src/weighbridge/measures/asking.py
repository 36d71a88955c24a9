"""The whole way of one question: slice, weigh, measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from weighbridge.cubes.slicing import slice_store
from weighbridge.cubes.weigh import Weighed, weigh
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import measures
from weighbridge.records.answer import Answer
from weighbridge.records.cells import Slice
from weighbridge.records.question import Question
from weighbridge.register import parties
from weighbridge.register.parties import Register
from weighbridge.store.home import Store, default_path


class Backing(Protocol):
    """What can be asked: a store, or a cube file."""

    def hubs(self) -> list[str]:
        """Hubs it holds."""
        ...

    def slice(self, question: Question) -> Slice:
        """The weight in the windows of a question."""
        ...

    def register(self, name: str, as_of: datetime | None) -> Register:
        """The register of that name."""
        ...


@dataclass(frozen=True)
class StoreBacking:
    """A store as something that can be asked."""

    store: Store

    def hubs(self) -> list[str]:
        """See `Backing.hubs`."""
        return sorted({v.hub for v in self.store.vintages() if v.counters})

    def slice(self, question: Question) -> Slice:
        """See `Backing.slice`."""
        return slice_store(self.store, question)

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
            there = sorted({v.register for v in self.store.vintages(as_of) if v.register})
            raise DataMissing(
                f"there is no register {name!r}",
                f"there are: {', '.join(['house', *there])}; `weighbridge sources` shows which source brings one",
            )
        return parties.read_in(brought[-1])


def weighed_for(backing: Backing, question: Question) -> Weighed:
    """The weighed cells of a question."""
    sliced = backing.slice(question)
    register = backing.register(question.definition.register, question.as_of)
    return weigh(sliced, question.definition, register)


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
    if asked.clean is not None:
        question = replace(question, definition=replace(question.definition, clean=asked.clean))
    return asked.of(weighed_for(backing, question), chosen)


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
