"""What an address asks: one way to write each question, checked, and the same on the command line."""

from __future__ import annotations

import re
import shlex
from typing import Any
from urllib.parse import parse_qsl

import click
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from weighbridge.errors import UsageError
from weighbridge.measures import Option, measures
from weighbridge.surfaces.cli import commands
from weighbridge.surfaces.views.asked import (
    LONGEST,
    ON,
    PARTS_MOST,
    PICTURED,
    ROWS_MOST,
    SLUG_LONGEST,
    Asked,
    most_of,
    options_of,
)

WORD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0,"), min_size=1, max_size=20).filter(
    str.strip
)
NASTY = st.sampled_from(
    ["None", "-x", "--json", "a--top-5", "A", "a", "=b", "../..", "a b", "é", "%2C&x=1", "'", "\u202e"]
)
NAMES = WORD | NASTY
DASHED = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*")


def values(option: Option) -> st.SearchStrategy[list[str]]:
    """What an address may say of an option, as valid values."""
    if option.many:
        return st.lists(NAMES, min_size=1, max_size=5)
    if option.flag:
        return st.sampled_from([["yes"], ["no"], ["TRUE"], ["0"]])
    if option.number:
        return st.integers(option.least, most_of(option)).map(lambda n: [str(n)])
    if option.choices:
        return st.sampled_from(option.choices).map(lambda choice: [choice])
    return NAMES.map(lambda name: [name])


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]]]:
    """A measure and what an address says of some of its options."""
    measure = draw(st.sampled_from(sorted(measures())))
    there = options_of(measure)
    names = draw(st.lists(st.sampled_from(sorted(there)), unique=True, max_size=6))
    return measure, [(name, value) for name in names for value in draw(values(there[name]))]


def parsed(asked: Asked) -> dict[str, Any]:
    """The values that the command line's own parser finds in a question's command."""
    program, name, *rest = shlex.split(asked.command)
    command = commands.load(name)
    assert program == "weighbridge"
    assert command is not None
    own = {"store", "as_json", "form", "engine", "spark_remote"}
    found = command.make_context(name, rest).params
    return {key: value for key, value in found.items() if key not in own}


def meant(asked: Asked) -> dict[str, Any]:
    """The same values as Python is asked with them, each option present."""
    there = options_of(asked.measure)
    given_ = {option.keyword: option.default for option in there.values()} | asked.keywords()
    return {option.keyword: _flat(given_[option.keyword]) for option in there.values()}


def _flat(value: Any) -> Any:
    return (",".join(value) if isinstance(value, (tuple, list)) else value) or None


@given(questions())
def test_what_was_read_from_an_address_is_read_from_its_own_address_again(question):
    measure, said = question
    asked = Asked.of(measure, said)
    assert Asked.of(measure, asked.options) == asked
    assert Asked.of(measure, parse_qsl(asked.query)) == asked
    assert asked.changed() == asked


@given(questions(), st.randoms())
def test_the_order_of_options_in_an_address_does_not_matter(question, random):
    measure, said = question
    place = {name: random.random() for name, _ in said}
    shuffled = sorted(said, key=lambda pair: place[pair[0]])  # values of one list stay in order
    assert Asked.of(measure, shuffled) == Asked.of(measure, said)


@given(questions())
def test_every_default_vanishes_however_it_is_written(question):
    measure, said = question
    named = {name for name, _ in said}
    defaults = [
        (option.name, f"00{option.default}" if option.number else ", ".join(option.default) if option.many else text)
        for option in options_of(measure).values()
        if option.default not in (None, False) and option.name not in named
        for text in [str(option.default)]
    ]
    assert Asked.of(measure, [*said, *defaults]) == Asked.of(measure, said)
    assert not Asked.of(measure, defaults).options


def test_a_name_that_reads_like_nothing_is_a_name():
    assert Asked.of("share", [("scope", "None"), ("hub", "False")]).given == {"hub": "False", "scope": "None"}


@given(st.lists(NAMES, min_size=1, max_size=6))
def test_a_list_keeps_its_order_and_says_each_name_once(names):
    one_by_one = Asked.of("influence", [("groups", name) for name in names])
    together = Asked.of("influence", [("groups", ", ".join([*names, *reversed(names)]))])
    assert one_by_one == together
    kept = one_by_one.keywords()["groups"]
    assert list(kept) == list(dict.fromkeys(name.strip() for name in names))


