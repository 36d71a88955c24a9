"""Weighbridge from Python: `weighbridge.open()` gives something that can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from weighbridge.cubes.windows import choose_hub
from weighbridge.definitions.named import define
from weighbridge.errors import UsageError
from weighbridge.measures.asking import Backing, ask, open_backing
from weighbridge.measures.condition import condition
from weighbridge.measures.corrections import check_corrections
from weighbridge.measures.explaining import explain, lineage_of
from weighbridge.records.answer import Answer
from weighbridge.records.clock import GRAINS, parse_day, parse_moment
from weighbridge.records.question import Question

TRAILING_UNITS = {"d": 1, "w": 7}


class Observatory:
    """A store or a cube file, asked with the options of the command line."""

    def __init__(self, backing: Backing) -> None:
        self.backing = backing

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands on every answer, such as that the bundled sample answers."""
        return tuple(getattr(self.backing, "notes", ()))

    def share(self, by: str = "country", top: int | None = None, **options: Any) -> Answer:
        """Share of each group; `options` as in `question`.

        Args:
            by: country, region, organisation, type, namespace, family, task, library, licence, size, quantised
                or model.
            top: keep so many groups; the rest is summed as `(other)`.
        """
        return self.ask("share", {"by": by, "top": top}, **options)

    def top(self, of: str = "models", top: int | None = None, **options: Any) -> Answer:
        """The largest models, organisations or families."""
        return self.ask("top", {"of": of, "top": top}, **options)

    def concentration(self, of: str = "models", **options: Any) -> Answer:
        """HHI, Gini and the parts of the largest, over models, organisations or countries."""
        return self.ask("concentration", {"of": of}, **options)

    def explain(self, model: str, **options: Any) -> dict[str, Any]:
        """Why a model's downloads go to this organisation, country, family and root, or are left out."""
        return explain(self.backing, model, self.question(**options))

    def lineage(
        self, model: str, hub: str | None = None, as_of: str | None = None, vintage: str | None = None
    ) -> dict[str, Any]:
        """Parents, roots with weights, and children of a model."""
        when = parse_moment(as_of, "--as-of", end_of_day=True) if as_of is not None else None
        return lineage_of(self.backing, model, hub, when, vintage)

    def doctor(self) -> dict[str, Any]:
        """What can be answered: hubs, populations and windows; what is stale, and what is damaged."""
        return condition(self.backing)

    def check_register(self, path: str | Path) -> dict[str, Any]:
        """One's own rows for the register: faults, what they change, and how much weight they touch."""
        return check_corrections(Path(path), self.backing) | {"notes": list(self.notes)}

    def ask(self, measure: str, own: dict[str, Any], **options: Any) -> Answer:
        """Any registered measure; `own` are the measure's options, `options` as in `question`."""
        return ask(self.backing, measure, self.question(**options), own)

    def question(
        self,
        *,
        hub: str | None = None,
        definition: str = "house",
        attribution: str | None = None,
        max_age: int | None = None,
        scope: str | None = None,
        clean: str | Iterable[str] | None = None,
        register: str | None = None,
        evidence: str | None = None,
        contested: str | None = None,
        bounds: str | None = None,
        at: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        trailing: str | None = None,
        over: str | None = None,
        as_of: str | None = None,
        vintage: str | None = None,
        splice: bool = False,
    ) -> Question:
        """The question that these options make; the same names and values as on the command line.

        Raises:
            UsageError: an option has no such value.
        """
        if hub == "":
            raise UsageError("the name of the hub is empty", f"one of: {', '.join(self.backing.hubs())}")
        where = hub or _only_hub(self.backing)
        if over is not None and over not in GRAINS:
            raise UsageError(f"there is no period {over!r}", f"one of: {', '.join(GRAINS)}")
        return Question(
            definition=define(
                definition,
                where,
                attribution=attribution,
                max_age_days=max_age,
                scope=scope,
                clean=(clean,) if isinstance(clean, str) else clean or None,
                register=register,
                contested=contested,
                evidence=evidence,
                bounds=bounds,
            ),
            hub=hub,
            at=parse_day(at, "--at") if at is not None else None,
            start=parse_day(from_, "--from") if from_ is not None else None,
            end=parse_day(to, "--to") if to is not None else None,
            trailing_days=_trailing(trailing) if trailing is not None else None,
            over=over,
            as_of=parse_moment(as_of, "--as-of", end_of_day=True) if as_of is not None else None,
            vintage=vintage,
            splice=splice,
        )


def open_observatory(path: str | Path | None = None) -> Observatory:
    """Open a store, a cube file, or the bundled sample where the store holds nothing.

    Args:
        path: null: `WEIGHBRIDGE_STORE`, else the user data folder.
    """
    return Observatory(open_backing(Path(path) if path else None))


def _only_hub(backing: Backing) -> str:
    hubs = backing.hubs()
    return choose_hub(hubs, None) if hubs and (len(hubs) == 1 or "huggingface" in hubs) else "huggingface"


def _trailing(text: str) -> int:
    number, unit = text[:-1], text[-1:]
    if unit not in TRAILING_UNITS or not (number.isascii() and number.isdigit()) or not 0 < int(number) < 10_000:
        raise UsageError(f"--trailing {text!r} is not a span", "write a number of weeks or days, e.g. 52w or 90d")
    return int(number) * TRAILING_UNITS[unit]
