"""Flows of a hub's whole history by week, beside the vintages and kept up with them.

    flows/<hub>/state.json       which vintages went in, which weeks are settled, and the folder that holds
    flows/<hub>/<number>/        numbers/ (see `numbering`) and weeks/ (see `weekfiles`)

All of it may be deleted at any time. An update makes a new folder, in which files that stay are links to the old ones,
and then replaces `state.json`, so a process that is killed leaves the old flows or the new ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from weighbridge.errors import DataMissing, StoreDamaged
from weighbridge.records.vintage import Vintage
from weighbridge.store.blocks import BLOCK_OBSERVATIONS, Blocks
from weighbridge.store.catalogue import Counters, Today
from weighbridge.store.flows import WINDOW_DAYS
from weighbridge.store.home import Store
from weighbridge.store.numbering import AGAIN, Numbering
from weighbridge.store.weekfiles import Reader, Week, WeekFiles
from weighbridge.store.weekflows import COLUMNS, DAYS, WeekRows, week_of, week_rows

FORMAT = 1
STATE = "state.json"
PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True)
class State:
    """What is held.

    Attributes:
        number: of the folder; each update has a new one.
        links: digest of the links of renamed models that went in.
        vintages: ids of what went in, in order of when they became known.
        first_day, last_day: first and last day with cumulative counters.
        weeks: for each week, day number of its Monday, the number of the update that wrote it last.
        settled: weeks before this Monday change only by readings of earlier days and by models that come back.
        moved: number of the last update in which models of older readings changed their identity.
        models: how many numbers are given.
        rows: of all weeks.
        bytes: of all files.
    """

    number: int
    links: str
    vintages: tuple[str, ...]
    first_day: int
    last_day: int
    weeks: Mapping[int, int]
    settled: int
    moved: int
    models: int
    rows: int
    bytes: int


@dataclass(frozen=True)
class Brought:
    """What an update did: weeks that are new, weeks that changed, vintages that were read anew, and rows written."""

    added: int
    rewritten: int
    vintages: int
    rows: int


class Weekly:
    """The weekly flows of a hub."""

    def __init__(self, store: Store, hub: str) -> None:
        self.store, self.hub = store, hub
        named = hub if PLAIN.fullmatch(hub) else hashlib.sha256(hub.encode()).hexdigest()[:24]
        self.folder = store.path / "flows" / named

    def state(self) -> State | None:
        """What is held, or null where nothing is.

        Raises:
            StoreDamaged: the state cannot be read.
        """
        path = self.folder / STATE
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            if held.pop("format") != FORMAT:
                raise StoreDamaged(f"{path} is of another version", AGAIN)
            held["weeks"] = {int(week): int(number) for week, number in held["weeks"].items()}
            return State(**{**held, "vintages": tuple(held["vintages"])})
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise StoreDamaged(f"{path} cannot be read: {error}", AGAIN) from None

    def flows(self, state: State) -> WeekFiles:
        """The flows by week and number of the model."""
        return week_files(self.folder / str(state.number))

    def numbering(self, state: State) -> Numbering:
        """The numbers of the models."""
        return Numbering(self.folder / str(state.number) / "numbers")

    def update(
        self, vintages: Sequence[Vintage], today: Today, links: str, most: int = BLOCK_OBSERVATIONS
    ) -> tuple[State, Brought]:
        """Bring the flows up to some readings.

        Args:
            vintages: all censuses of the hub, in order of when they became known.
            today: links of renamed models.
            links: a digest of these; where it changes, all is made anew.
            most: observations of a block of models.

        Raises:
            DataMissing: there are no two days of cumulative counters.
        """
        days = sorted({day for vintage in vintages for day in vintage.days_all})
        if len(days) < 2:
            raise DataMissing(
                f"no flows of {self.hub}: there are no two days of cumulative counters", "read a second day"
            )
        with self.store.writing() as scratch:
            held = self.state()
            ids = tuple(vintage.id for vintage in vintages)
            if held is not None and (held.vintages, held.links) == (ids, links):
                return held, Brought(0, 0, 0, 0)
            follows = held is not None and held.links == links and held.vintages == ids[: len(held.vintages)]
            draft = scratch / "flows"
            if held is not None and follows:
                _link(self.folder / str(held.number) / "numbers", draft / "numbers")
            numbering = Numbering(draft / "numbers")
            done = len(held.vintages) if held is not None and follows else 0
            moved = numbering.add(vintages[:done], vintages[done:], today)
            numbering.save()
            blocks = Blocks(numbering, vintages, most)
            with _merged(blocks.counters(), scratch / "blocks") as weeks:
                state, brought = self._write(draft, held, weeks)
            state = replace(
                state, links=links, vintages=ids, first_day=days[0], last_day=days[-1], models=numbering.models,
                settled=int(week_of(np.array(days[-1] - 2 * WINDOW_DAYS))), bytes=_bytes(draft),
                moved=held.moved if held is not None and follows and not moved else state.number,
            )  # fmt: skip
            self._adopt(draft, state, scratch, held)
            return state, replace(brought, vintages=len(vintages) - (0 if moved else done))

    def _write(self, draft: Path, held: State | None, weeks: Iterable[Week]) -> tuple[State, Brought]:
        """Write the weeks into a draft; a week that is as it was keeps its number."""
        number = 1 if held is None else held.number + 1
        old = None if held is None else self.flows(held)
        pieces = {} if old is None else {piece.week: piece for piece in old.pieces()}
        reader = None if old is None else Reader(old)
        written: dict[int, int] = {}
        rows = same = 0
        files = week_files(draft)
        with files.writing() as add:
            for week in weeks:
                add(week)
                rows += len(week.key)
                before = pieces.get(week.week)
                kept = reader is not None and before is not None and before.rows == len(week.key)
                if kept and reader is not None and before is not None and _same(reader.read(before), week):
                    same += 1
                    written[week.week] = held.weeks[week.week] if held is not None else number
                else:
                    written[week.week] = number
        added = len(written.keys() - pieces.keys())
        state = State(number, "", (), 0, 0, written, 0, number, 0, rows, 0)
        return state, Brought(added, len(written) - added - same, 0, rows)

    def _adopt(self, draft: Path, state: State, scratch: Path, held: State | None) -> None:
        """Make a draft the flows that are held, in one step; the folder before stays for those who read it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / str(state.number)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
        document = {"format": FORMAT, **vars(state), "weeks": {str(week): n for week, n in state.weeks.items()}}
        replace_text(scratch / STATE, self.folder / STATE, json.dumps(document) + "\n")
        keep = {str(state.number), str(held.number) if held is not None else ""}
        for other in self.folder.iterdir():
            if other.name.isdecimal() and other.name not in keep:
                shutil.rmtree(other, ignore_errors=True)


