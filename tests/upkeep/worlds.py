"""A small world for each source that can be fetched: a stand-in that has something for it, and where it is asked."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import making
import standin
from standin.serving import Running
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

DAY = "2026-05-11"
REPOSITORY, HEADS, FILES = r"/api/datasets/", r"^HEAD /datasets/", r"^GET /(lfs|api/resolve-cache)/"
NAMES = ("google/a", "Qwen/b", "nobody-at-all-1/c", "nobody-at-all-2/d", "nobody-at-all-3/e")


@dataclass(frozen=True)
class World:
    """What a source needs around it.

    Attributes:
        site: makes the stand-in, not listening yet.
        environment: variables by the stand-in's address.
        spots: the requests that faults strike, by a word: an expression (empty: the site's listing), and how many
            of them are left alone first.
        held: brings into a store what the source needs there.
        clocked: columns that are the moment of the answer and say nothing of its content.
        cursors: the spots at which a list is walked by places that the source may lose.
        patient: whether what was answered is not asked again for some time.
    """

    site: Callable[[], Running]
    environment: Callable[[str], Mapping[str, str]]
    spots: Mapping[str, tuple[str, int]] = field(default_factory=lambda: {"first": ("", 0), "later": ("", 1)})
    held: Callable[[Store, Any], None] = lambda store, folder: None
    clocked: tuple[str, ...] = ()
    cursors: tuple[str, ...] = ()
    patient: bool = False


def _hub_models() -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "downloads": 100 * (number + 1),
            "downloadsAllTime": 1000 * (number + 1),
            "likes": number,
            "createdAt": f"2024-0{number + 1}-01T08:00:00.000Z",
            "lastModified": "2026-05-01T08:00:00.000Z",
            "license": "mit",
        }
        for number, name in enumerate(NAMES)
    ]


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def _hub(**more: Any) -> Callable[[], Running]:
    return lambda: standin.prepared(_hub_models(), day=DAY, **more)


def _data_set(name: str, files: Callable[[], dict[str, bytes]]) -> World:
    return World(
        lambda: standin.prepared((), {name: files()}, day=DAY, far_files=True),
        lambda url: {"HF_ENDPOINT": url},
        {"repository": (REPOSITORY, 0), "heads": (HEADS, 0), "files": (FILES, 0)},
        cursors=("repository",),
    )


def _stats() -> dict[str, bytes]:
    return {"models.parquet": _parquet([{**model, "tags": []} for model in _hub_models()])}


def _study() -> dict[str, bytes]:
    rows = [
        {
            "_id": f"{number:024x}",
            "model": name,
            "time": date(2025, 2, 26) + timedelta(weeks=week),
            "createdAt": date(2025, 1, 10),
            "downloadsAllTime": 1000 * (number + 1) + 100 * week,
            "org_country_single": "USA" if number else "China",
        }
        for number, name in enumerate(NAMES)
        for week in range(4)
    ]
    return {"all_downloads_with_annotations.parquet": _parquet(rows), "one_year_rolling.parquet": _parquet(rows)}


def _characterization() -> dict[str, bytes]:
    models = [
        {"hub_id": f"{number:024x}", "id": name, "created_at": date(2025, 1, 10)} for number, name in enumerate(NAMES)
    ]
    series = [
        {"hub_id": f"{number:024x}", "date": date(2025, 3, 1) + timedelta(days=day), "downloads_all_time": 10 * day}
        for number in range(len(NAMES))
        for day in range(70)
    ]
    return {"models.parquet": _parquet(models), "downloads.parquet": _parquet(series)}


def _pulse() -> dict[str, bytes]:
    months = {}
    for month in (3, 4):
        months[f"series/2025-0{month}.parquet"] = _parquet(
            [
                {"id": name, "day": date(2025, month, day), "dl30": 100 * day + n, "dl_all": 1000 * month + 10 * day}
                for n, name in enumerate(NAMES)
                for day in range(1, 31)
            ]
        )
    models = [{"id": name, "created_at": date(2025, 1, 10)} for name in NAMES]
    return {"models.parquet": _parquet(models), "meta.json": json.dumps({"skip_days": []}).encode(), **months}


def _census(store: Store, folder: Any) -> None:
    path = making.csv_file(folder / "census.csv", [{"id": m["id"], "downloads": m["downloads"]} for m in _hub_models()])
    ingest(store, source("hub-dump"), path, at=making.moment("2026-05-01"), known=making.moment("2026-05-02"))


def _organisations() -> dict[str, Any]:
    return {"nobody-at-all-1": {"fullname": "Nobody Limited"}, "nobody-at-all-2": {"fullname": "Nobody GmbH"}}


WORLDS = {
    "hub-api": World(_hub(), lambda url: {"HF_ENDPOINT": url}, cursors=("first", "later")),
    "hub-accounts": World(
        _hub(organisations=_organisations(), people={"nobody-at-all-3": {}}),
        lambda url: {"HF_ENDPOINT": url},
        {"first": (r"/overview", 0), "later": (r"/overview", 2)},
        _census,
        ("observed",),
        patient=True,
    ),
    "hub-stats": _data_set("cfahlgren1/hub-stats", _stats),
    "evolution-study": _data_set("mmpr/open_model_evolution_data", _study),
    "hub-characterization": _data_set("harvardMadsys/hf-hub-characterization", _characterization),
    "model-pulse": _data_set("modelpulse/model-pulse-data", _pulse),
    "modelscope-api": World(
        lambda: standin.prepared_site(
            standin.ModelScope(
                [
                    {"id": name, "downloads": 100 * n, "created_at": "2024-01-01T00:00:00Z"}
                    for n, name in enumerate(NAMES, 1)
                ]
            ),
            day=DAY,
        ),
        lambda url: {"MODELSCOPE_ENDPOINT": url},
    ),
    "ollama-library": World(
        lambda: standin.prepared_site(
            standin.Ollama([{"name": f"m{n}", "pulls": 1_234_567 * n} for n in range(1, 6)]), day=DAY
        ),
        lambda url: {"WEIGHBRIDGE_OLLAMA_URL": url},
        {"first": ("", 0)},
    ),
    "openrouter-rankings": World(
        lambda: standin.prepared_site(
            standin.OpenRouter(
                {f"2026-05-{day:02}": {name: 1000 * day + n for n, name in enumerate(NAMES)} for day in range(7, 11)},
                minute=10**6,
                day=10**6,
            ),
            day=DAY,
        ),
        lambda url: {"WEIGHBRIDGE_OPENROUTER_URL": url, "OPENROUTER_API_KEY": "key"},
    ),
}