@given(questions(), questions())
def test_different_questions_have_different_file_names(one, other):
    first, second = Asked.of(*one), Asked.of(*other)
    assume(first != second)
    assert first.slug != second.slug


def test_a_value_cannot_take_the_file_name_of_another_question():
    pairs = [
        ([("hub", "a--definition-raw")], [("hub", "a"), ("definition", "raw")]),
        ([("hub", "A")], [("hub", "a")]),
        ([("hub", "a b")], [("hub", "a-b")]),
        ([("hub", "a-")], [("hub", "a")]),
        ([("hub", "x" * 200)], [("hub", "x" * 201)]),
    ]
    for one, other in pairs:
        assert Asked.of("share", one).slug != Asked.of("share", other).slug


@pytest.mark.parametrize("measure", measures())
def test_no_option_is_named_like_the_beginning_of_another(measure):
    names = list(options_of(measure))  # `max-age-365` must not be read as `max` with the value `age-365`
    assert not [(a, b) for a in names for b in names if b.startswith(f"{a}-")]


@given(questions())
def test_a_file_name_is_safe_everywhere(question):
    slug = Asked.of(*question).slug
    assert DASHED.fullmatch(slug)
    assert len(slug) <= SLUG_LONGEST + 12


@given(questions())
def test_the_command_asks_the_same(question):
    measure, said = question
    asked = Asked.of(measure, said)
    found = {key: _flat(value) for key, value in parsed(asked).items()}
    expected = meant(asked)
    if asked.keywords().get("top") == ROWS_MOST and "top" not in asked.given:
        expected["top"] = None  # the command line gives all rows
    assert found == expected


@pytest.mark.parametrize("name", PICTURED)
def test_the_command_of_what_is_no_measure_is_there(name):
    words = shlex.split(Asked(name).command)[1:]
    command: click.Command | None = commands.load(words.pop(0))
    while isinstance(command, click.Group) and words:
        command = command.get_command(click.Context(command), words.pop(0))
    assert command is not None
    assert not isinstance(command, click.Group)


@given(questions())
def test_the_words_for_yes_and_no_mean_the_same(question):
    measure, said = question
    rest = [pair for pair in said if pair[0] != "splice"]
    assert {Asked.of(measure, [*rest, ("splice", on)]) for on in ON} == {Asked.of(measure, [*rest, ("splice", "yes")])}
    assert Asked.of(measure, [*rest, ("splice", "off")]) == Asked.of(measure, rest)


@given(st.text(" \t\n\u2003", max_size=3))
def test_blank_values_say_nothing(blank):
    for option in options_of("openness"):
        assert Asked.of("openness", [(option, blank)]) == Asked("openness")


@pytest.mark.parametrize(("measure", "said", "hint"), [
    ("shore", [], "share"),
    ("share", [("planet", "US")], "by"),
    ("share", [("by", "planet")], "country"),
    ("share", [("by", "country"), ("by", "region")], "once"),
    ("share", [("top", "0")], "1"),
    ("share", [("top", str(ROWS_MOST + 1))], f"{ROWS_MOST:,}"),
    ("share", [("top", "1e3")], "digits"),
    ("share", [("top", "٣")], "digits"),
    ("share", [("top", "9" * 40)], "digits"),
    ("share", [("splice", "perhaps")], "yes"),
    ("share", [("hub", "x" * (LONGEST + 1))], str(LONGEST)),
    ("share", [("hub", "a\0b")], str(LONGEST)),
    ("share", [("hub", "a\ud800b")], str(LONGEST)),
    ("influence", [("groups", ",".join(map(str, range(PARTS_MOST + 1))))], str(PARTS_MOST)),
    ("influence", [("groups", f"CN,{'x' * (LONGEST + 1)}")], str(LONGEST)),
    ("claims", [("by", "country")], "no option"),
])  # fmt: skip
def test_what_is_not_valid_is_refused_with_what_is(measure, said, hint):
    with pytest.raises(UsageError) as error:
        Asked.of(measure, said)
    assert hint in error.value.hint
    assert len(error.value.message) < 3 * LONGEST


@given(st.text(), st.lists(st.tuples(st.text(), st.text())))
def test_any_address_is_understood_or_refused(measure, said):
    for name in (measure, "share"):
        try:
            asked = Asked.of(name, said)
        except UsageError:
            continue
        assert Asked.of(name, parse_qsl(asked.query)) == asked
