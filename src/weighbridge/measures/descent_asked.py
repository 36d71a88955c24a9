"""What of a question about lines of descent would change no row: options that do not go together are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.errors import UsageError
from weighbridge.measures.descent_groups import Owned
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question

LEAST_COPIES = 10


def refuse_idle(options: Mapping[str, Any], question: Question) -> None:
    """Refuse options that would change nothing beside the others.

    Args:
        options: of derivatives, each present.
        question: what else is asked.

    Raises:
        UsageError: an option says nothing beside `show`.
    """
    if options["show"] != "intermediaries":
        if options["least"] != LEAST_COPIES:
            raise UsageError("--least is of intermediaries", "add --show intermediaries, or leave it out")
        return
    idle = {"within": options["within"] is not None, "own": options["own"] == "counted", "over": bool(question.over)}
    for name in [name for name, given in idle.items() if given]:
        raise UsageError(
            f"--{name} says nothing of intermediaries, which are accounts over the whole time asked",
            f"leave out --{name}, or ask --show groups",
        )
    if options["of"] is None and options["by"] != "family":
        raise UsageError(
            "intermediaries are accounts; --by only says of what kind --of is", "give --of, or leave out --by"
        )


def refuse_rowless(groups: Owned, number: int | None) -> None:
    """Refuse a name that stands for many accounts and not for one publisher.

    Raises:
        UsageError: the group is one of those that have no row.
    """
    if number is not None and groups.name(number) in groups.rowless:
        raise UsageError(
            f"{groups.name(number)!r} is no publisher but many accounts, so it has no row",
            "ask for one of them: --by namespace --of ACCOUNT",
        )


def without_effect(definition: Definition, attribution: str) -> list[str]:
    """What of a definition changes no row here, where it is not the usual.

    Args:
        definition: that was asked.
        attribution: why it changes nothing.
    """
    said = []
    if definition.attribution != "uploader":
        said.append(f"The attribution changes nothing here: {attribution}.")
    idle = {"bounds strict": definition.bounds == "strict", "contested widest": definition.contested == "widest"}
    names = " and ".join(name for name, given in idle.items() if given)
    if names:
        said.append(
            f"The definition's {names} changes nothing here: limits rest on what nobody has registered, on names and "
            "on flows."
        )
    return said
