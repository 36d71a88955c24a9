"""The Model Openness Framework's evaluations: which components of a model are released, and under which licence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from weighbridge.records.observations import Batch
from weighbridge.records.source import Descriptor
from weighbridge.sources.ratings import Rated, mapping, rated, repositories, short

UNLICENSED = "unlicensed"
"""How the framework writes that a component is released without a licence."""


class ModelOpennessFramework:
    """Reader of the framework's folder of models, a YAML file a model."""

    id = "model-openness-framework"
    descriptor = Descriptor(
        id="model-openness-framework",
        title="Model Openness Framework, evaluated models",
        producer="LF AI & Data Foundation, Model Openness Tool",
        licence="MIT",
        terms="Keep the notice of lfai/model_openness_tool. Entries come from volunteers and from the models' makers.",
        population="selection",
        gives="the released components of some 270 models with their licences as written, and the repository of each; "
        "no counters",
        hub="huggingface",
        unit="downloads",
        folder=True,
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; `path` is the folder of the models' YAML files."""
        yield rated(path, "*.yml", _rated)


def _rated(document: dict[str, Any], name: str) -> Rated:
    release = mapping(document.get("release"))
    if not short(release.get("name")) or not isinstance(release.get("components"), list):
        return [], [("", f"{name}: names no model or no components")]
    return _ratings(release), []


def _ratings(release: Any) -> list[dict[str, Any]]:
    """A row a component; one without a licence of its own is under that of the whole release, where there is one."""
    whole = short(mapping(mapping(release.get("license")).get("distribution")).get("name"))
    same = {
        "system": short(release["name"]),
        "organisation": short(release.get("producer")) or None,
        "repositories": repositories(release.get("huggingface")),
    }
    components = [mapping(component) for component in release["components"]]
    return [
        same
        | {
            "criterion": short(component["name"]),
            "grade": short(component.get("license")) or whole or UNLICENSED,
            "score": None,
            "note": "",
        }
        for component in components
        if short(component.get("name"))
    ]


SOURCE = ModelOpennessFramework()
