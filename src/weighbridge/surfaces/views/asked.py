"""What is asked of a measure, as an address says it: checked, in one order, defaults left out."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from weighbridge.errors import UsageError
from weighbridge.measures import Option, measures, offered

PICTURED = {"claims": "Published figures beside ours", "quality": "What is wrong or odd in the readings"}
"""What has a picture and is no measure."""
COMMANDS = {"claims": ("claims", "check")}
"""What answers, where it is not the command of that name."""
LONGEST = 300
"""Characters of one value."""
PARTS_MOST = 50
"""Parts of one list."""
NUMBER_MOST = 10_000
ROWS_MOST = 1_000
"""Groups that get a row of their own; the rest is summed. Files for more are made on the command line."""
SLUG_LONGEST = 80
DIGEST_LENGTH = 10
PLAIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""Values that stand in a file name as they are; two hyphens part options there."""
UNWRITABLE = re.compile(r"[\0\ud800-\udfff]")
"""What no address or file can hold: null, and halves of characters that are written in two."""
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True)
class Asked:
    """A measure with the options that differ from its defaults, in the order in which they are offered.

    Equal questions are equal here, so it is the key under which answers are kept.

    Attributes:
        measure: id of a measure, or one of `PICTURED`.
        options: name and value as an address writes them.
    """

    measure: str = "share"
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, measure: str, given: Iterable[tuple[str, str]] = ()) -> Asked:
        """What an address asks.

        Args:
            measure: id.
            given: names and values, as in a query string; an empty value says nothing. Values of one list may come
                one by one or with commas.

        Raises:
            UsageError: there is no such measure, option or value, or an option is given twice.
        """
        there = options_of(measure)
        values: dict[str, list[str]] = {}
        for name, value in given:
            if name not in there:
                raise UsageError(
                    f"{measure} has no option {name[:LONGEST]!r}", f"it has: {', '.join(there) or 'no option'}"
                )
            if value.strip():
                values.setdefault(name, []).append(value)
        written = {name: _written(there[name], some) for name, some in values.items()}
        return cls(measure, tuple((name, written[name]) for name in there if written.get(name)))

    @property
    def given(self) -> dict[str, str]:
        """Values by name."""
        return dict(self.options)

    def changed(self, **values: str | None) -> Asked:
        """The same with some values changed; null: left out. Names as in Python."""
        named = {option.keyword: name for name, option in options_of(self.measure).items()}
        put = {named[name]: value for name, value in values.items()}
        return Asked.of(self.measure, ((n, v) for n, v in (self.given | put).items() if v is not None))

    def keywords(self) -> dict[str, Any]:
        """What Python is asked with."""
        there = options_of(self.measure)
        found = {there[name].keyword: _read(there[name], value) for name, value in self.options}
        rows = there.get("top")
        return found if rows is None or rows.default is not None else {"top": ROWS_MOST} | found

    @property
    def query(self) -> str:
        """The options as a query string, without a question mark."""
        return urlencode(self.options)

    @property
    def slug(self) -> str:
        """A file name without an ending that no other question has: letters, digits and hyphens."""
        text = "--".join([self.measure, *(f"{name}-{value}" for name, value in self.options)])
        plain = re.sub(r"[^a-z0-9-]+", "-", text.lower())
        if len(text) <= SLUG_LONGEST and all(PLAIN.fullmatch(value) for _, value in self.options):
            return text
        digest = hashlib.sha256(json.dumps([self.measure, self.options]).encode()).hexdigest()[:DIGEST_LENGTH]
        return f"{plain[:SLUG_LONGEST].strip('-')}--{digest}"

    @property
    def command(self) -> str:
        """The command that answers the same."""
        words, there = [*COMMANDS.get(self.measure, (self.measure,))], options_of(self.measure)
        words += [self.given.get(name, str(option.default)) for name, option in there.items() if option.argument]
        for name, value in self.options:
            option = there[name]
            if option.argument:
                continue
            if option.flag:
                words.append(f"--{name}")
            else:
                for part in value.split(",") if option.repeated else (value,):
                    words += [f"--{name}={part}"] if part.startswith("-") else [f"--{name}", part]
        return f"weighbridge {shlex.join(words)}"


@cache
def options_of(measure: str) -> Mapping[str, Option]:
    """What a measure can be asked with from outside, by name: its own options first.

    Raises:
        UsageError: there is no such measure.
    """
    if measure in PICTURED:
        return {}
    if measure not in measures():
        raise UsageError(f"there is no measure {measure[:LONGEST]!r}", f"one of: {', '.join([*measures(), *PICTURED])}")
    return {option.name: option for option in (*measures()[measure].options, *offered.QUESTION)}


def title_of(measure: str) -> str:
    """Its title."""
    return PICTURED[measure] if measure in PICTURED else measures()[measure].title


def _written(option: Option, values: list[str]) -> str:
    """The value as an address writes it; empty: it is the default."""
    if option.many:
        parts = [part.strip() for value in values for part in value.split(",") if part.strip()]
        parts = list(dict.fromkeys(parts))  # a name said twice says no more
        if len(parts) > PARTS_MOST:
            raise UsageError(f"{option.name} has {len(parts)} parts", f"give at most {PARTS_MOST}")
        text = ",".join(parts)
    elif len(values) > 1:
        raise UsageError(f"{option.name} is given {len(values)} times", "give it once")
    else:
        parts = [text := values[0].strip()]
    if any(len(part) > LONGEST or UNWRITABLE.search(part) for part in parts):
        raise UsageError(
            f"{option.name} is too long, or holds a null character or half of one", f"give at most {LONGEST} characters"
        )
    value = option.checked(_read(option, text))
    if option.number and value > most_of(option):
        raise UsageError(f"{option.name} {value:,} is more than is answered here", f"give at most {most_of(option):,}")
    if option.flag:
        return "yes" if value else ""
    said = str(value) if option.number else text
    default = ",".join(option.default) if option.many and option.default else option.default
    return "" if default is not None and said == str(default) else said


def most_of(option: Option) -> int:
    """The largest number that is answered here."""
    return ROWS_MOST if option.name == "top" else min(option.most or NUMBER_MOST, NUMBER_MOST)


def _read(option: Option, text: str) -> Any:
    """The value that Python takes."""
    if option.many:
        return tuple(text.split(","))
    if option.flag:
        low = text.lower()
        if low not in ON + OFF:
            raise UsageError(f"{option.name} is on or off, not {text!r}", f"one of: {', '.join(ON + OFF)}")
        return low in ON
    if option.number:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
            raise UsageError(f"{option.name} {text!r} is not a whole number", "write it in digits")
        return int(text)
    return text
