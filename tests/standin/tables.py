"""The models a hub lists: rows made in a test, or a table of hundreds of thousands of rows.

Rows of a test are given in the Hub's own JSON shape and are passed on as they are; what is missing of the fields that
every repository has is filled in. Tables (Arrow, or the path of a Parquet file) have a column a field; the columns of
published dumps are known under their names there. A table is kept as Arrow and only the page that is asked for
becomes Python objects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .messages import Row

NAMES = {
    "created_at": "createdAt",
    "created": "createdAt",
    "last_modified": "lastModified",
    "updated_at": "lastModified",
    "downloads_30d": "downloads",
    "downloads_all_time": "downloadsAllTime",
    "library": "library_name",
    "trending_score": "trendingScore",
    "card_data": "cardData",
}
FLAT_FIRST_DATE = "2022-03-02T23:29:04.000Z"
"""`createdAt` of everything older (huggingface_hub 2.4.0, `ModelInfo.created_at`)."""
SORTED_BY = ("createdAt", "lastModified", "downloads", "likes", "trendingScore")
_WANTED_OF_A_CARD = ("license", "base_model", "datasets")


@dataclass(frozen=True)
class Selection:
    """Which models are asked for and in what order."""

    search: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    task: str = ""
    gated: bool | None = None
    sort: str = ""
    ascending: bool = False


@dataclass
class Models:
    """The models of a hub: columns to choose and sort by, and a way to make the rows of some of them."""

    index: pa.Table
    _make: Callable[[np.ndarray, Container[str]], list[Row]]
    """Makes the rows of some models; a table's with the wanted fields only."""
    _chosen: dict[Selection, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.index.num_rows

    def choose(self, wanted: Selection) -> np.ndarray:
        """Row numbers of the chosen models, in order; kept, as every page asks again."""
        if wanted not in self._chosen:
            self._chosen[wanted] = self._choose(wanted)
        return self._chosen[wanted]

    def _choose(self, wanted: Selection) -> np.ndarray:
        keep = np.ones(len(self), bool)
        if wanted.search:
            keep &= _flags(pc.match_substring(self.index["id"], wanted.search, ignore_case=True))
        if wanted.author:
            keep &= _flags(pc.equal(self.index["author"], wanted.author))
        if wanted.task:
            keep &= _flags(pc.equal(self.index["pipeline_tag"], wanted.task))
        if wanted.gated is not None:
            keep &= _flags(self.index["gated"]) == wanted.gated
        for tag in wanted.tags:
            if "tags" not in self.index.column_names:
                return np.array([], np.int64)
            tags = self.index["tags"].combine_chunks()
            having = np.zeros(len(self), bool)
            having[pc.list_parent_indices(tags).filter(pc.equal(pc.list_flatten(tags), tag)).to_numpy()] = True
            keep &= having
        numbers = np.flatnonzero(keep)
        if not wanted.sort:
            return numbers
        order = "ascending" if wanted.ascending else "descending"
        ranked = pc.sort_indices(
            self.index[wanted.sort].combine_chunks().take(pa.array(numbers)), sort_keys=[("", order)]
        )
        return numbers[ranked.to_numpy()]

    def rows(self, numbers: np.ndarray, fields: Container[str]) -> list[Row]:
        """The rows of some models with those of the wanted fields that are known."""
        made = self._make(numbers, fields)
        return [{key: value for key, value in row.items() if key in fields} for row in made]

    def find(self, name: str, fields: Container[str]) -> Row | None:
        """The model with a name."""
        number = pc.index(self.index["id"], name).as_py()
        return None if number < 0 else self.rows(np.array([number]), fields)[0]

    def of_author(self, author: str) -> int:
        """How many models a namespace has."""
        return len(self.choose(Selection(author=author)))


def models(given: Iterable[Mapping[str, Any]] | pa.Table | str | Path) -> Models:
    """The models of a hub from rows, an Arrow table, or the path of a Parquet file."""
    if isinstance(given, str | Path):
        given = pq.read_table(given, use_threads=False, pre_buffer=False)
    if isinstance(given, pa.Table):
        return _from_table(given)
    return _from_rows([filled(row) for row in given])


def filled(row: Mapping[str, Any]) -> Row:
    """A row of a test with the fields that every repository on the Hub has.

    A field that is given as None stays away from the answer, as the Hub leaves out what it does not know.
    """
    given = {NAMES.get(key, key): value for key, value in row.items()}
    name = given["id"]
    card = {key: given.pop(key) for key in _WANTED_OF_A_CARD if key in given}
    made: Row = {
        "_id": identity(name),
        "id": name,
        "modelId": name,
        "author": name.split("/")[0] if "/" in name else None,
        "sha": hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(),
        "createdAt": FLAT_FIRST_DATE,
        "private": False,
        "gated": False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "trendingScore": 0,
        "tags": [],
        "siblings": [],
        **given,
    }
    made.setdefault("lastModified", made["createdAt"])
    made["tags"] = _tags_with(made["tags"], card)
    if card and "cardData" not in given:
        made["cardData"] = {key: value for key, value in card.items() if value}
    return {key: value for key, value in made.items() if value is not None}


def identity(name: str) -> str:
    """An identifier of 24 hexadecimal digits that depends on the name alone."""
    return hashlib.sha256(name.encode()).hexdigest()[:24]


def _tags_with(tags: Sequence[str] | None, card: Mapping[str, Any]) -> list[str] | None:
    """The tags with those the Hub adds from the card (`license:…`, `base_model:…`, `dataset:…`)."""
    if not isinstance(tags, list):
        return tags  # type: ignore[return-value]  # a test may want a field of the wrong type
    wanted = []
    for key, prefix in (("license", "license:"), ("base_model", "base_model:"), ("datasets", "dataset:")):
        values = card.get(key) or []
        wanted += [f"{prefix}{value}" for value in ([values] if isinstance(values, str) else values)]
    return tags + [tag for tag in wanted if tag not in tags]


def _flags(values: Any) -> np.ndarray:
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False) if hasattr(values, "type") else values)


