"""How many parameters each model has, all of them and those used for one token, and who says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.frame import links
from weighbridge.cubes.roster import Roster
from weighbridge.lineage.listed_sizes import of_organisations, places, sure
from weighbridge.lineage.sizes import stated
from weighbridge.records.vintage import Vintage
from weighbridge.register.parties import Register
from weighbridge.store.catalogue import read_models
from weighbridge.store.home import Store
from weighbridge.store.parts import read_part

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]

ORIGINS = ("safetensors", "gguf", "atom", "epoch", "card", "listed", "name", "unknown")
"""Who tells a size, in order of precedence. `listed`: a column of the listing that does not say where it is from."""
COUNTED = ORIGINS[:2]
"""Counts of what lies in the files."""
ATOM, EPOCH = "atom-tracked-models", "epoch"
UNKNOWN = ORIGINS.index("unknown")
SIZES = "sizes"


@dataclass(frozen=True)
class Lists:
    """Lists of sizes that were read in.

    Attributes:
        atom: the newest reading of the list of tracked models; null: not read in.
        epoch: that of Epoch's tables.
    """

    atom: Vintage | None
    epoch: Vintage | None

    @property
    def vintages(self) -> dict[str, str]:
        """Ids of the readings by source."""
        return {v.source: v.id for v in self.read}

    @property
    def read(self) -> tuple[Vintage, ...]:
        """Those that were read in."""
        return tuple(v for v in (self.atom, self.epoch) if v is not None)


@dataclass(frozen=True)
class Parameters:
    """Sizes of models, in parameters.

    Attributes:
        total: float64[n]; NaN where nobody tells.
        active: used for one token, float64[n]; NaN where nobody tells. Of models that are no mixture of experts it
            is the measure's to say that these are all.
        origin: who tells the total, index into `ORIGINS`, int8[n].
        by_name: what the name states, float64[n], whoever tells the total.
        experts: whether the name tells of a mixture of experts, bool[n].
    """

    total: Floats
    active: Floats
    origin: Codes
    by_name: Floats
    experts: Mask

    @property
    def sparse(self) -> Mask:
        """Models of which a source gives fewer active than total parameters, bool[n]."""
        return np.asarray(self.active < self.total, dtype=bool)


def lists(store: Store, as_of: datetime | None) -> Lists:
    """The lists of sizes that were known at a moment."""
    newest = {v.source: v for v in store.vintages(as_of) if v.source in (ATOM, EPOCH)}
    return Lists(newest.get(ATOM), newest.get(EPOCH))


def parameters(roster: Roster, known: Lists) -> Parameters:
    """Sizes of the models of a roster.

    Args:
        roster: the models.
        known: lists that were read in; they are of the Hugging Face Hub's models.
    """
    frame, hub = roster.frame, roster.read[0].hub
    given = roster.attributes("parameters", "parameters_from", "active_parameters")
    return sizes_of(
        hub, frame.names, given, known, organisations(roster.weighed.register, hub, frame.holder.names, _day(roster)),
        frame.holder.codes,
    )  # fmt: skip


def organisations(register: Register, hub: str, holders: pa.Array, day: int) -> list[str]:
    """Organisation behind each holder on a day."""
    party = register.in_force(day)[register.slots(hub, holders)]
    return [register.parties[number].organisation for number in party.tolist()]


def sizes_of(
    hub: str, names: pa.Array, given: Mapping[str, pa.Array], known: Lists, organisation: Sequence[str],
    holder: npt.NDArray[np.int32],
) -> Parameters:  # fmt: skip
    """Sizes of some models.

    Args:
        hub: where they are.
        names: of the repositories.
        given: the attributes `parameters`, `parameters_from` and `active_parameters`.
        known: lists that were read in.
        organisation: behind each holder.
        holder: of each model, index into `organisation`.
    """
    counts, origin_given = _numbers(given["parameters"]), given["parameters_from"]
    of_names = stated(names)
    by_name = of_names.total
    atom_total, atom_active, list_total, list_active = (np.full(len(names), np.nan) for _ in range(4))
    if hub == "huggingface":
        if known.atom is not None:
            atom_total, atom_active = _of_list(hub, names, known.atom)
        rows = read_part(known.epoch, SIZES).to_pylist() if known.epoch is not None else []
        among = np.flatnonzero(of_organisations(rows, organisation)[holder])
        for model, row in sure(names, rows, lambda at: organisation[holder[at]], links(hub), among).items():
            list_total[model] = row["parameters"]
            list_active[model] = row["active_parameters"] or np.nan
    told = {
        name: np.where(pc.fill_null(pc.equal(origin_given, name), False).to_numpy(zero_copy_only=False), counts, np.nan)
        for name in ("safetensors", "gguf", "card")
    }
    rest = np.where(np.isnan(np.fmax.reduce(list(told.values()))), counts, np.nan)
    ladder = {**told, "atom": atom_total, "epoch": list_total, "listed": rest, "name": by_name}
    total, origin = first([ladder[name] for name in ORIGINS[:UNKNOWN]])
    active, _ = first([atom_active, list_active, _numbers(given["active_parameters"]), of_names.active])
    return Parameters(total, active, origin, by_name, of_names.experts)


def first(columns: Sequence[Floats]) -> tuple[Floats, Codes]:
    """The first column's value that is known, NaN where none is, and which column's it is; the count of columns: none.

    Args:
        columns: float64[n] each, NaN for unknown.
    """
    value = np.full(len(columns[0]), np.nan)
    which = np.full(len(columns[0]), len(columns), np.int8)
    for number, column in enumerate(columns):
        taken = np.isnan(value) & ~np.isnan(column)
        value[taken], which[taken] = column[taken], number
    return value, which


def _of_list(hub: str, names: pa.Array, vintage: Vintage) -> tuple[Floats, Floats]:
    """Total and active parameters by a list whose rows are repositories."""
    table = read_models([vintage], ("name", "parameters", "active_parameters"))
    at = places(names, table["name"].to_pylist(), links(hub))
    found = []
    for column in ("parameters", "active_parameters"):
        sizes = np.full(len(names), np.nan)
        values = _numbers(table[column].combine_chunks())
        sizes[at[at >= 0]] = values[at >= 0]
        found.append(sizes)
    return found[0], found[1]


def _numbers(column: pa.Array) -> Floats:
    """Counts as numbers; null, zero and less are NaN."""
    values = np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.where(values > 0, values, np.nan)


def _day(roster: Roster) -> int:
    return max(window.end for window in roster.weighed.slice.windows) - 1
