"""Numbers of a hub's models that stay when new readings come: `catalogue.joined`, one reading at a time.

    names.parquet    one row a name ever seen, only added to: how many readings hold it, whether one holds it without
                     a hub's key, the name of today that it links to, the key it stands for, the number it has
    keys.parquet     one row a hub's key ever seen, only added to: the number it has
    rows/            for each reading name, key and number of its models, in its order

A model is its hub's key, else its name, by the rules of `joined`. What a later reading changes of an earlier one (it
gives a key to a name that had none, or lacks a name that all had and that has a link) makes the identities of all
readings anew, from integers alone. Numbers stay even then: a key takes the number of the name that it explains.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weighbridge.errors import StoreDamaged
from weighbridge.records.vintage import Vintage
from weighbridge.store.catalogue import Today
from weighbridge.store.parts import read_part

Int = npt.NDArray[np.int64]
Code = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

AGAIN = "delete the store's folder of flows; `weighbridge weigh` makes it again"
ROWS_GROUP = 2**16  # rows that are read at once where a block of names is wanted
NAME_COLUMNS = ("held", "keyless", "target", "key", "number")
NONE = -1


@dataclass(frozen=True)
class Rows:
    """Models of one reading, in its order: codes of name and key (-1: none), and numbers, int32[models] each."""

    name: Code
    key: Code
    number: Code


class Numbering:
    """The numbers of a hub's models, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names, keys = _read(folder / "names.parquet"), _read(folder / "keys.parquet")
        self.names = _texts(names, "name")
        self.keys = _texts(keys, "key")
        self.held, self.keyless, self.target, self.key_of, self.number_of_name = (
            _codes(names, column) for column in NAME_COLUMNS
        )
        self.number_of_key = _codes(keys, "number")

    @property
    def models(self) -> int:
        """How many numbers are given."""
        return int(max(self.number_of_name.max(initial=NONE), self.number_of_key.max(initial=NONE))) + 1

    def rows(self, vintage: Vintage) -> Rows:
        """Names, keys and numbers of a reading.

        Raises:
            StoreDamaged: they cannot be read.
        """
        table = _read(self.rows_path(vintage))
        return Rows(*(_codes(table, column) for column in ("name", "key", "number")))

    def rows_path(self, vintage: Vintage) -> Path:
        """The file of a reading."""
        return self.folder / "rows" / f"{hashlib.sha256(vintage.id.encode()).hexdigest()[:24]}.parquet"

    def add(self, old: Sequence[Vintage], new: Sequence[Vintage], today: Today) -> bool:
        """Number the models of further readings.

        Args:
            old: readings that are numbered already, in order of when they became known.
            new: readings known after these, in order.
            today: links of renamed models; the same as ever.

        Returns:
            whether models of the old ones changed their identity.
        """
        everywhere = (self.held == len(old)) & (self.held > 0)
        for vintage in new:
            self._encode(vintage, today)
        total = len(old) + len(new)
        earlier = len(everywhere)
        linked = self.target != NONE
        moved = bool((everywhere & linked[:earlier] & (self.held[:earlier] < total)).any())
        active = linked & (self.held < total)
        moved = moved or self._lend(new, active)
        if moved and old:
            self._forget()
            self._lend([*old, *new], active)
        for vintage in [*old, *new] if moved else new:
            self._number(vintage, active)
        return moved and bool(old)

    def save(self) -> None:
        """Write the names and keys."""
        columns = (self.held, self.keyless, self.target, self.key_of, self.number_of_name)
        names = {"name": self.names, **dict(zip(NAME_COLUMNS, map(pa.array, columns), strict=True))}
        _write(pa.table(names), self.folder / "names.parquet")
        keys = pa.table({"key": self.keys, "number": pa.array(self.number_of_key)})
        _write(keys, self.folder / "keys.parquet")

    def _encode(self, vintage: Vintage, today: Today) -> None:
        """Codes of a reading's names and keys, of which the new ones are added."""
        table = read_part(vintage, "models", ["hub_key", "name"])
        self.names, name, fresh = _encoded(self.names, table["name"])
        links = {old: now for old in fresh.to_pylist() if (now := today(old)) is not None}
        self.names, target, _ = _encoded(self.names, pa.chunked_array([pa.array(links.values(), pa.string())]))
        self._grow()
        if links:
            place, *_ = _encoded(self.names, pa.chunked_array([pa.array(links, pa.string())]))[1:]
            self.target[place] = target
        self.keys, key, _ = _encoded(self.keys, table["hub_key"])
        self._grow()
        self.held[np.unique(name)] += 1
        self._write_rows(vintage, Rows(name, key, np.full(len(name), NONE, np.int32)))

    def _grow(self) -> None:
        def grown(column: Code, count: int, empty: int) -> Code:
            return np.append(column, np.full(count - len(column), empty, np.int32))

        names, keys = len(self.names), len(self.keys)
        self.held, self.keyless = grown(self.held, names, 0), grown(self.keyless, names, 0)
        self.target, self.key_of = grown(self.target, names, NONE), grown(self.key_of, names, NONE)
        self.number_of_name = grown(self.number_of_name, names, NONE)
        self.number_of_key = grown(self.number_of_key, keys, NONE)

    def _todays(self, name: Code, active: Mask) -> Code:
        """Names of today: a renamed model has its new one where that is still free in the reading."""
        some = np.flatnonzero(active[name])
        if not len(some):
            return name
        name = name.copy()
        there = np.zeros(len(self.names), bool)
        there[name] = True
        for row in some.tolist():
            now = self.target[name[row]]
            if not there[now]:
                name[row] = now
                there[now] = True
        return name

    def _forget(self) -> None:
        """Nothing is lent; which names gave their number to which key is known from the new loans."""
        self.keyless[:] = 0
        self.key_of[:] = NONE

    def _lend(self, vintages: Sequence[Vintage], active: Mask) -> bool:
        """Note which key each name stands for; whether that changes what it was for a reading seen before."""
        changed = False
        for vintage in vintages:
            rows = self.rows(vintage)
            name, keyed = self._todays(rows.name, active), rows.key != NONE
            before = self.key_of[name[keyed]]
            seen = self.keyless[name[keyed]] > 0
            changed = changed or bool((seen & (before != rows.key[keyed])).any())
            self.key_of[name[keyed]] = rows.key[keyed]
            self.keyless[name[~keyed]] = 1
        return changed

    def _number(self, vintage: Vintage, active: Mask) -> None:
        rows = self.rows(vintage)
        name = self._todays(rows.name, active)
        key = rows.key.astype(np.int64)
        lent = np.where(key >= 0, NONE, self.key_of[name])
        lent[np.isin(lent, key)] = NONE
        lender, first = np.unique(lent, return_index=True)
        given = np.full(len(key), NONE, np.int64)
        given[first] = lender
        whose = np.where(key >= 0, key, given)
        inherits = np.flatnonzero((given >= 0) & (self.number_of_name[name] >= 0))
        inherits = inherits[self.number_of_key[given[inherits]] < 0]
        self.number_of_key[given[inherits]] = self.number_of_name[name[inherits]]
        self.number_of_name[name[inherits]] = NONE
        count = self.models
        by_key, by_name = np.flatnonzero(whose >= 0), np.flatnonzero(whose < 0)
        new = np.zeros(len(key), bool)
        new[by_key] = self.number_of_key[whose[by_key]] < 0
        new[by_name] = self.number_of_name[name[by_name]] < 0
        number = count + np.cumsum(new) - 1
        mine, own = by_key[new[by_key]], by_name[new[by_name]]
        self.number_of_key[whose[mine]] = number[mine]
        self.number_of_name[name[own]] = number[own]
        number[by_key] = self.number_of_key[whose[by_key]]
        number[by_name] = self.number_of_name[name[by_name]]
        self._write_rows(vintage, Rows(rows.name, rows.key, number.astype(np.int32)))

    def _write_rows(self, vintage: Vintage, rows: Rows) -> None:
        path = self.rows_path(vintage)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(pa.table({name: pa.array(column) for name, column in vars(rows).items()}), path)


