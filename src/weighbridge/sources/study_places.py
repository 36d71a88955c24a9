"""Places of namespaces, from the labels that the study of 2025 gave to single models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from weighbridge.records.observations import Reject
from weighbridge.records.parts import PARTS
from weighbridge.records.shown import plain
from weighbridge.sources.place_names import place_of
from weighbridge.sources.typed import Columns

LABELS: Columns = {
    "country": ("words", ("org_country_single",)),
    "countries": ("lists", ("org_country",)),
    "group": ("words", ("merged_country_groups_single",)),
}
"""Its labels of the uploader's place, the best first. Those of the base model's developer (`derived_...`) are another
rule of credit, not another register; see `docs/design/data-sets.md`."""
UNKNOWN = "unknown"


def places(models: pa.Table) -> tuple[pa.Table, list[Reject]]:
    """The register that the labels make, and the labels that are of no known place.

    Where models of one namespace have different places, the one with most downloads holds, and the note says so.

    Args:
        models: one row a model: row, name, downloads_all, and what there is of `LABELS`.

    Returns:
        a table of the part `places`, in order of namespace; one reject for each namespace of which no label is known.
    """
    weights: dict[str, dict[str, int]] = {}
    notes: dict[str, str] = {}
    strange: dict[str, Reject] = {}
    for model in models.to_pylist():
        namespace, slash, _ = model["name"].partition("/")
        if not slash:
            continue
        place, note = _placed(model)
        if place is None:
            reason = f"{note} is no place that is known here; {namespace} is left out of the register"
            strange.setdefault(namespace, Reject(model["row"], "org_country_single", reason, model["name"]))
            continue
        held = weights.setdefault(namespace, {})
        held[place] = held.get(place, 0) + model["downloads_all"] + 1  # one more, so that a model without any counts
        notes.setdefault(f"{namespace}\n{place}", note)
    rows = []
    for namespace, held in sorted(weights.items()):
        order = sorted(held, key=lambda place: (-held[place], place))
        note = notes[f"{namespace}\n{order[0]}"]
        if len(order) > 1:
            whole = sum(held.values())
            others = ", ".join(f"{place} ({held[place] / whole:.1%} of the downloads)" for place in order[1:])
            note = f"{note}; other models are labelled {others}"
        rows.append({"namespace": namespace, "place": order[0], "note": note})
    refused = [reject for namespace, reject in strange.items() if namespace not in weights]
    return pa.Table.from_pylist(rows, schema=PARTS["places"].schema), refused


def _placed(model: Mapping[str, Any]) -> tuple[str | None, str]:
    """The place of a model's label with a note; null, with what is written, where no label is known."""
    several = [str(item) for item in model.get("countries") or [] if item]
    single = model.get("country") or (several[0] if len(several) == 1 else None)
    texts = [str(text) for text in (single, model.get("group")) if text]
    for text in texts:
        place = place_of(text)
        if place is not None:
            return place, _note(text, several)
    if several and not texts:
        return "INT", _note("several countries without a first one", several)
    if not texts:
        return UNKNOWN, "no label"
    return None, repr(plain(texts[0])[:80])


def _note(text: str, several: Sequence[str]) -> str:
    listed = f" (of {', '.join(plain(item)[:40] for item in several)})" if len(several) > 1 else ""
    return f"labelled {plain(text)[:80]}{listed}"
