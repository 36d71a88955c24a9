"""A small Hub whose every download is known, and what public collections would show of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from standin.tables import identity
from weighbridge.records.clock import EPOCH, day_number, day_text, parse_day

FIRST, LAST = parse_day("2024-06-01"), parse_day("2025-08-12")
COUNTED_FROM = parse_day("2025-02-26")  # the first day on which cumulative counters are shown
STUDY_LOOKS = tuple(range(COUNTED_FROM, LAST, 7))
PLACES = {"CN": "China", "US": "United States of America", "INT": "Online", "unaffiliated": "user", "FR": "France"}
GROUPS = {"Online": "International / Online", "user": "User"}


@dataclass(frozen=True)
class Model:
    """A repository: its name, the place of its namespace, and the day on which it was created."""

    name: str
    place: str
    created: int


class History:
    """Daily downloads of some models."""

    def __init__(self, seed: int = 0, models: int = 120) -> None:
        random = np.random.default_rng(seed)
        places = random.choice(list(PLACES), models, p=(0.2, 0.25, 0.2, 0.25, 0.1))
        created = random.integers(FIRST - 500, LAST - 40, models)
        self.models = [
            Model(f"{place.lower()}-{number % 12}/model-{number}", str(place), int(day))
            for number, (place, day) in enumerate(zip(places, created, strict=True))
        ]
        days = np.arange(FIRST - 60, LAST)
        level = random.lognormal(6, 1.2, models)
        wave = 1 + 0.3 * np.sin(
            days[None, :] / random.uniform(10, 60, models)[:, None] + random.uniform(0, 6, models)[:, None]
        )
        growth = np.exp(random.normal(0, 0.001, models)[:, None] * (days - days[0])[None, :])
        there = days[None, :] >= created[:, None]
        self.days = days
        self.downloads = np.where(there, random.poisson(level[:, None] * wave * growth), 0).astype(np.int64)

    @cached_property
    def total(self) -> np.ndarray:
        """All downloads before the start of each day."""
        return np.cumsum(self.downloads, axis=1) - self.downloads

    def _at(self, day: int) -> int:
        return day - int(self.days[0])

    def all_time(self, number: int, day: int) -> int:
        """The cumulative counter at the start of a day."""
        return int(self.total[number, self._at(day)])

    def thirty(self, number: int, day: int) -> int:
        """Downloads of the 30 days before a day."""
        return int(self.total[number, self._at(day)] - self.total[number, self._at(day - 30)])

    def share(self, place: str, start: int, end: int, age: int | None = 365) -> float:
        """The true share of a place in a window, of models up to an age."""
        weight = {}
        for number, model in enumerate(self.models):
            days = np.arange(start, end)
            if age is not None:
                days = days[days - model.created <= age]
            value = int(self.downloads[number, days - int(self.days[0])].sum())
            weight[model.place] = weight.get(model.place, 0) + value
        return weight[place] / sum(weight.values())

    # ---- what collections show

    def listing(self, day: int) -> bytes:
        """`models.parquet` of hub-stats as of a day."""
        rows = [
            {
                "_id": identity(model.name),
                "id": model.name,
                "author": model.name.split("/")[0],
                "createdAt": moment(model.created),
                "downloads": self.thirty(number, day),
                "downloadsAllTime": self.all_time(number, day) if day >= COUNTED_FROM else None,
                "likes": 3,
                "tags": ["transformers"],
                "pipeline_tag": "text-generation",
            }
            for number, model in enumerate(self.models)
            if model.created < day
        ]
        texts = [(name, pa.string()) for name in ("_id", "id", "author", "pipeline_tag")]
        numbers = [(name, pa.int64()) for name in ("downloads", "downloadsAllTime", "likes")]
        others = [("createdAt", pa.timestamp("us", "UTC")), ("tags", pa.list_(pa.string()))]
        schema = pa.schema([*texts, *numbers, *others])
        return parquet(pa.Table.from_pylist(rows, schema))

    def study(self, looks: tuple[int, ...] = STUDY_LOOKS, without: tuple[str, ...] = ()) -> dict[str, bytes]:
        """Both files of the study; `without`: models that it leaves out."""
        rows = []
        for day in looks:
            for number, model in enumerate(self.models):
                if model.created >= day or model.name in without:
                    continue
                written = PLACES[model.place]
                rows.append(
                    {
                        "_id": identity(model.name),
                        "model": model.name,
                        "author": model.name.split("/")[0],
                        "time": moment(day).replace(tzinfo=None),
                        "created": moment(model.created),
                        "downloadsAllTime": self.all_time(number, day),
                        "annotator": 3.0,
                        "org_model": "team",
                        "org_type": "user" if written == "user" else "company",
                        "org_country": [written],
                        "derived_author": model.name.split("/")[0],
                        "org_country_single": written,
                        "derived_org_country": [written],
                        "derived_org_country_single": written,
                        "merged_country_groups_single": GROUPS.get(written, written),
                        "merged_derived_country_groups_single": GROUPS.get(written, written),
                        "merged_derived_from": ["No"],
                        "merged_languages": ["English"],
                        "merged_modality": "Text --> Text",
                    }
                )
        table = pa.Table.from_pylist(rows)
        time = table.schema.get_field_index("time")
        table = table.set_column(time, "time", table["time"].cast(pa.timestamp("ns")))
        young = [day_number(row["time"].date()) - day_number(row["created"].date()) <= 365 for row in rows]
        return {
            "all_downloads_with_annotations.parquet": parquet(table),
            "one_year_rolling.parquet": parquet(table.filter(pa.array(young))),
            "README.md": b"# data\n",
        }

    def pulse(self, start: str = "2024-07-29", end: str = "2025-05-10", gaps: tuple[str, ...] = ()) -> dict[str, bytes]:
        """Files of Model Pulse."""
        lost = {parse_day(day) for day in gaps}
        days = [day for day in range(parse_day(start), parse_day(end)) if day not in lost]
        files: dict[str, bytes] = {}
        for month in sorted({day_text(day)[:7] for day in days}):
            rows = [
                {
                    "id": model.name,
                    "day": EPOCH + timedelta(days=day),
                    "dl30": self.thirty(number, day),
                    "dl_all": self.all_time(number, day) if day > COUNTED_FROM else None,
                    "likes": 3,
                }
                for number, model in sorted(enumerate(self.models), key=lambda pair: pair[1].name)
                for day in days
                if day_text(day)[:7] == month and model.created < day
            ]
            schema = pa.schema(
                [
                    ("id", pa.large_string()), ("day", pa.date32()), ("dl30", pa.int32()), ("dl_all", pa.int64()),
                    ("likes", pa.int32()),
                ]
            )  # fmt: skip
            files[f"series/{month}.parquet"] = parquet(pa.Table.from_pylist(rows, schema), row_group_size=500)
        models = [
            {
                "id": m.name,
                "author": m.name.split("/")[0],
                "created_at": moment(m.created),
                "pipeline_tag": "text-generation",
            }
            for m in self.models
        ]
        files["models.parquet"] = parquet(pa.Table.from_pylist(models))
        files["meta.json"] = b'{"days": [], "skip_days": [], "partial": []}'
        files["author_series/2024-08.parquet"] = b"not read"
        return files

    def counters(self, end: str = "2025-04-20") -> dict[str, bytes]:
        """Files of the characterization: a row where a counter moved."""
        rows: list[dict[str, Any]] = []
        for number, model in enumerate(self.models):
            for day in range(parse_day("2025-02-28"), parse_day(end)):
                if model.created < day and (
                    day == parse_day("2025-02-28") or self.downloads[number, self._at(day - 1)]
                ):
                    rows.append(
                        {
                            "hub_id": identity(model.name),
                            "date": EPOCH + timedelta(days=day),
                            "downloads_all_time": self.all_time(number, day),
                        }
                    )
        models = [
            {"hub_id": identity(model.name), "repo_id": model.name, "created_at": moment(model.created)}
            for model in self.models
        ]
        rows.append({"hub_id": "f" * 24, "date": date(2025, 3, 1), "downloads_all_time": 5})  # a data set
        return {
            "models.parquet": parquet(pa.Table.from_pylist(models)),
            "downloads.parquet": parquet(pa.Table.from_pylist(rows), row_group_size=1000),
            "datasets.parquet": b"not read",
        }


def parquet(table: pa.Table, **options: Any) -> bytes:
    """A table as the bytes of a Parquet file."""
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def moment(day: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
