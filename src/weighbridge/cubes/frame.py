"""The labels of all models and the graph they form: what a question needs beside the counters and the register."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.lineage import by_name
from weighbridge.lineage.references import resolve
from weighbridge.lineage.relations import RELATIONS, quantised, relations, tagged_copies
from weighbridge.lineage.roots import Roots, find_roots
from weighbridge.lineage.sizes import SIZES, parameters, size_class
from weighbridge.records.cells import Coded
from weighbridge.records.clock import parse_day
from weighbridge.records.observations import MOMENT
from weighbridge.register import aliases, families, files
from weighbridge.register.parties import REPUBLISHING_HUBS, ROOT_MARK

UNKNOWN_DAY = -(2**31)
FLAT_DAY = parse_day("2022-03-02")  # the Hub's first creation date stands for "on or before"
COLUMNS = (
    "name", "created", "likes", "task", "library", "licence", "base_models", "relation", "tags", "parameters",
)  # fmt: skip
CONDENSED = {"tags": tagged_copies}
"""Columns of which less than the whole is needed."""
SLICE_ROWS = 250_000  # models whose names are worked on at once
Codes = npt.NDArray[np.int32]
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Frame:
    """Labels of all models of some vintages, in catalogue order, and the graph they form.

    Nodes are the models followed by `outside`, parents that no vintage holds.

    Attributes:
        names: repository names, text[n].
        outside: names of nodes that are no models, text[m].
        holder: for each node what the register is asked for, codes over `holders`, int32[n + m].
        family: code of each model's family, lineage first, int32[n].
        own_family: code of each node's family by its name alone, int32[n + m].
        created: creation day, int32[n]; `UNKNOWN_DAY` where unknown.
        likes: int64[n]; -1 where not known.
        labels: task, library, licence, size, quantised, relation.
        weights: whether weights can be downloaded, bool[n].
        declared: whether a base is declared, bool[n].
        relation_inferred: whether the relation was inferred, bool[n].
        child, parent: declared edges between nodes, int64[e].
        roots: over declared edges.
        roots_inferred: over these and the edges inferred from names.
    """

    names: pa.Array
    outside: pa.Array
    holder: Coded
    family: Codes
    own_family: Codes
    created: Codes
    likes: npt.NDArray[np.int64]
    labels: dict[str, Coded]
    weights: npt.NDArray[np.bool_]
    declared: npt.NDArray[np.bool_]
    relation_inferred: npt.NDArray[np.bool_]
    child: npt.NDArray[np.int64]
    parent: npt.NDArray[np.int64]
    roots: Roots
    roots_inferred: Roots
    lineage: dict[str, int]

    def node_name(self, node: int) -> str:
        """Name of a model or of an outside parent."""
        inside = node < len(self.names)
        return str((self.names[node] if inside else self.outside[node - len(self.names)]).as_py())


def links(hub: str) -> Callable[[str], str | None]:
    """Links from old names of a hub's models to today's."""
    return functools.partial(aliases.chain_end, hub)


def make_frame(hub: str, models: pa.Table) -> Frame:
    """Compute all labels.

    Args:
        hub: decides aliases, and where organisations and families come from.
        models: table with the columns `COLUMNS`, those of `CONDENSED` as they are or condensed.
    """
    chunked = {name: models[name] for name in COLUMNS}
    del models  # a column's pieces go as soon as it is one
    column = {name: flat(_condensed(name, chunked.pop(name))) for name in COLUMNS}
    names = column["name"].cast(pa.string())
    copies = _by_slices(quantised, names, column.pop("tags"), column["relation"])
    edges = resolve(hub, names, column["base_models"])
    nodes = len(names) + len(edges.outside)
    outside = pa.array(edges.outside, pa.string())
    parents = np.bincount(edges.child, minlength=len(names))
    relation, inferred = relations(column["relation"], column["library"], parents, copies)
    roots = find_roots(nodes, edges.child, edges.parent)
    more_child, more_parent = by_name.infer_parents(names, copies, parents > 0)
    roots_inferred = find_roots(
        nodes, np.concatenate([edges.child, more_child]), np.concatenate([edges.parent, more_parent])
    )
    everyone = pa.concat_arrays([names, outside])
    if hub in REPUBLISHING_HUBS:
        return _republished(hub, column, copies, relation, inferred)
    everyone = _with_namespace(hub, everyone)
    own_family = _by_slices(families.by_name, everyone)
    size = size_class(_by_slices(parameters, column["parameters"], names))
    return Frame(
        names=names,
        outside=outside,
        holder=_coded(_namespaces(everyone)),
        family=_family_by_lineage(roots, own_family)[: len(names)],
        own_family=own_family,
        created=_days(column["created"]),
        likes=pc.fill_null(column["likes"], -1).to_numpy(zero_copy_only=False).astype(np.int64),
        labels=_labels(column, size, copies, relation),
        weights=np.ones(len(names), bool),
        declared=parents > 0,
        relation_inferred=inferred,
        child=edges.child,
        parent=edges.parent,
        roots=roots,
        roots_inferred=roots_inferred,
        lineage={
            "declared_references": len(edges.child) + edges.selfs + sum(edges.dangling.values()),
            "self_references": edges.selfs,
            "dangling_references": sum(edges.dangling.values()),
            "references_by_alias": edges.by_alias,
            "parents_outside": len(edges.outside),
            "models_on_cycles": len(roots.cyclic),
            "mixtures": len(roots.whole),
            "inferred_parents": len(more_child),
        },
    )


def _republished(
    hub: str, column: dict[str, pa.Array], copies: npt.NDArray[np.bool_], relation: npt.NDArray[np.int8],
    inferred: npt.NDArray[np.bool_],
) -> Frame:  # fmt: skip
    """A hub whose entries have no namespaces: developer, root, family and weights are those of the register."""
    names = column["name"]
    rows = {row["entry"].lower(): row for row in files.rows("entries") if row["hub"] == hub}
    entries = [rows.get(str(name).lower()) for name in names.to_pylist()]
    child: list[int] = []
    parent: list[int] = []
    outside: list[str] = []
    root_family: list[int] = []
    for model, entry in enumerate(entries):
        bases = entry["base_organisation"].split("|") if entry and entry["base_organisation"] else []
        named = (entry["base_family"] if entry else "").split("|")
        for place in range(len(bases)):
            child.append(model)
            parent.append(len(names) + len(outside))
            outside.append(f"{names[model].as_py()}{ROOT_MARK}{place}")
            root_family.append(families.code_of(named[min(place, len(named) - 1)].strip()))
    by_pattern = families.by_name(names)
    own = [
        families.code_of(entry["family"]) if entry else int(code)
        for entry, code in zip(entries, by_pattern, strict=True)
    ]
    own_family = np.array([*own, *root_family], np.int32)
    edges = np.array(child, np.int64), np.array(parent, np.int64)
    roots = find_roots(len(names) + len(outside), *edges)
    everyone = pa.concat_arrays([names, pa.array(outside, pa.string())])
    size = size_class(_by_slices(parameters, column["parameters"], names))
    declared = np.bincount(edges[0], minlength=len(names)) > 0
    return Frame(
        names=names,
        outside=pa.array(outside, pa.string()),
        holder=_coded(everyone),
        family=own_family[: len(names)],
        own_family=own_family,
        created=_days(column["created"]),
        likes=pc.fill_null(column["likes"], -1).to_numpy(zero_copy_only=False).astype(np.int64),
        labels=_labels(column, size, copies, relation),
        weights=np.array([entry is None or entry["has_weights"] != "no" for entry in entries], bool),
        declared=declared,
        relation_inferred=inferred,
        child=edges[0],
        parent=edges[1],
        roots=roots,
        roots_inferred=roots,
        lineage={"entries_in_register": int(sum(entry is not None for entry in entries))},
    )


def _labels(
    column: dict[str, pa.Array], size: npt.NDArray[np.int8], copies: npt.NDArray[np.bool_],
    relation: npt.NDArray[np.int8],
) -> dict[str, Coded]:  # fmt: skip
    return {
        "task": _coded(pc.fill_null(column["task"], families.NONE)),
        "library": _coded(pc.fill_null(column["library"], families.NONE)),
        "licence": _coded(pc.fill_null(pc.utf8_lower(column["licence"]), families.NONE)),
        "size": Coded(size.astype(np.int32), pa.array(SIZES)),
        "quantised": Coded(copies.astype(np.int32), pa.array(["no", "yes"])),
        "relation": Coded(relation.astype(np.int32), pa.array(RELATIONS)),
    }


def _family_by_lineage(roots: Roots, own: Codes) -> Codes:
    """Family of a node's roots; `(several)` where they differ; its own name's where no root has one."""
    family = own.copy()
    single = roots.of >= 0
    of_root = own[roots.of[single]]
    family[single] = np.where(of_root > 0, of_root, own[single])
    mixed = []
    for mixture in range(len(roots.whole)):
        part = roots.node[roots.start[mixture] : roots.start[mixture + 1]]
        found = set(own[part].tolist())
        mixed.append(found.pop() if len(found) == 1 else families.names().index(families.SEVERAL))
    several = np.flatnonzero(~single)
    if len(several):
        of_mixture = np.array(mixed, np.int32)[-1 - roots.of[several]]
        family[several] = np.where(of_mixture > 0, of_mixture, own[several])
    return family


def _with_namespace(hub: str, names: pa.Array) -> pa.Array:
    """Names with the Hub's old canonical models under their name of today."""
    bare = pc.invert(pc.match_substring(names, "/"))
    today = [aliases.chain_end(hub, name) or name for name in names.filter(bare).to_pylist()]
    return pc.replace_with_mask(names, bare, pa.array(today, pa.string()))


