"""Frames kept ready beside the vintages, so that a share does not compute all labels again.

A frame depends on the vintages' models, on the families, aliases and entries, but not on the register of parties,
which is applied when a question is asked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes.frame import COLUMNS, CONDENSED, Frame, flat, links, make_frame
from weighbridge.lineage.roots import Roots
from weighbridge.records.cells import LABELS, Coded
from weighbridge.records.vintage import Vintage
from weighbridge.register import files
from weighbridge.store.catalogue import read_models
from weighbridge.store.home import Store
from weighbridge.store.ready import Shelf

FRAMES = Shelf("frames", 6)
FRAME_VERSION = 3  # raised whenever the labels of the same vintages change
ROOT_PARTS = ("of", "start", "node", "share", "whole", "cyclic")


def frame_for(store: Store, vintages: Sequence[Vintage]) -> Frame:
    """The frame of some vintages of one hub, from the ready files where they are there and still right."""
    hub = vintages[0].hub

    def make() -> Frame:
        return make_frame(hub, read_models(vintages, COLUMNS, links(hub), CONDENSED))

    return FRAMES.get(store, derived_from(vintages), _load, make, _save)


def derived_from(vintages: Sequence[Vintage]) -> list[object]:
    """What the labels of some vintages depend on."""
    return [*(v.id for v in vintages), files.fingerprint("families", "aliases", "entries"), FRAME_VERSION]


def keep_ready(store: Store, vintage: Vintage) -> None:
    """Make the frame that a question about this vintage will need, so that the question need not wait.

    A vintage without counters is never weighed. A series over several vintages makes its own frame when it is
    first asked for.
    """
    if vintage.counters:
        frame_for(store, [vintage])


def _save(frame: Frame, folder: Path) -> None:
    tables = {
        "models": {
            "name": frame.names,
            "family": frame.family,
            "created": frame.created,
            "likes": frame.likes,
            "weights": frame.weights,
            "declared": frame.declared,
            "relation_inferred": frame.relation_inferred,
            **{f"code_{name}": coded.codes for name, coded in frame.labels.items()},
        },
        "nodes": {"holder": frame.holder.codes, "own_family": frame.own_family},
        "edges": {"child": frame.child, "parent": frame.parent},
        "outside": {"name": frame.outside},
        "holders": {"name": frame.holder.names},
        **{f"names_{name}": {"name": coded.names} for name, coded in frame.labels.items()},
        **{f"{kind}_{part}": {part: getattr(getattr(frame, kind), part)}
           for kind in ("roots", "roots_inferred")
           for part in ROOT_PARTS},
    }  # fmt: skip
    for name, columns in tables.items():
        table = pa.table(
            {key: value if isinstance(value, pa.Array) else pa.array(value) for key, value in columns.items()}
        )
        with (
            pa.OSFile(str(folder / f"{name}.arrow"), "wb") as sink,
            pa.ipc.new_file(sink, table.schema) as writer,
        ):
            writer.write_table(table)
    document = {"lineage": frame.lineage, "labels": list(frame.labels)}
    (folder / "frame.json").write_text(json.dumps(document) + "\n", encoding="utf-8")


def _load(folder: Path) -> Frame:
    document = json.loads((folder / "frame.json").read_text(encoding="utf-8"))

    def table(name: str) -> dict[str, pa.Array]:
        batch = pa.ipc.open_file(pa.memory_map(str(folder / f"{name}.arrow"))).read_all()
        return {key: flat(batch[key]) for key in batch.column_names}

    def numbers(column: pa.Array) -> npt.NDArray[np.int64]:
        return np.asarray(column.to_numpy(zero_copy_only=False))

    def roots(kind: str) -> Roots:
        found = Roots(*(numbers(table(f"{kind}_{part}")[part]) for part in ROOT_PARTS))
        for place, most in ((found.of, len(nodes["holder"])), (found.node, len(nodes["holder"]))):
            if len(place) and not -len(found.whole) <= place.min() <= place.max() < most:
                raise ValueError("a root that is not there")
        return found

    models, nodes, edges = table("models"), table("nodes"), table("edges")
    if set(document["labels"]) != set(LABELS[1:]):
        raise ValueError("labels are missing")
    labels = {
        name: Coded(numbers(models[f"code_{name}"]).astype(np.int32, copy=False), table(f"names_{name}")["name"])
        for name in document["labels"]
    }
    holder = Coded(numbers(nodes["holder"]).astype(np.int32, copy=False), table("holders")["name"])
    for coded in (holder, *labels.values()):
        if len(coded.codes) and not 0 <= coded.codes.min() <= coded.codes.max() < len(coded.names):
            raise ValueError("a label that is not there")
    return Frame(
        names=models["name"],
        outside=table("outside")["name"],
        holder=holder,
        family=numbers(models["family"]).astype(np.int32, copy=False),
        own_family=numbers(nodes["own_family"]).astype(np.int32, copy=False),
        created=numbers(models["created"]).astype(np.int32, copy=False),
        likes=numbers(models["likes"]),
        labels=labels,
        weights=numbers(models["weights"]).astype(bool),
        declared=numbers(models["declared"]).astype(bool),
        relation_inferred=numbers(models["relation_inferred"]).astype(bool),
        child=numbers(edges["child"]),
        parent=numbers(edges["parent"]),
        roots=roots("roots"),
        roots_inferred=roots("roots_inferred"),
        lineage=document["lineage"],
    )
