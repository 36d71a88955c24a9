"""Cubes of a whole history on disk, kept up with the flows: a new week is added, other labels make it anew.

    coding.parquet   one row a label code; in the file's metadata the labels' names, the age limits, and a digest
    cells/           sums by week and cell, see `weekfiles`

A folder of these may be deleted at any time. Whoever writes holds the store's lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.coding import Coding
from weighbridge.cubes.labels import Labelling
from weighbridge.cubes.reduction import weigh_weeks
from weighbridge.cubes.weekcube import WeekCube
from weighbridge.errors import DataMissing, StoreDamaged
from weighbridge.store.weekfiles import Week, WeekFiles

CODING = "coding.parquet"
ABOUT = b"weighbridge.history"
AGAIN = "delete the folder and make it again"
FORMAT = 1
NOBODY = np.zeros(0, np.int32)


@dataclass(frozen=True)
class Updated:
    """What an update did to one cube: whether it was made anew, and how many weeks were added."""

    anew: bool
    weeks: int


@dataclass(frozen=True)
class _About:
    coding: Coding
    limits: tuple[int, ...]
    columns: tuple[str, ...]
    models: int
    digest: str


class History:
    """The cube of one labelling, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def cube(self, columns: Sequence[str] | None = None) -> WeekCube:
        """Read into memory.

        Args:
            columns: of counts; null: all, and the models.

        Raises:
            DataMissing: nothing was written there yet.
            StoreDamaged: it cannot be read.
        """
        about = self._about()
        if about is None:
            raise DataMissing(f"{self.folder} holds no cube", "make it with update_histories")
        held = self.cells(about.columns).read(columns)
        if len(held.key) and held.key.max() >= len(about.coding) * Ages(NOBODY, about.limits).classes:
            raise StoreDamaged(f"{self.folder} has a cell that means nothing", AGAIN)
        return WeekCube(about.coding, about.limits, held.weeks, held.start, held.key, held.values)

    def weeks(self) -> tuple[int, ...]:
        """Weeks that are held."""
        about = self._about()
        return self.cells(about.columns).weeks() if about else ()

    def compact(self) -> int:
        """Join its files; see `WeekFiles.compact`."""
        about = self._about()
        return self.cells(about.columns).compact() if about else 0

    def held(self, labelling: Labelling, ages: Ages, columns: Sequence[str]) -> Labelling | None:
        """The labelling in the folder's codes if what the folder holds is still right under it, else null."""
        about = self._about()
        if about is None or (about.limits, about.columns) != (ages.limits, tuple(columns)):
            return None
        if list(about.coding.labels) != list(labelling.coding.labels) or about.models > len(labelling.code):
            return None
        coding, place = about.coding.grown(labelling.coding)
        ours = labelling.recoded(coding, place)
        return ours if _digest(ours, ages, about.models) == about.digest else None

    def write_coding(self, labelling: Labelling, ages: Ages, columns: Sequence[str]) -> None:
        """Say what the codes mean; codes only ever grow, so cells that are there stay right."""
        about = {
            "format": FORMAT,
            "names": {dimension: list(names) for dimension, names in labelling.coding.names.items()},
            "limits": list(ages.limits),
            "columns": list(columns),
            "models": len(labelling.code),
            "digest": _digest(labelling, ages, len(labelling.code)),
        }
        table = pa.table({name: pa.array(column) for name, column in labelling.coding.labels.items()})
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{os.getpid()}.new"
        pq.write_table(table.replace_schema_metadata({ABOUT: json.dumps(about)}), draft, compression="zstd")
        draft.replace(self.folder / CODING)

    def cells(self, columns: Sequence[str]) -> WeekFiles:
        """Its sums by week and cell."""
        return WeekFiles(self.folder / "cells", "cell", (*columns, "models"), small=False)

    def _about(self) -> _About | None:
        path = self.folder / CODING
        try:
            table = pq.ParquetFile(path).read()
            about = json.loads(table.schema.metadata[ABOUT])
            if about["format"] != FORMAT:
                raise StoreDamaged(f"{path} has format {about['format']}, not {FORMAT}", AGAIN)
            names = {dimension: tuple(texts) for dimension, texts in about["names"].items()}
            labels = {dimension: table[dimension].to_numpy().astype(np.int32) for dimension in names}
            for dimension, codes in labels.items():
                if len(codes) and not 0 <= codes.min() <= codes.max() < len(names[dimension]):
                    raise StoreDamaged(f"{path} has a label that is not there", AGAIN)
            return _About(
                Coding(labels, names), tuple(about["limits"]), tuple(about["columns"]), int(about["models"]),
                str(about["digest"]),
            )  # fmt: skip
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException) as error:
            raise StoreDamaged(f"{path} cannot be read: {error}", AGAIN) from None


def update_histories(
    histories: Sequence[History], flows: WeekFiles, labellings: Sequence[Labelling], ages: Ages
) -> list[Updated]:
    """Bring cubes up to the flows, one a labelling: new weeks are added, a cube of other labels is made anew.

    Weeks that several cubes lack are read once. A cube made anew takes the place of the old one when it is whole.
    Flows do not change, so a folder of cubes belongs to one folder of flows; a cube that has weeks which the flows
    lack is made anew.
    """
    pieces = flows.pieces()
    weeks = {piece.week for piece in pieces}
    held = [
        history.held(labelling, ages, flows.values) if weeks.issuperset(history.weeks()) else None
        for history, labelling in zip(histories, labellings, strict=True)
    ]
    targets, lacking = [], []
    for history, labelling, ours in zip(histories, labellings, held, strict=True):
        there = frozenset(history.weeks()) if ours is not None else frozenset()
        target = history if ours is not None else History(_aside(history.folder, "new"))
        target.write_coding(labelling if ours is None else ours, ages, flows.values)
        targets.append(target)
        lacking.append(tuple(piece for piece in pieces if piece.week not in there))
    for wanted in dict.fromkeys(lacking):
        some = [number for number, missing in enumerate(lacking) if missing == wanted]
        kept = [held[number] or labellings[number] for number in some]
        with contextlib.ExitStack() as stack:
            add = [stack.enter_context(targets[number].cells(flows.values).writing()) for number in some]
            for week in weigh_weeks(flows, kept, ages, wanted):
                for write, sums in zip(add, week, strict=True):
                    write(Week(sums.week, sums.cell, (*sums.values, sums.models)))
    for history, target in zip(histories, targets, strict=True):
        if target is not history:
            _swap(history.folder, target.folder)
    return [Updated(ours is None, len(missing)) for ours, missing in zip(held, lacking, strict=True)]


def _aside(folder: Path, word: str) -> Path:
    aside = folder.with_name(f".{folder.name}.{word}")
    shutil.rmtree(aside, ignore_errors=True)
    return aside


def _swap(folder: Path, new: Path) -> None:
    old = _aside(folder, "old")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _digest(labelling: Labelling, ages: Ages, models: int) -> str:
    """Digest of all that decides in which cells the first models are."""
    created = hashlib.sha256(np.ascontiguousarray(ages.created[:models]).tobytes()).hexdigest()
    return f"{labelling.digest(models)}{created}"
