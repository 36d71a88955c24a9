"""Stand-ins of the hubs on this machine, for tests and measurements: they answer as the hubs do, or as badly.

with standin.hub(models=[{"id": "a/b", "downloads": 3}], day="2024-07-11") as hub:
    hub.url, hub.seen
with standin.hub(models=census, faults=[standin.fault("cut", after=2)]) as hub: ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from . import faults as _kinds  # noqa: F401 — fills the registry
from .huggingface import HuggingFace
from .messages import Row, Site
from .modelscope import ModelScope
from .ollama import Ollama
from .openrouter import OpenRouter
from .plan import ALTERS, FAULTS, HEALS, STANDS, Fault, Kind, fault, parse
from .serving import Running, Seen


@contextmanager
def serve(
    site: Site, *, day: str | None = None, faults: Iterable[Fault | str] = (), seed: int = 0, port: int = 0
) -> Iterator[Running]:
    """Any site at a free port of this machine as long as the block lasts.

    `day` is what the hub's `Date` says (midday; or an ISO time; None is the real time); faults may be written as text
    (see `parse`); `seed` chooses the requests that a fault with a `share` harms.
    """
    with prepared_site(site, day=day, faults=faults, seed=seed, port=port).running() as running:
        yield running


@contextmanager
def hub(models: Any = (), datasets: Mapping[str, Any] | None = None, **more: Any) -> Iterator[Running]:
    """The Hugging Face Hub as long as the block lasts; `more` is for `prepared`."""
    with prepared(models, datasets, **more).running() as running:
        yield running


def prepared(
    models: Any = (),
    datasets: Mapping[str, Any] | None = None,
    *,
    day: str | None = None,
    faults: Iterable[Fault | str] = (),
    seed: int = 0,
    far_files: bool = True,
    port: int = 0,
    **more: Any,
) -> Running:
    """The Hugging Face Hub, not listening yet; `more` is for `HuggingFace`.

    Large files are kept at another address (`urls[1]`), where no token belongs, as the Hub keeps them on another host;
    without `far_files` they are kept at the same one.
    """
    running: Running
    site = HuggingFace(models, datasets, delivery=(lambda: running.urls[1]) if far_files else None, **more)
    running = Running(site, day, _faults(faults), seed, (port, 0) if far_files else (port,))
    return running


def prepared_site(
    site: Site, *, day: str | None = None, faults: Iterable[Fault | str] = (), seed: int = 0, port: int = 0
) -> Running:
    """Any site, not listening yet."""
    return Running(site, day, _faults(faults), seed, (port,))


def _faults(given: Iterable[Fault | str]) -> tuple[Fault, ...]:
    return tuple(parse(one) if isinstance(one, str) else one for one in given)


__all__ = [
    "ALTERS",
    "FAULTS",
    "HEALS",
    "STANDS",
    "Fault",
    "HuggingFace",
    "Kind",
    "ModelScope",
    "Ollama",
    "OpenRouter",
    "Row",
    "Running",
    "Seen",
    "Site",
    "fault",
    "hub",
    "parse",
    "prepared",
    "prepared_site",
    "serve",
]
