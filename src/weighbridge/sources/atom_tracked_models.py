"""The ATOM Project's list of tracked language models, with its own register of regions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.observations import Batch, Reject, observations
from weighbridge.records.parts import PARTS
from weighbridge.records.shown import plain
from weighbridge.records.source import Descriptor
from weighbridge.sources import checks
from weighbridge.sources.tabular import read_table

PLACE_OF_REGION = {
    "us": "US",
    "china": "CN",
    "eu": "(europe)",
    "other": "(elsewhere)",
    "unknown": "unknown",
}
BILLION = 1_000_000_000
MOST_BILLIONS = 1_000_000.0


class AtomTrackedModels:
    """Reader of the project's folder: two lists of models, parameters, corrected dates, namespaces by region."""

    id = "atom-tracked-models"
    descriptor = Descriptor(
        id="atom-tracked-models",
        title="Language models tracked by the ATOM Project",
        producer="Interconnects AI, the ATOM Project",
        licence="Apache-2.0",
        terms="Name the ATOM Project. Regions are those of the releasing organisation, never of the base model.",
        population="selection",
        gives="a chosen set of language models with total and active parameters, corrected release dates, "
        "and the region of 118 namespaces as the register `atom`; no counters",
        hub="huggingface",
        unit="downloads",
        register="atom",
        folder=True,
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; `path` is the folder that holds `models.csv` and `metadata/`."""
        if not path.is_dir() or not (path / "models.csv").is_file():
            raise SourceFailed(f"{path} is not the ATOM folder", "give the folder that holds models.csv and metadata/")
        if at is None:
            raise UsageError("the ATOM list does not carry its date", "give the day of the list with --at")
        for file in (path / "extra_models.csv", *(path / "metadata").glob("*.csv")):
            if file.exists() and not file.is_file():
                raise SourceFailed(f"{file} is not a regular file", "fetch the folder again")
        parameters = _parameters(path / "metadata" / "model_parameters.csv")
        released = _release_dates(path / "metadata" / "release_date_corrections.csv")
        names: dict[str, int] = {}
        rejects: list[Reject] = []
        for file in (path / "models.csv", path / "extra_models.csv"):
            for row, name in enumerate(_names(file), 1):
                if name is None:
                    rejects.append(Reject(row, "name", f"{file.name}: not a repository name"))
                else:
                    names.setdefault(name, row)
        yield Batch(_models(names, parameters, released, at), rejects, parts={"places": _places(path / "metadata")})


def _models(
    names: dict[str, int],
    parameters: dict[str, tuple[float | None, float | None]],
    released: dict[str, datetime],
    at: datetime,
) -> pa.Table:
    known = [parameters.get(name.lower(), (None, None)) for name in names]
    return observations(
        {
            "row": list(names.values()),
            "name": list(names),
            "observed": [at] * len(names),
            "created": [released.get(name.lower()) for name in names],
            "parameters": [None if total is None else round(total * BILLION) for total, _ in known],
            "active_parameters": [None if active is None else round(active * BILLION) for _, active in known],
        },
        len(names),
    )


def _names(file: Path) -> list[str | None]:
    listed: list[str | None] = []
    if not file.is_file():
        return listed
    for piece in read_table(file, {"name": ("modelId", "id")}, (("name",),)):
        values, bad = checks.names(piece.columns["name"])
        listed += [None if wrong else value for value, wrong in zip(values.to_pylist(), bad, strict=True)]
    return listed


def _parameters(file: Path) -> dict[str, tuple[float | None, float | None]]:
    wanted: dict[str, tuple[str, ...]] = {
        "name": ("model_id",),
        "total": ("total_params_b",),
        "active": ("active_params_b",),
    }
    found: dict[str, tuple[float | None, float | None]] = {}
    for row in _rows(file, wanted, ("name", "total")):
        found[(row["name"] or "").lower()] = (_number(row["total"]), _number(row.get("active")))
    return found


def _release_dates(file: Path) -> dict[str, datetime]:
    """Corrected dates; the file's own comment lines stand above its header."""
    found: dict[str, datetime] = {}
    if not file.is_file():
        return found
    text = file.read_text(encoding="utf-8", errors="replace")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    header = lines[0].split(",") if lines else []
    if "model_id" not in header or "actual_release_date" not in header:
        raise SourceFailed(f"{file} has no columns model_id and actual_release_date", "fetch the folder again")
    for line in lines[1:]:
        cells = line.split(",")
        if len(cells) < len(header):
            continue
        moment = checks.moments(pa.array([cells[header.index("actual_release_date")]]))[0][0].as_py()
        if moment is not None:
            found[cells[header.index("model_id")].lower()] = moment
    return found


def _places(folder: Path) -> pa.Table:
    file = folder / "organization_regions.csv"
    wanted = {"namespace": ("hf_org",), "region": ("region",), "note": ("notes",)}
    rows = []
    for row in _rows(file, wanted, ("namespace", "region")):
        place = PLACE_OF_REGION.get((row["region"] or "").lower())
        if place is None:
            raise SourceFailed(
                f"{file}: region {plain(str(row['region']))!r} is not known",
                f"known regions: {', '.join(PLACE_OF_REGION)}",
            )
        if row["namespace"]:
            rows.append({"namespace": row["namespace"], "place": place, "note": row.get("note") or ""})
    return pa.Table.from_pylist(rows, schema=PARTS["places"].schema)


def _rows(file: Path, wanted: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = []
    for piece in read_table(file, wanted, [(name,) for name in needed]):
        texts = {name: checks.words(column)[0].to_pylist() for name, column in piece.columns.items()}
        rows += [dict(zip(texts, values, strict=True)) for values in zip(*texts.values(), strict=True)]
    return rows


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text else math.nan
    except ValueError:
        return None
    return number if 0 < number < MOST_BILLIONS else None


SOURCE = AtomTrackedModels()
