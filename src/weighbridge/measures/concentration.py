"""How concentrated downloads are over models, organisations or countries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import Weighed
from weighbridge.errors import DataMissing
from weighbridge.measures import Option
from weighbridge.measures.answering import answer
from weighbridge.measures.clusters import clusters_of
from weighbridge.records.answer import Answer, Row

Floats = npt.NDArray[np.float64]
OF = {"models": "model", "organisations": "organisation", "countries": "country"}
TOPS = (1, 10, 100)
NO_LIMITS: tuple[float | None, float | None] = (None, None)


class Concentration:
    """Herfindahl-Hirschman index, Gini coefficient and the parts of the largest."""

    id = "concentration"
    title = "Concentration of downloads"
    words = (
        "Of models: over all repositories in scope, those without downloads included. Of organisations: private "
        "persons, and namespaces that nobody has registered, each count as one of their own. Of countries: over "
        "the weight that has a known place; lo spreads the unknown thinly, hi gives all of it to the largest."
    )
    formula = (
        "hhi = Σ s_i²; effective_number = 1 / hhi; gini = Σ (2i - n - 1) x_(i) / (n Σ x), x ascending; "
        "top_k = sum of the k largest s_i; top_1pct = sum of the largest ⌈n/100⌉"
    )
    source = "Herfindahl (1950), Hirschman (1945); Gini (1912); Laakso and Taagepera (1979) for the effective number"
    example = "--of organisations --at 2024-07-11"
    options = (Option("of", "What is counted.", tuple(OF), "models"),)
    clean = None

    def condensed_by(self, options: Mapping[str, Any]) -> str | None:
        """See `Condensable.condensed_by`; organisations need the namespaces, since persons count one by one."""
        return {"organisations": "namespace"}.get(options["of"], OF[options["of"]])

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """One row an index.

        Raises:
            DataMissing: a cube file does not name what is asked one by one.
        """
        what, definition = options["of"], weighed.definition
        if not weighed.slice.whole and what != "countries":
            raise DataMissing(
                f"a cube file sums small {what}, so it cannot say how concentrated they are",
                "ask a store, or --of countries",
            )
        notes = []
        if definition.contested != "main" or definition.bounds != "plain":
            notes = [
                "Indices have no bounds from disputed rows or persons without a country: these options change nothing."
            ]
        rows: list[Row] = []
        values: dict[str, Any] = {}
        parts = []
        for number, window in enumerate(weighed.slice.windows):
            weights, dark = _weights(weighed, what, number)
            limits = _limits(weights, dark)
            values = {**indices(weights), "counted": len(weights)}
            parts.append(float(weights.sum() / max(weights.sum() + dark, 1.0)))
            rows += [
                Row(name, value, *limits.get(name, NO_LIMITS), None, None, None, window.name or None)
                for name, value in values.items()
                if name != "counted"
            ]
        title = f"{self.title}: {what}"
        if what == "countries":
            title += f", over the {min(parts):.1%} of the weight that has a country"
        return answer(self.id, title, weighed, OF[what], rows, values if len(parts) == 1 else None, notes)


def indices(weights: Floats) -> dict[str, float]:
    """All indices of some weights; they need not sum to one. Empty or zero weights give zeros."""
    x = np.sort(weights)
    n, total = len(x), float(x.sum())
    if not n or total <= 0:
        return dict.fromkeys(("hhi", "gini", *(f"top_{k}" for k in TOPS), "top_1pct", "effective_number"), 0.0)
    s = x / total
    hhi = float((s**2).sum())
    gini = float(((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n * total))
    tops = {f"top_{k}": float(s[-k:].sum()) for k in TOPS}
    return {
        "hhi": hhi,
        "gini": gini,
        **tops,
        "top_1pct": float(s[-max(-(-n // 100), 1) :].sum()),
        "effective_number": 1 / hhi,
    }


def _weights(weighed: Weighed, what: str, number: int) -> tuple[Floats, float]:
    """Weights of what is counted in a window, and the weight that is dark."""
    here = weighed.slice.cells.window[weighed.entries.cell] == number
    entries = weighed.entries.take(here)
    if what == "models":
        groups = weighed.groups("model", entries)
        return _sums(groups.codes, entries.value), 0.0
    if what == "countries":
        groups = weighed.groups("country", entries)
        weights = np.bincount(groups.codes, entries.value.astype(np.float64), len(groups.names)).astype(np.float64)
        known = np.array([len(name) == 2 for name in groups.names], bool)
        return weights[known & (weights > 0)], float(weights[~known].sum())
    clusters = clusters_of(weighed, entries)
    return _sums(clusters.code, entries.value), 0.0


def _sums(key: npt.NDArray[Any], value: npt.NDArray[np.int64]) -> Floats:
    """Sum of the values of each key, in order of key."""
    _, place = np.unique(key, return_inverse=True)
    return np.bincount(place, weights=value.astype(np.float64)).astype(np.float64)


def _limits(weights: Floats, dark: float) -> dict[str, tuple[float | None, float | None]]:
    """Limits of the indices where some weight is dark: spread thinly, and all with the largest."""
    if not dark or not len(weights):
        return {}
    total = weights.sum() + dark
    heavier = np.sort(weights)[::-1].copy()
    thinly = (heavier / total) ** 2
    tops = {k: float(heavier[:k].sum() / total) for k in TOPS}
    heavier[0] += dark
    least, most = float(thinly.sum()), float(((heavier / total) ** 2).sum())
    limits: dict[str, tuple[float | None, float | None]] = {f"top_{k}": (p, p + dark / total) for k, p in tops.items()}
    return limits | {"hhi": (least, most), "effective_number": (1 / most, 1 / least)}


MEASURE = Concentration()
