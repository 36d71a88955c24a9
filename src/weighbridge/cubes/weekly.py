"""The weighing of a hub's history: flows by week, then the cubes that follow them, beside the vintages.

    flows/<hub>/cubes.json       from which flows, labels and register the cubes were made, and their folder
    flows/<hub>/cubes-<number>/  models.parquet (attributes by number), and a cube for each attribution

As with the flows, an update makes a new folder and then replaces the small file that names it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.frame import links, make_frame
from weighbridge.cubes.history import History, update_histories
from weighbridge.cubes.ready import FRAME_VERSION
from weighbridge.cubes.weekcube import WeekCube
from weighbridge.cubes.weeklabels import ATTRIBUTIONS, attributes, labellings
from weighbridge.errors import DataMissing, StoreDamaged
from weighbridge.records.vintage import Vintage
from weighbridge.register import files, parties
from weighbridge.store.home import Store
from weighbridge.store.numbering import AGAIN
from weighbridge.store.weekfiles import Reader, WeekFiles
from weighbridge.store.weekflows import COLUMNS
from weighbridge.store.weekly import Brought, State, Weekly, replace_text

FORMAT = 1
CUBES = "cubes.json"


@dataclass(frozen=True)
class Held:
    """What the cubes were made from.

    Attributes:
        number: of their folder.
        labels: digest of the data files that labels rest on.
        vintages: whose attributes went in.
        weeks: for each week the number of the update of flows that wrote it.
        flows: number of the update of flows.
    """

    number: int
    labels: str
    vintages: tuple[str, ...]
    weeks: Mapping[int, int]
    flows: int


@dataclass(frozen=True)
class Weighing:
    """What a weighing did."""

    hub: str
    state: State
    flows: Brought
    cubes: dict[str, dict[str, Any]]
    seconds: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of `weigh`."""
        return {
            "hub": self.hub,
            "weeks": len(self.state.weeks),
            "weeks_added": self.flows.added,
            "weeks_rewritten": self.flows.rewritten,
            "weeks_provisional": sum(week >= self.state.settled for week in self.state.weeks),
            "vintages": len(self.state.vintages),
            "vintages_added": self.flows.vintages,
            "models": self.state.models,
            "rows": self.state.rows,
            "rows_written": self.flows.rows,
            "bytes": self.state.bytes,
            "cubes": self.cubes,
            "seconds": self.seconds,
        }


def censuses(store: Store, hub: str) -> list[Vintage]:
    """The readings that weekly flows are made from.

    Raises:
        DataMissing: there is no census of the hub.
    """
    found = [v for v in store.vintages(hub=hub) if v.population == "census" and v.counters]
    if not found:
        raise DataMissing(f"no census of {hub} is held", "read a census first")
    return found


def weigh_history(store: Store, hub: str) -> Weighing:
    """Bring the weekly flows of a hub and their cubes up to date.

    Raises:
        DataMissing: there are no two days of cumulative counters.
        StoreBusy: another process is writing.
    """
    vintages = censuses(store, hub)
    weekly = Weekly(store, hub)
    begun = time.perf_counter()
    state, brought = weekly.update(vintages, links(hub), files.fingerprint("aliases"))
    flowed = time.perf_counter()
    cubes = _Cubes(weekly, state).update(vintages)
    seconds = {"flows": round(flowed - begun, 3), "cubes": round(time.perf_counter() - flowed, 3)}
    return Weighing(hub, state, brought, cubes, seconds)


def open_cube(weekly: Weekly, attribution: str, columns: Sequence[str]) -> tuple[WeekCube, Held]:
    """A cube that is held.

    Raises:
        DataMissing: none was made yet.
    """
    held = _held(weekly.folder)
    if held is None:
        raise DataMissing(f"the history of {weekly.hub} was not weighed yet", "weigh it with: weighbridge weigh")
    return History(_folder(weekly, held.number) / attribution).cube(columns), held