def _encoded(known: pa.Array, column: pa.ChunkedArray) -> tuple[pa.Array, Code, pa.Array]:
    """The known texts and those that are new, the code of each text of a column (-1: null), and the new ones."""
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    place = pc.fill_null(pc.index_in(encoded.dictionary, known), NONE).to_numpy().astype(np.int32)
    new = np.flatnonzero(place == NONE)
    place[new] = len(known) + np.arange(len(new), dtype=np.int32)
    fresh = encoded.dictionary.take(pa.array(new))
    indices = pc.fill_null(encoded.indices, NONE).to_numpy(zero_copy_only=False)
    return pa.concat_arrays([known, fresh]), np.append(place, np.int32(NONE))[indices], fresh


def _read(path: Path) -> pa.Table:
    try:
        return pq.ParquetFile(path, page_checksum_verification=True).read()
    except FileNotFoundError:
        return pa.table({})
    except (OSError, pa.ArrowException) as error:
        raise StoreDamaged(f"{path} cannot be read: {error}", AGAIN) from None


def _texts(table: pa.Table, column: str) -> pa.Array:
    return table[column].combine_chunks() if column in table.column_names else pa.array([], pa.string())


def _codes(table: pa.Table, column: str) -> Code:
    if column not in table.column_names:
        return np.zeros(0, np.int32)
    return np.array(table[column].to_numpy(), np.int32)


def _write(table: pa.Table, path: Path) -> None:
    """Write integers as differences and texts as they are, to a path that nobody reads yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = {name: "DELTA_BINARY_PACKED" for name in table.column_names if pa.types.is_integer(table[name].type)}
    draft = path.with_name(f".{path.name}.new")
    pq.write_table(
        table, draft, compression="zstd", use_dictionary=False, column_encoding=numbers, row_group_size=ROWS_GROUP,
        write_page_checksum=True,
    )  # fmt: skip
    draft.replace(path)
