"""Flows of a hub's whole history by week, beside the vintages and kept up with them.

    flows/<hub>/state.json       which vintages went in, which weeks are settled, and the folder that holds
    flows/<hub>/<number>/        numbers/ (see `numbering`) and weeks/ (see `weekfiles`)

All of it may be deleted at any time. An update makes a new folder, in which files that stay are links to the old ones,
and then replaces `state.json`, so a process that is killed leaves the old flows or the new ones.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from weighbridge.errors import DataMissing, StoreDamaged
from weighbridge.records.vintage import Vintage
from weighbridge.store.blocks import BLOCK_OBSERVATIONS
from weighbridge.store.catalogue import Today
from weighbridge.store.following import Found, Making, read_ends, settled, week_files, write_ends
from weighbridge.store.home import Store
from weighbridge.store.numbering import AGAIN, Numbering
from weighbridge.store.weekfiles import Reader, Week, WeekFiles
from weighbridge.store.weekflows import DAYS

FORMAT = 1
STATE = "state.json"
FILE_WEEKS = 13
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
        rounded: whether some counter is rounded.
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
    rounded: bool
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
            made = Making(numbering, vintages, np.array(days), most, scratch / "blocks")
            late = [day for vintage in vintages[done:] for day in vintage.days_all]
            found = None
            if held is not None and follows and not moved and min(late, default=held.last_day + 1) > held.last_day:
                found = made.following(
                    held.rounded, held.first_day, held.settled, read_ends(self.folder / str(held.number))
                )
            if found is None:
                found = made.everything()
            state, brought = self._write(draft, held, found)
            write_ends(found.ends, draft)
            state = replace(
                state, links=links, vintages=ids, first_day=days[0], last_day=days[-1], models=numbering.models,
                settled=settled(days[-1]), rounded=found.rounded, bytes=_bytes(draft),
                moved=held.moved if held is not None and follows and not moved else state.number,
            )  # fmt: skip
            self._adopt(draft, state, scratch, held)
            return state, replace(brought, vintages=len(vintages) - (0 if moved else done))

    def _write(self, draft: Path, held: State | None, found: Found) -> tuple[State, Brought]:
        """Write the weeks into a draft; a week that is as it was keeps its number, and a file of such weeks stays."""
        number = 1 if held is None else held.number + 1
        old = None if held is None else self.flows(held)
        pieces = [] if old is None else old.pieces()
        where = {piece.week: piece for piece in pieces}
        files = week_files(draft)
        touched = set(range(found.first, found.last + 1, DAYS)) | set(found.patches)
        moved = {piece.path for piece in pieces if found.whole or piece.week in touched}
        written = {p.week: held.weeks[p.week] for p in pieces if not found.whole or p.week in touched} if held else {}
        kept = [piece for piece in pieces if piece.path not in moved]
        files.folder.mkdir(parents=True)
        for path in dict.fromkeys(piece.path for piece in kept):
            _hold(path, files.folder / path.name)
        again = [p.week for p in pieces if not found.whole and p.path in moved and p.week not in touched]
        rows = sum(piece.rows for piece in kept)
        new = 0
        reader = None if old is None else Reader(old)
        computed = iter(found.weeks)
        for run in _runs(sorted({*again, *touched})):
            with files.writing() as add:
                for week in run:
                    before = reader.read(where[week]) if reader is not None and week in where else None
                    if week >= found.first:
                        now = next(computed)
                    elif before is None:
                        continue
                    else:
                        now = _patched(before, found.patches.get(week), found.again)
                    add(now)
                    rows += len(now.key)
                    if before is None or not _same(before, now):
                        written[week] = number
                        new += len(now.key)
        added = len(written.keys() - where.keys())
        changed = sum(number == n for week, n in written.items() if week in where)
        written = dict(sorted(written.items()))
        return State(number, "", (), 0, 0, written, 0, number, False, 0, rows, 0), Brought(added, changed, 0, new)

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


def replace_text(draft: Path, path: Path, text: str) -> None:
    """Write a small file so that it is there whole or not at all."""
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _runs(weeks: Sequence[int]) -> list[list[int]]:
    """Weeks that share a file: those of a quarter of a year, so that a week that changes moves few others."""
    runs: dict[int, list[int]] = {}
    for week in weeks:
        runs.setdefault(week // DAYS // FILE_WEEKS, []).append(week)
    return list(runs.values())


def _patched(week: Week, patch: Week | None, again: npt.NDArray[np.bool_]) -> Week:
    """A week with the rows of some models replaced."""
    if patch is None:
        return week
    kept = ~again[week.key]
    key = np.append(week.key[kept], patch.key)
    order = np.argsort(key, kind="stable")
    values = tuple(np.append(a[kept], b)[order] for a, b in zip(week.values, patch.values, strict=True))
    return Week(week.week, key[order], values)


def _same(one: Week, other: Week) -> bool:
    same = (np.array_equal(a, b) for a, b in zip(one.values, other.values, strict=True))
    return np.array_equal(one.key, other.key) and all(same)


def _link(old: Path, new: Path) -> None:
    """The same files in a new folder; where the file system has no links, copies."""
    for path in old.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            target = new / path.relative_to(old)
            target.parent.mkdir(parents=True, exist_ok=True)
            _hold(path, target)


def _hold(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:
        shutil.copy2(path, target)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