def _from_rows(rows: list[Row]) -> Models:
    def texts(key: str) -> pa.ChunkedArray:
        return pa.chunked_array([pa.array([str(row.get(key) or "") for row in rows], pa.string())])

    def numbers(key: str) -> pa.ChunkedArray:
        values = [row.get(key) for row in rows]
        return pa.chunked_array([pa.array([v if isinstance(v, int) else 0 for v in values], pa.int64())])

    tags = [row.get("tags") if isinstance(row.get("tags"), list) else [] for row in rows]
    index = pa.table(
        {
            **{key: texts(key) for key in ("id", "author", "pipeline_tag", "createdAt", "lastModified")},
            **{key: numbers(key) for key in ("downloads", "likes", "trendingScore")},
            "tags": pa.chunked_array([pa.array(tags, pa.list_(pa.string()))]),
            "gated": pa.chunked_array([pa.array([bool(row.get("gated")) for row in rows], pa.bool_())]),
        }
    )
    return Models(index, lambda chosen, fields: [rows[number] for number in chosen])


def _from_table(table: pa.Table) -> Models:
    table = table.rename_columns([NAMES.get(name, name) for name in table.column_names])
    if "removed" in table.column_names:
        table = table.filter(pc.invert(pc.fill_null(table["removed"], False)))
    count = table.num_rows
    plain = {
        "author": pa.nulls(count, pa.string()),
        "pipeline_tag": pa.nulls(count, pa.string()),
        "createdAt": pa.repeat(FLAT_FIRST_DATE, count),
        "likes": pa.repeat(0, count),
        "trendingScore": pa.repeat(0, count),
        "gated": pa.repeat(False, count),
    }
    for name, values in plain.items():
        if name not in table.column_names:
            table = table.append_column(name, values)
    if "lastModified" not in table.column_names:
        table = table.append_column("lastModified", table["createdAt"])
    table = table.combine_chunks()
    pa.default_memory_pool().release_unused()
    return Models(table, lambda chosen, fields: _rows_of(table.take(pa.array(chosen)), fields))


def _rows_of(page: pa.Table, fields: Container[str]) -> list[Row]:
    """The rows of a page with the wanted fields, made column by column."""
    made: dict[str, list[Any]] = {}
    ids = _values(page["id"])
    for field_, give in _MADE.items():
        if field_ in fields:
            made[field_] = give(page, ids)
    names = list(made)
    return [
        {name: value for name, value in zip(names, cells, strict=True) if value is not None}
        for cells in zip(*made.values(), strict=True)
    ]


