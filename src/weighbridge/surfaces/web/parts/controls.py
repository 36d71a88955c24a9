"""Controls of a form, made from options as data: every one has a label, and what cannot be chosen says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import htpy
from htpy import Node, div, label, option, select, small

from weighbridge.charts.text import clean
from weighbridge.measures import Option

ANY = ""
"""The value that says nothing: the default."""


@dataclass(frozen=True)
class Choices:
    """What a control offers.

    Attributes:
        values: valid values, in order; null: anything may be written.
        names: words for values in place of themselves.
        default: words for leaving it open.
        closed: values that cannot be chosen here, with the reason; under `ANY`: the whole control.
        hints: values to choose from where anything may be written.
    """

    values: Sequence[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    closed: Mapping[str, str] = field(default_factory=dict)
    hints: Sequence[str] = ()


def control(asked: Option, value: str = "", choices: Choices | None = None, title: str | None = None) -> Node:
    """The control of an option, as wide as a cell of a form.

    Args:
        asked: the option.
        value: as its address writes it; empty: its default.
        choices: what is offered; null: what the option says itself.
        title: its label; null: its name.
    """
    offered = choices or Choices(asked.choices)
    id_ = f"option-{asked.name}"
    help_ = f"{id_}-help"
    closed = offered.closed.get(ANY)
    if offered.values is not None:
        made = _select(asked, value, offered, id_, help_)
    elif asked.flag:
        made = _select(asked, value, Choices(("yes",), {"yes": "yes"}, "no", offered.closed), id_, help_)
    else:
        made = _input(asked, value, offered, id_, help_)
    return div(class_=["control", "closed" if closed else None])[
        label(for_=id_)[title or _titled(asked.name)], made, small(id=help_)[clean(closed or _help(asked))]
    ]


def _help(asked: Option) -> str:
    """What an option is for, without what its control shows as the default."""
    return asked.help.partition(" [default")[0]


def hidden(pairs: Iterable[tuple[str, str]]) -> Node:
    """Values that a form keeps without showing them."""
    return [htpy.input(type="hidden", name=name, value=value) for name, value in pairs]


def _select(asked: Option, value: str, offered: Choices, id_: str, help_: str) -> Node:
    default = "" if asked.default is None else str(asked.default)
    current = value or default
    values = list(offered.values or ())
    strange = [current] if current and current not in values else []  # an address may hold what is not offered
    entries = [
        option(
            value=ANY if text == default else text,
            selected=text == current,
            disabled=text in offered.closed and text != current,
            title=offered.closed.get(text),
        )[_named(text, offered)]
        for text in [*strange, *values]
    ]
    if not default:
        entries.insert(0, option(value=ANY, selected=not current)[offered.default or "as the definition says"])
    return select(id=id_, name=asked.name, aria_describedby=help_, disabled=ANY in offered.closed)[entries]


def _input(asked: Option, value: str, offered: Choices, id_: str, help_: str) -> Node:
    hints = f"{id_}-hints" if offered.hints else None
    return [
        htpy.input(
            id=id_,
            name=asked.name,
            value=value,
            type="number" if asked.number else "date" if asked.form == "DATE" else "text",
            min=str(asked.least) if asked.number else None,
            max=str(asked.most) if asked.number and asked.most else None,
            placeholder=_default(asked),
            autocomplete="off",
            list=hints,
            aria_describedby=help_,
            disabled=ANY in offered.closed,
        ),
        hints and htpy.datalist(id=hints)[(option(value=clean(text)) for text in offered.hints)],
    ]


def _default(asked: Option) -> str | None:
    if asked.default is None:
        return None
    return ",".join(asked.default) if asked.many else str(asked.default)


def _named(text: str, offered: Choices) -> str:
    told = offered.names.get(text)
    reason = offered.closed.get(text)
    return clean(f"{told or text}{' (not held here)' if reason else ''}")


def _titled(name: str) -> str:
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]
