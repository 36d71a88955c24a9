"""A cube file as something that can be asked; `exporting.py` writes it, `docs/design/cubes.md` says what it holds."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.cubes.engines import EMBEDDED, engine
from weighbridge.cubes.windows import choose_hub
from weighbridge.errors import DataMissing, StoreDamaged, UsageError
from weighbridge.records.cells import LABELS, Cells, Coded, Entries, Slice, Window
from weighbridge.records.clock import day_text, moment_text, parse_moment
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question
from weighbridge.register import parties
from weighbridge.register.parties import Register
from weighbridge.store.flows import KINDS

Ints = npt.NDArray[np.int64]

FORMAT = 1


LARGEST_FILE = 2**29
BROKEN = (
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    pa.ArrowException,
    zipfile.BadZipFile,
)
"""What reading a file that is not as it should be may raise."""


class CubeFile:
    """A cube file as something that can be asked."""

    def __init__(self, path: Path, notes: Sequence[str] = ()) -> None:
        """Open a file; `notes` stand on every answer.

        Raises:
            UsageError: it is no cube file.
        """
        self.path, self.notes = path, tuple(notes)
        try:
            with zipfile.ZipFile(path) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > LARGEST_FILE:
                    raise UsageError(f"{path} unpacks to over {LARGEST_FILE:,} bytes", "no cube file is so large")
                self.document: dict[str, Any] = json.loads(archive.read("cube.json"))
            written = self.document["format"]
            _check_document(self.document)
        except (OSError, *BROKEN) as error:
            raise UsageError(
                f"{path} is not a cube file: {error}", "`weighbridge export-cube FILE` writes one"
            ) from None
        if written != FORMAT:
            raise UsageError(f"{path} has cube format {written}, not {FORMAT}", "use the version that wrote it")

    def damage(self) -> list[str]:
        """What is wrong with the file by its checksums; empty where all is well."""
        with zipfile.ZipFile(self.path) as archive:
            bad = archive.testzip()
        return [f"{self.path}: {bad} is damaged"] if bad else []

    def hubs(self) -> list[str]:
        """See `Backing.hubs`."""
        return sorted({part["hub"] for part in self.document["parts"]})

    def slicing(self, question: Question) -> CubeSlicing:
        """See `Backing.slicing`."""
        return CubeSlicing(self, question)

    def slice(self, question: Question, scope_ids: Iterable[str], rule_ids: Iterable[str]) -> Slice:
        """The weight in the windows of a question; the file describes its cells by all that it was made with.

        Raises:
            DataMissing: the file does not hold the window, the age limit, the moment of knowledge, a scope or a rule.
        """
        try:
            hub = choose_hub(self.hubs(), question.hub)
            part = self._part(hub, question, {"scopes": scope_ids, "rules": rule_ids})
            sliced = self._read(part, question.definition.max_age_days)
            chosen = _chosen_windows(sliced.windows, question, hub)
            return replace(_only(sliced, chosen), notes=(*sliced.notes, *self.notes))
        except BROKEN as error:
            raise StoreDamaged(f"{self.path} is damaged: {error or type(error).__name__}", "fetch it again") from None

    def register(self, name: str, as_of: datetime | None) -> Register:
        """See `Backing.register`; a cube file brings none of its own."""
        if name == "house":
            return parties.house()
        if name.endswith(".csv"):
            return parties.with_corrections(Path(name))
        raise DataMissing(
            f"a cube file has no register {name!r}", "ask with house or a .csv of corrections, or a store"
        )

    def registers(self, as_of: datetime | None) -> list[str]:
        """See `Backing.registers`."""
        return ["house"]

    def known(self, question: Question) -> list[datetime]:
        """See `Backing.known`; a cube file is one moment of knowledge."""
        hub = choose_hub(self.hubs(), question.hub)
        used = {name for part in self.document["parts"] if part["hub"] == hub for name in part["vintages"]}
        return [max(parse_moment(v["known"]) for v in self.document["vintages"] if v["id"] in used)]

    def _part(self, hub: str, question: Question, needed: dict[str, Iterable[str]]) -> dict[str, Any]:
        if question.vintage is not None:
            raise DataMissing("a cube file holds no vintages to choose from", "ask without --vintage, or ask a store")
        grain = question.over or ""
        attribution = question.definition.attribution
        parts = [p for p in self.document["parts"] if p["hub"] == hub and p["attribution"] == attribution]
        found = [p for p in parts if p["grain"] == grain]
        if not found:
            there = ", ".join(p["grain"] or "the newest window" for p in parts)
            what = f"{grain or 'single window'} of {hub}" if parts else f"attribution {attribution} for {hub}"
            raise DataMissing(f"this cube file has no {what}", f"it has: {there}" if there else "ask a store")
        for what, asked in needed.items():
            unknown = [name for name in asked if name not in found[0][what]]
            if unknown:
                hint = f"it knows: {', '.join(found[0][what])}; ask a store for others"
                raise DataMissing(f"this cube file was made without the {what[:-1]} {unknown[0]!r}", hint)
        known = max(parse_moment(v["known"]) for v in self.document["vintages"] if v["id"] in found[0]["vintages"])
        if question.as_of is not None and known > question.as_of:
            raise DataMissing(f"this cube file was made from what was known at {moment_text(known)}", "ask a store")
        return dict(found[0])

    def _read(self, part: dict[str, Any], max_age_days: int | None) -> Slice:
        name = f"{part['hub']}-{part['grain'] or 'newest'}-{part['attribution']}"
        try:
            with zipfile.ZipFile(self.path) as archive:
                cells, entries = (
                    _whole(
                        pq.read_table(
                            io.BytesIO(archive.read(f"{name}-{table}.parquet")), use_threads=False, pre_buffer=False
                        )
                    )
                    for table in ("cells", "entries")
                )
        except (OSError, KeyError, ValueError, pa.ArrowException, zipfile.BadZipFile) as error:
            raise StoreDamaged(f"{self.path} cannot be read: {error}", "fetch the file again") from None
        within, unknown = _age(cells, part, max_age_days)
        bits = _numbers(cells["bits"])
        flags = {flag: (bits >> place) & 1 == 1 for place, flag in enumerate(part["bits"])}
        family = _coded(entries["family"])
        made = Cells(
            window=_places(cells["window"], len(part["windows"])),
            value=_numbers(cells["value"]),
            lo=_numbers(cells["lo"]),
            hi=_numbers(cells["hi"]),
            models=_numbers(cells["models"]),
            by_kind=np.column_stack([_numbers(cells[f"kind_{kind}"]) for kind in KINDS]),
            labels={label: _coded(cells[label]) for label in LABELS},
            scopes={scope: flags[f"scope:{scope}"] for scope in part["scopes"]},
            within_age=within,
            unknown_age=unknown,
            declared=flags["declared"],
            facts={rule: _facts(cells, flags, rule) for rule in part["rules"]},
            silent=frozenset(part["silent"]),
            entries=Entries(
                cell=_places(entries["cell"], len(cells)).astype(np.int64),
                holder=_coded(entries["holder"]),
                family=family.codes,
                model=_coded(entries["model"]),
                value=_numbers(entries["value"]),
                lo=_numbers(entries["lo"]),
                hi=_numbers(entries["hi"]),
            ),
        )
        return Slice(
            hub=part["hub"],
            unit=part["unit"],
            windows=tuple(Window(**window) for window in part["windows"]),
            cells=made,
            population=part["population"],
            vintages=tuple(part["vintages"]),
            as_of=moment_text(
                max(parse_moment(v["known"]) for v in self.document["vintages"] if v["id"] in part["vintages"])
            ),
            simulated=part["simulated"],
            families=tuple(family.names.to_pylist()),
            notes=tuple(part["notes"]),
            whole=False,
            sources=tuple(
                {key: v[key] for key in ("title", "sha256")} | {"vintage": v["id"]}
                for v in self.document["vintages"]
                if v["id"] in part["vintages"]
            ),
        )


@dataclass(frozen=True)
class CubeSlicing:
    """The windows of a question to a cube file."""

    file: CubeFile
    question: Question

    def under(
        self, definition: Definition, scope_ids: Iterable[str] | None = None, rule_ids: Iterable[str] | None = None
    ) -> Slice:
        """See `Sliceable.under`."""
        return self.file.slice(
            replace(self.question, definition=definition),
            (definition.scope,) if scope_ids is None else scope_ids,
            definition.clean if rule_ids is None else rule_ids,
        )

    def condensed(
        self,
        definition: Definition,
        by: str,
        registers: Sequence[Register],
        scope_ids: Iterable[str] | None = None,
        rule_ids: Iterable[str] | None = None,
    ) -> Slice:
        """See `Sliceable.condensed`; a cube file's cells are few as they are, and summed here.

        Raises:
            UsageError: another engine is asked for.
        """
        if engine(self.question.engine, self.question.remote).id != EMBEDDED:
            raise UsageError("a cube file is summed in this process", f"ask with --engine {EMBEDDED}, or ask a store")
        return self.under(definition, scope_ids, rule_ids)


def sample_path() -> Path:
    """The cube file that travels with the package."""
    from importlib import resources

    return Path(str(resources.files("weighbridge") / "sample" / "sample.cube"))


def _whole(table: pa.Table) -> pa.Table:
    """What `_slim` left out, put back."""
    for name in ("lo", "hi"):
        if name not in table.column_names:
            table = table.append_column(name, table["value"])
    for kind in KINDS:
        if f"kind_{kind}" not in table.column_names:
            table = table.append_column(f"kind_{kind}", pa.array(np.zeros(len(table), np.int64)))
    return table


def _age(
    cells: pa.Table, part: dict[str, Any], limit: int | None
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    count = len(cells)
    if limit is None:
        return np.ones(count, bool), np.zeros(count, bool)
    if limit not in part["ages"]:
        there = ", ".join(str(age) for age in part["ages"])
        raise DataMissing(
            f"this cube file cannot tell which models are at most {limit} days old",
            f"ages it knows: {there}" if there else "ask without --max-age, or ask a store",
        )
    bits = _numbers(cells["bits"])
    places = [part["bits"].index(f"{name}:{limit}") for name in ("age", "unknown_age")]
    return (bits >> places[0]) & 1 == 1, (bits >> places[1]) & 1 == 1


def _facts(cells: pa.Table, flags: dict[str, npt.NDArray[np.bool_]], rule: str) -> npt.NDArray[Any]:
    return flags[f"rule:{rule}"] if f"rule:{rule}" in flags else _numbers(cells[f"fact:{rule}"])


def _chosen_windows(windows: tuple[Window, ...], question: Question, hub: str) -> list[int]:
    """Windows of the part that the question asks for."""
    held = f"it holds {day_text(windows[0].start)} to {day_text(windows[-1].end)}"
    if question.over:
        first = question.start if question.start is not None else windows[0].start
        last = question.end if question.end is not None else windows[-1].end
        if question.trailing_days is not None:
            raise DataMissing("a cube file has whole periods only", f"give --from and --to on their limits; {held}")
        chosen = [i for i, w in enumerate(windows) if w.start >= first and w.end <= last]
        cut = [w for w in windows if w.start < first < w.end or w.start < last < w.end]
        if not chosen or cut:
            raise DataMissing(f"this cube file has whole periods of {hub} only; that span cuts one or holds none", held)
        return chosen
    window = windows[0]
    wanted = (question.start, question.end) if question.start is not None or question.end is not None else None
    other_day = question.at is not None and (question.at != window.end or window.kind != "windowed")
    other_span = wanted is not None and wanted != (window.start, window.end)
    if other_day or other_span or question.trailing_days not in (None, window.end - window.start):
        raise DataMissing(
            f"without --over this cube file answers {day_text(window.start)} to {day_text(window.end)} of {hub} alone",
            f"nearest day held: {day_text(window.end)}; `weighbridge doctor` lists its series (--over)",
        )
    return [0]


def _only(sliced: Slice, chosen: list[int]) -> Slice:
    """The slice with some of its windows."""
    if len(chosen) == len(sliced.windows):
        return sliced
    cells = sliced.cells
    keep = np.isin(cells.window, chosen)
    place = np.cumsum(keep) - 1
    number = np.full(len(sliced.windows), -1, np.int32)
    number[chosen] = np.arange(len(chosen), dtype=np.int32)
    rows = np.flatnonzero(keep)
    entries = cells.entries.take(np.flatnonzero(keep[cells.entries.cell]))
    kept = Cells(
        window=number[cells.window[rows]],
        value=cells.value[rows],
        lo=cells.lo[rows],
        hi=cells.hi[rows],
        models=cells.models[rows],
        by_kind=cells.by_kind[rows],
        labels={name: coded.take(rows) for name, coded in cells.labels.items()},
        scopes={name: mask[rows] for name, mask in cells.scopes.items()},
        within_age=cells.within_age[rows],
        unknown_age=cells.unknown_age[rows],
        declared=cells.declared[rows],
        facts={name: fact[rows] for name, fact in cells.facts.items()},
        silent=cells.silent,
        entries=replace(entries, cell=place[entries.cell]),
    )
    return replace(sliced, cells=kept, windows=tuple(sliced.windows[i] for i in chosen))


def _places(column: pa.ChunkedArray, count: int) -> npt.NDArray[np.int32]:
    """Positions in a list of `count`.

    Raises:
        ValueError: one of them is not there.
    """
    place = _numbers(column)
    if not np.issubdtype(place.dtype, np.integer) or (len(place) and not 0 <= place.min() <= place.max() < count):
        raise ValueError("a position that is not there")
    return place.astype(np.int32)


def _check_document(document: dict[str, Any]) -> None:
    """Refuse a `cube.json` whose parts are not of the types that they should be.

    Raises:
        TypeError: one is not.
    """
    if not isinstance(document["made"], str):
        raise TypeError("the time at which it was made is no text")
    for part in document["parts"]:
        texts = [part[name] for name in ("hub", "unit", "grain", "attribution", "population")]
        texts += [window[name] for window in part["windows"] for name in ("kind", "name", "grain")]
        texts += [name for key in ("scopes", "rules", "silent", "bits", "vintages", "notes") for name in part[key]]
        numbers = [window[name] for window in part["windows"] for name in ("start", "end")]
        if not all(isinstance(text, str) for text in texts) or not all(isinstance(n, int) for n in numbers):
            raise TypeError("a part of cube.json is not of its type")


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    if column.null_count:
        raise ValueError("a number that is not there")
    return np.asarray(column.to_numpy())


def _coded(column: pa.ChunkedArray) -> Coded:
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return Coded(encoded.indices.to_numpy().astype(np.int32), encoded.dictionary)