def week_files(folder: Path) -> WeekFiles:
    """Files of weekly flows in the folder of an update."""
    return WeekFiles(folder / "weeks", "model", COLUMNS)


def replace_text(draft: Path, path: Path, text: str) -> None:
    """Write a small file so that it is there whole or not at all."""
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextlib.contextmanager
def _merged(blocks: Iterable[Counters], folder: Path) -> Iterator[Iterator[Week]]:
    """Weeks of all models, from flows that are written down a block at a time."""
    spilled: list[WeekFiles] = []
    days: tuple[int, int] = (0, 0)
    for number, counters in enumerate(blocks):
        days = int(counters.days[0]), int(counters.days[-1])
        files = WeekFiles(folder / str(number), "model", COLUMNS)
        with files.writing() as add:
            for week in _weeks(week_rows(counters)):
                add(week)
        spilled.append(files)
    every = range(int(week_of(np.array(days[0]))), days[1], DAYS)
    yield _joined(spilled, every)
    shutil.rmtree(folder, ignore_errors=True)


def _weeks(rows: WeekRows) -> Iterator[Week]:
    edge = np.flatnonzero(np.append(True, rows.week[1:] != rows.week[:-1])[: len(rows.week)])
    for start, stop in zip(edge.tolist(), [*edge[1:].tolist(), len(rows.week)], strict=True):
        values = tuple(column[start:stop] for column in rows.values)
        yield Week(int(rows.week[start]), rows.model[start:stop].astype(np.int32), values)


def _joined(spilled: Sequence[WeekFiles], weeks: Iterable[int]) -> Iterator[Week]:
    places = [{piece.week: piece for piece in files.pieces()} for files in spilled]
    readers = [Reader(files) for files in spilled]
    for week in weeks:
        parts = [reader.read(at[week]) for reader, at in zip(readers, places, strict=True) if week in at]
        if not parts:
            yield Week(week, np.zeros(0, np.int32), tuple(np.zeros(0, np.int64) for _ in COLUMNS))
            continue
        key = np.concatenate([part.key for part in parts])
        order = np.argsort(key, kind="stable")
        columns = zip(*(part.values for part in parts), strict=True)
        yield Week(week, key[order], tuple(np.concatenate(column)[order] for column in columns))


def _same(one: Week, other: Week) -> bool:
    columns = zip((one.key, *one.values), (other.key, *other.values), strict=True)
    return all(np.array_equal(a, b) for a, b in columns)


def _link(old: Path, new: Path) -> None:
    """The same files in a new folder; where the file system has no links, copies."""
    for path in old.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            target = new / path.relative_to(old)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, target)
            except OSError:
                shutil.copy2(path, target)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def described(state: State) -> dict[str, Any]:
    """What is held, for a document."""
    return {"weeks": len(state.weeks), "models": state.models, "rows": state.rows, "bytes": state.bytes}
