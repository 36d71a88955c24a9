"""What a tool can be asked with: its options as a JSON schema, and given arguments as the names and values of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from weighbridge.definitions.named import definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import UsageError
from weighbridge.measures import Option
from weighbridge.surfaces.views.asked import LONGEST, PARTS_MOST, most_of

Schema = dict[str, Any]
Given = Mapping[str, Any]
NAMED: Mapping[str, Callable[[], Iterable[str]]] = {"definition": definitions, "scope": scopes, "clean": rules}
"""Options whose values are names of what is registered."""


def schema(options: Iterable[Option], needed: Iterable[str] = ()) -> Schema:
    """The JSON schema of a tool's arguments.

    Args:
        options: what it can be asked with.
        needed: names of those that must be given.
    """
    made: Schema = {
        "type": "object",
        "properties": {option.name: property_of(option) for option in options},
        "additionalProperties": False,
    }
    return made | ({"required": list(needed)} if (needed := tuple(needed)) else {})


def property_of(option: Option) -> Schema:
    """The JSON schema of one option: its type, choices, limits and default, in words too."""
    return {**_type(option), "description": _words(option)} | _default(option)


def _type(option: Option) -> Schema:
    if option.flag:
        return {"type": "boolean"}
    if option.number:
        return {"type": "integer", "minimum": option.least, "maximum": most_of(option)}
    text: Schema = {"type": "string", "maxLength": LONGEST}
    if option.choices:
        text = {"type": "string", "enum": list(option.choices)}
    return {"type": "array", "items": text, "maxItems": PARTS_MOST} if option.many else text


def _default(option: Option) -> Schema:
    if option.default is None:
        return {}
    return {"default": list(option.default) if option.many else option.default}


def _words(option: Option) -> str:
    named = f" One of: {', '.join(NAMED[option.name]())}." if option.name in NAMED else ""
    return f"{option.help}{named}{f' ({option.form})' if option.form else ''}"


def pairs(options: Iterable[Option], given: Given) -> Iterator[tuple[str, str]]:
    """Names and values of the arguments as an address writes them; null and empty text say nothing.

    Raises:
        UsageError: a value is neither text, a number, true or false, nor a list of these, or a part of a list holds a
            comma, with which lists are written.
    """
    there = {option.name: option for option in options}
    for name, value in given.items():
        known = there.get(name)
        for part in _parts(name, value):
            if known is not None and known.many and not isinstance(value, str) and "," in part:
                raise UsageError(f"{name} has a part with a comma: {part[:LONGEST]!r}", "give each name on its own")
            yield name, part


def _parts(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _parts(name, part)
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, float) and value.is_integer():  # JSON has one kind of number
        yield str(int(value))
    elif isinstance(value, (str, int, float)):
        yield str(value)
    elif value is not None:
        raise UsageError(f"{name} is {type(value).__name__}, which is no value", "give text, a number or a list")


def checked(options: Iterable[Option], needed: Iterable[str], given: Given) -> dict[str, Any]:
    """The arguments by the options' names, each present; for tools that ask no measure.

    Raises:
        UsageError: an argument is strange, missing or not valid.
    """
    there = {option.name: option for option in options}
    refuse_strange(there, given)
    said: dict[str, list[str]] = {}
    for name, part in pairs(there.values(), given):
        if part.strip():
            said.setdefault(name, []).append(part.strip())
    for name in needed:
        if name not in said:
            raise UsageError(f"{name} is not given", there[name].help)
    return {
        name: option.checked(_value(option, said[name]) if name in said else None) for name, option in there.items()
    }


def refuse_strange(there: Iterable[str], given: Given) -> None:
    """Refuse arguments that no option has the name of.

    Raises:
        UsageError: there is one.
    """
    known = tuple(there)
    strange = [name for name in given if name not in known]
    if strange:
        raise UsageError(f"there is no option {', '.join(strange)[:LONGEST]}", f"it has: {', '.join(known)}")


def _value(option: Option, said: list[str]) -> Any:
    if option.many:
        if len(said) > PARTS_MOST or any(len(part) > LONGEST for part in said):
            raise UsageError(f"{option.name} is too long", f"give at most {PARTS_MOST} parts of {LONGEST} characters")
        return ",".join(said)
    if len(said) > 1:
        raise UsageError(f"{option.name} is given {len(said)} times", "give it once")
    text = said[0]
    if option.flag:
        return {"yes": True, "no": False}.get(text, text)
    if option.number:
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else text
    if len(text) > LONGEST:
        raise UsageError(f"{option.name} is too long", f"give at most {LONGEST} characters")
    return text
