"""Hubs of a few models, made without a store: cells, who gets their weight, and who that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from making import party
from weighbridge.cubes.weigh import Weighed, weigh
from weighbridge.definitions.named import define
from weighbridge.records.cells import LABELS, Cells, Coded, Entries, Slice, Window
from weighbridge.register.parties import Party, Register
from weighbridge.store.flows import KINDS

FAMILIES = ("(none)", "(several)", "Llama", "Qwen")
SCOPES = ("everything", "language", "without-quantised")
RULES = ("material-outlier", "test-stubs", "spike")
PARTIES: dict[str, Party] = {
    "us-a": party("Amber", "US"),
    "us-b": party("Birch", "US", alternatives=((("country", "CN"),),)),
    "cn-a": party("Cedar", "CN"),
    "cn-b": party("Cedar", "CN", alternatives=((("country", "US"),), (("country", "FR"),))),
    "fr": party("Delta", "FR"),
    "europe": party("Elm", "(europe)"),
    "elsewhere": party("Fir", "(elsewhere)"),
    "nobody-knows": party("unknown", "unknown", "unknown", grade=3, country_grade=3),
    "person": party("(individuals)", "unaffiliated", "individual"),
}
"""Who is behind the holders; `new-*` are registered by nobody."""
HOLDERS = (*PARTIES, "new-a", "new-b")


@dataclass(frozen=True)
class Part:
    """What one holder gets of a model's weight: value, least and most."""

    holder: str
    value: int
    lo: int
    hi: int
    family: str = "Llama"


@dataclass(frozen=True)
class Model:
    """A downloaded model in one window."""

    parts: tuple[Part, ...]
    window: int = 0
    scopes: tuple[str, ...] = SCOPES
    young: bool = True
    ageless: bool = False
    surprise: float = float("nan")
    stub: bool = False
    spike: bool = False
    kind: int = 0


def plain(holder: str, value: int, **more: Any) -> Model:
    """A model whose exact weight goes to one holder."""
    return Model((Part(holder, value, value, value),), **more)


def windows(count: int) -> tuple[Window, ...]:
    """Windows of thirty days, named if there are several."""
    return tuple(Window(30 * n, 30 * n + 30, "measured", f"P{n:02}" if count > 1 else "") for n in range(count))


def hub(models: Sequence[Model], spans: tuple[Window, ...] = windows(1), silent: Sequence[str] = ()) -> Slice:
    """The slice of some models; the n-th is called `m/n`."""
    parts = [(number, part) for number, model in enumerate(models) for part in model.parts]
    names = pa.array([f"m/{number}" for number in range(len(models))])
    sums = {
        key: np.array([sum(getattr(p, key) for p in m.parts) for m in models], np.int64)
        for key in ("value", "lo", "hi")
    }
    kinds = np.zeros((len(models), len(KINDS)), np.int64)
    kinds[np.arange(len(models)), [m.kind for m in models]] = sums["value"]
    everyone = Coded(np.arange(len(models), dtype=np.int32), names)
    dull = Coded(np.zeros(len(models), np.int32), pa.array(["(none)"]))
    cells = Cells(
        window=np.array([m.window for m in models], np.int32),
        **sums,
        models=((sums["value"] > 0) & ~np.array([m.spike for m in models], bool)).astype(np.int64),
        by_kind=kinds,
        labels=dict.fromkeys(LABELS, dull) | {"model": everyone},
        scopes={scope: np.array([scope in m.scopes for m in models], bool) for scope in SCOPES},
        within_age=np.array([m.young for m in models], bool),
        unknown_age=np.array([m.ageless for m in models], bool),
        declared=np.array([len(m.parts) > 1 for m in models], bool),
        facts={
            "material-outlier": np.array([m.surprise for m in models], float),
            "test-stubs": np.array([m.stub for m in models], bool),
            "spike": np.array([m.spike for m in models], bool),
        },
        silent=frozenset(silent),
        entries=Entries(
            cell=np.array([number for number, _ in parts], np.int64),
            holder=_coded([part.holder for _, part in parts], HOLDERS),
            family=_coded([part.family for _, part in parts], FAMILIES).codes,
            model=Coded(np.array([number for number, _ in parts], np.int32), names),
            **{key: np.array([getattr(part, key) for _, part in parts], np.int64) for key in ("value", "lo", "hi")},
        ),
    )
    return Slice("huggingface", "downloads", spans, cells, "census", ("v",), "2026-01-01T00:00:00Z", False, FAMILIES)


def _coded(texts: Sequence[str], names: Sequence[str]) -> Coded:
    listed = list(dict.fromkeys((*names, *texts)))
    return Coded(np.array([listed.index(text) for text in texts], np.int32), pa.array(listed))


def parties(behind: Mapping[str, Party] = PARTIES) -> Register:
    """The register of the holders."""
    return Register("tiny", [("huggingface", holder, "", "", who) for holder, who in behind.items()])


def weighed(sliced: Slice, who: Register | None = None, **changes: Any) -> Weighed:
    """The weighed cells, everything counted unless told otherwise."""
    return weigh(sliced, replace(define("raw"), **{"clean": (), **changes}), who or parties())


@st.composite
def models(draw: st.DrawFn, holders: Sequence[str] = HOLDERS, count: int = 1, exact: bool = False) -> Model:
    """A model with one to three parts in one of some windows, and anything a definition may go by."""
    chosen = draw(st.lists(st.sampled_from(holders), min_size=1, max_size=3, unique=True))
    parts = []
    for holder in chosen:
        value = draw(st.integers(0, 12))
        less, more = (0, 0) if exact else (draw(st.integers(0, value)), draw(st.integers(0, 5)))
        parts.append(Part(holder, value, value - less, value + more, draw(st.sampled_from(FAMILIES))))
    ageless = draw(st.booleans())
    return Model(
        tuple(parts),
        window=draw(st.integers(0, count - 1)),
        scopes=("everything", *draw(st.sets(st.sampled_from(SCOPES[1:])))),
        young=draw(st.booleans()) and not ageless,
        ageless=ageless,
        surprise=draw(st.sampled_from((float("nan"), 1.0, 3.0, 8.0))),
        stub=draw(st.booleans()),
        spike=draw(st.booleans()),
        kind=draw(st.integers(0, 2)),
    )