class _Cubes:
    def __init__(self, weekly: Weekly, state: State) -> None:
        self.weekly, self.state = weekly, state

    def update(self, vintages: Sequence[Vintage]) -> dict[str, dict[str, Any]]:
        """Bring the cubes up to the flows; what was done to each."""
        with self.weekly.store.writing() as scratch:
            held = _held(self.weekly.folder)
            rests_on = _labels()
            if held is not None and (held.labels, held.flows) == (rests_on, self.state.number):
                return {name: {"anew": False, "weeks": 0} for name in ATTRIBUTIONS}
            draft = scratch / "cubes"
            draft.mkdir()
            models = self._models(held, vintages, draft)
            frame = make_frame(self.weekly.hub, models)
            histories = [History(draft / name) for name in ATTRIBUTIONS]
            if held is not None:
                stale = {week for week, number in held.weeks.items() if self.state.weeks.get(week) != number}
                for history in histories:
                    _carried(_folder(self.weekly, held.number) / history.folder.name, history.folder, stale)
            flows = self.weekly.flows(self.state)
            chosen = labellings(self.weekly.hub, frame, parties.house())
            done = update_histories(histories, flows, chosen, Ages(frame.created))
            number = 1 if held is None else held.number + 1
            now = Held(number, rests_on, self.state.vintages, self.state.weeks, self.state.number)
            self._adopt(draft, now, held, scratch)
        return {
            name: {"anew": updated.anew, "weeks": updated.weeks}
            for name, updated in zip(ATTRIBUTIONS, done, strict=True)
        }

    def _models(self, held: Held | None, vintages: Sequence[Vintage], draft: Path) -> pa.Table:
        """Attributes by number, kept for the next time."""
        numbering = self.weekly.numbering(self.state)
        before, done = None, 0
        follows = held is not None and held.vintages == self.state.vintages[: len(held.vintages)]
        if held is not None and follows and held.flows >= self.state.moved:
            path = _folder(self.weekly, held.number) / "models.parquet"
            before, done = pq.ParquetFile(path).read(), len(held.vintages)
        models = attributes(numbering, vintages[done:], before)
        pq.write_table(models, draft / "models.parquet", compression="zstd", write_page_checksum=True)
        return models

    def _adopt(self, draft: Path, now: Held, held: Held | None, scratch: Path) -> None:
        target = _folder(self.weekly, now.number)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
        document = {"format": FORMAT, **vars(now), "weeks": {str(week): n for week, n in now.weeks.items()}}
        replace_text(scratch / CUBES, self.weekly.folder / CUBES, json.dumps(document) + "\n")
        keep = {target.name, "" if held is None else _folder(self.weekly, held.number).name}
        for other in self.weekly.folder.glob("cubes-*"):
            if other.name not in keep:
                shutil.rmtree(other, ignore_errors=True)


def _held(folder: Path) -> Held | None:
    path = folder / CUBES
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.pop("format") != FORMAT:
            raise StoreDamaged(f"{path} is of another version", AGAIN)
        document["weeks"] = {int(week): int(number) for week, number in document["weeks"].items()}
        return Held(**{**document, "vintages": tuple(document["vintages"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise StoreDamaged(f"{path} cannot be read: {error}", AGAIN) from None


def _folder(weekly: Weekly, number: int) -> Path:
    return weekly.folder / f"cubes-{number}"


def _labels() -> str:
    """Digest of what labels rest on beside the readings."""
    parts = files.fingerprint("families", "aliases", "entries"), FRAME_VERSION, parties.house().fingerprint
    return "|".join(map(str, parts))


def _carried(old: Path, new: Path, stale: set[int]) -> None:
    """A cube without the weeks that changed, in a new folder; files of which all weeks stay are links."""
    if not (old / "coding.parquet").exists():
        return
    cells, kept = (WeekFiles(folder / "cells", "cell", (*COLUMNS, "models"), small=False) for folder in (old, new))
    pieces = cells.pieces()
    kept.folder.mkdir(parents=True)
    os.link(old / "coding.parquet", new / "coding.parquet")
    for path in dict.fromkeys(piece.path for piece in pieces):
        own = [piece for piece in pieces if piece.path == path]
        if not any(piece.week in stale for piece in own):
            os.link(path, kept.folder / path.name)
            continue
        reader = Reader(cells)
        with kept.writing() as add:
            for piece in own:
                if piece.week not in stale:
                    add(reader.read(piece))
