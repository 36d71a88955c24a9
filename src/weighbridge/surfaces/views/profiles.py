"""Profiles of models, organisations and families, made once and kept beside the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from weighbridge.errors import UsageError
from weighbridge.measures.asking import Backing
from weighbridge.measures.profiles import family, model, organisation
from weighbridge.measures.profiles.steady import steady
from weighbridge.records.question import Question
from weighbridge.surfaces.views.shelf import Kept, Shelf

KEPT_MOST = 512
KINDS: dict[str, Callable[[Backing, str, Question], dict[str, Any]]] = {
    "model": model.profile,
    "organisation": organisation.profile,
    "family": family.profile,
}


BESIDE = ("hub", "unit", "definition", "as_of")
"""What stands beside a series, as in the profile; the rest is of all its periods, and the profile has it apart."""


@dataclass(frozen=True)
class _Held:
    """What profiles are made from, and those that were."""

    backing: Backing
    documents: Kept = field(default_factory=lambda: Kept(KEPT_MOST))


def profile(shelf: Shelf, kind: str, name: str, hub: str | None = None) -> Mapping[str, Any]:
    """The document of a subject in the newest window under the default definition; not to be changed.

    Args:
        shelf: what is asked.
        kind: one of `KINDS`.
        name: of the subject.
        hub: null: the only one held, else the Hugging Face Hub.

    Raises:
        UsageError: there is no such kind.
        DataMissing: nothing of that name is held, or it has no weight in the window.
    """
    if kind not in KINDS:
        raise UsageError(f"there is no kind of subject {kind!r}", f"one of: {', '.join(KINDS)}")
    held: _Held = shelf.once("profiles", lambda: _Held(steady(shelf.observatory.backing)))

    def make() -> dict[str, Any]:
        document = KINDS[kind](held.backing, name, shelf.observatory.question(hub=hub))
        return document | {"as_of": shelf.as_of or document["as_of"]}

    return held.documents.get((kind, name, hub), make)  # type: ignore[no-any-return]


def series(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """The series of a profile as an answer by period, as charts take it; null where it has none.

    Args:
        document: of `profile`.
    """
    if not document["series"]:
        return None
    return {
        **{name: document[name] for name in BESIDE},
        **document["beside_series"],
        "measure": "share",
        "title": f"Share of {document['name']}",
        "by": document["subject"],
        "periods": document["periods"],
        "rows": document["series"],
    }