def _namespaces(names: pa.Array) -> pa.Array:
    """The part before the slash; a name without one is its own namespace."""
    return pc.replace_substring_regex(names, r"/.*$", "")


def _condensed(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if name not in CONDENSED:
        return column
    pieces = [CONDENSED[name](piece) for piece in column.chunks]
    return pa.chunked_array(pieces, CONDENSED[name](pa.nulls(0, column.type)).type)


def _by_slices(work: Callable[..., npt.NDArray[T]], *columns: pa.Array) -> npt.NDArray[T]:
    """What `work` makes of columns row by row, made of some rows after others, since it needs far more memory."""
    starts = range(0, max(len(columns[0]), 1), SLICE_ROWS)
    return np.concatenate([work(*(column.slice(start, SLICE_ROWS) for column in columns)) for start in starts])


def _days(created: pa.Array) -> Codes:
    seconds = created.cast(MOMENT, safe=False).cast(pa.int64())  # Parquet keeps no seconds, only milliseconds
    days = pc.fill_null(pc.divide(seconds, 86_400), UNKNOWN_DAY)
    return np.asarray(days.to_numpy(zero_copy_only=False), dtype=np.int32)


def _coded(texts: pa.Array) -> Coded:
    encoded = texts.dictionary_encode()
    return Coded(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32), encoded.dictionary.cast(pa.string()))


def flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array of a column, however it was cut."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