def _column(name: str) -> Callable[[pa.Table, list[str]], list[Any]]:
    return lambda page, ids: _values(page[name]) if name in page.column_names else [None] * len(ids)


def _always(value: Any) -> Callable[[pa.Table, list[str]], list[Any]]:
    return lambda page, ids: [value] * len(ids)


def _identities(page: pa.Table, ids: list[str]) -> list[str]:
    return _values(page["_id"]) if "_id" in page.column_names else [identity(name) for name in ids]


def _gated(page: pa.Table, ids: list[str]) -> list[Any]:
    return ["auto" if value is True else value for value in _values(page["gated"])]


def _private(page: pa.Table, ids: list[str]) -> list[bool]:
    return _values(page["private"]) if "private" in page.column_names else [False] * len(ids)


def _cards(page: pa.Table, ids: list[str]) -> list[Row | None]:
    columns = [_column(name)(page, ids) for name in _WANTED_OF_A_CARD]
    cards = [
        {name: cell for name, cell in zip(_WANTED_OF_A_CARD, cells, strict=True) if cell}
        for cells in zip(*columns, strict=True)
    ]
    return [card or None for card in cards]


def _tags(page: pa.Table, ids: list[str]) -> list[list[str]]:
    if "tags" in page.column_names:
        return [tags or [] for tags in _values(page["tags"])]
    return [_tags_with([], card or {}) or [] for card in _cards(page, ids)]


def _shas(page: pa.Table, ids: list[str]) -> list[str]:
    if "sha" in page.column_names:
        return _values(page["sha"])
    return [hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest() for name in ids]


def _weights(kind: str) -> Callable[[pa.Table, list[str]], list[Row | None]]:
    """The parameters of a dump in the shape of `safetensors` or `gguf` (huggingface_hub 2.4.0, `ModelInfo`)."""

    def give(page: pa.Table, ids: list[str]) -> list[Row | None]:
        if kind in page.column_names:
            return _values(page[kind])
        totals = _column("parameters")(page, ids)
        return [
            None if not total or total != total or ("gguf" in tags) != (kind == "gguf") else _SHAPES[kind](int(total))
            for total, tags in zip(totals, _tags(page, ids), strict=True)
        ]

    return give


_SHAPES: dict[str, Callable[[int], Row]] = {
    "safetensors": lambda total: {"parameters": {"BF16": total}, "total": total},
    "gguf": lambda total: {"total": total, "architecture": "llama", "context_length": 4096},
}
_MADE: dict[str, Callable[[pa.Table, list[str]], list[Any]]] = {
    "_id": _identities,
    "id": lambda page, ids: ids,
    **{name: _column(name) for name in ("author", "createdAt", "lastModified")},
    "private": _private,
    "gated": _gated,
    "disabled": _always(False),
    **{name: _column(name) for name in ("downloads", "downloadsAllTime", "likes", "trendingScore")},
    **{name: _column(name) for name in ("pipeline_tag", "library_name")},
    "tags": _tags,
    "cardData": _cards,
    "safetensors": _weights("safetensors"),
    "gguf": _weights("gguf"),
    "sha": _shas,
    "siblings": _always([]),
    "modelId": lambda page, ids: ids,
}


def _values(column: pa.ChunkedArray) -> list[Any]:
    """The cells of a column; times as the Hub writes them."""
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column.cast(pa.timestamp("ms")), "%Y-%m-%dT%H:%M:%SZ").to_pylist()
    if pa.types.is_list(column.type) and pa.types.is_string(column.type.value_type):
        array = column.combine_chunks()
        texts = pc.list_flatten(array).to_numpy(zero_copy_only=False)
        ends = np.cumsum(pc.fill_null(pc.list_value_length(array), 0).to_numpy())
        return [texts[end - length : end].tolist() for end, length in zip(ends, np.diff(ends, prepend=0), strict=True)]
    if pa.types.is_string(column.type):
        return column.to_numpy(zero_copy_only=False).tolist()
    return column.to_pylist()
