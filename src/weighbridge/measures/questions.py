"""From options, as they are written on the command line or in a data file, to a question."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

from weighbridge.cubes.engines import EMBEDDED
from weighbridge.cubes.windows import choose_hub
from weighbridge.definitions.named import define
from weighbridge.errors import UsageError
from weighbridge.records.clock import GRAINS, parse_day, parse_moment
from weighbridge.records.question import Question

TRAILING_UNITS = {"d": 1, "w": 7}


def question(
    hubs: Sequence[str],
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
    engine: str = EMBEDDED,
    spark_remote: str | None = None,
) -> Question:
    """The question that these options make; the same names and values as on the command line.

    Args:
        hubs: those that are held.

    Raises:
        UsageError: an option has no such value.
    """
    refuse_empty(hubs, hub=hub, vintage=vintage, register=register)
    where = hub or _only_hub(hubs)
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
        engine=engine,
        remote=spark_remote,
    )


def refuse_empty(hubs: Sequence[str], **names: str | None) -> None:
    """Refuse names of a hub, vintage or register that are given and empty.

    Raises:
        UsageError: one is.
    """
    valid = {
        "hub": f"one of: {', '.join(hubs)}",
        "vintage": "`weighbridge vintages` lists them; leave it out to ask all censuses together",
        "register": "house, one that a source brought, or a .csv of corrections",
    }
    for what, name in names.items():
        if name == "":
            raise UsageError(f"the name of the {what} is empty", valid[what])


def names_of_options() -> tuple[str, ...]:
    """Names of all options that make a question."""
    given = inspect.signature(question).parameters.values()
    return tuple(parameter.name for parameter in given if parameter.kind is parameter.KEYWORD_ONLY)


def _only_hub(hubs: Sequence[str]) -> str:
    return choose_hub(hubs, None) if hubs and (len(hubs) == 1 or "huggingface" in hubs) else "huggingface"


def _trailing(text: str) -> int:
    number, unit = text[:-1], text[-1:]
    if unit not in TRAILING_UNITS or not (number.isascii() and number.isdigit()) or not 0 < int(number) < 10_000:
        raise UsageError(f"--trailing {text!r} is not a span", "write a number of weeks or days, e.g. 52w or 90d")
    return int(number) * TRAILING_UNITS[unit]
