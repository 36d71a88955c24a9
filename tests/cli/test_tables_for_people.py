"""What tables for people show of rows with many fields: parts in per cent, few columns, words for what is not there."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.measures import measures
from weighbridge.records.presented import ABSENT, Presented, parts, percent
from weighbridge.surfaces.cli.measured import command_for

HUB = [
    {"id": "Qwen/Qwen2-7B", "downloads": 60, "license": "mit", "created_at": "2024-06-20T00:00:00Z"},
    {"id": "meta-llama/Llama-3-8B", "downloads": 40, "license": "mit", "created_at": "2024-06-20T00:00:00Z"},
    *(
        {"id": f"one/mine{n}", "downloads": 10, "license": None, "created_at": "2024-06-21T00:00:00Z",
         "base_model": ["Qwen/Qwen2-7B", "meta-llama/Llama-3-8B"]}
        for n in range(2)
    ),
]  # fmt: skip


@pytest.fixture
def asked(command, store, read_hub):
    """Asks a store of a few models, and gives back what was printed."""
    read_hub(HUB)

    def ask(*arguments):
        done = command(*arguments, "--store", store.path, "--clean", "none")
        assert done.status == 0, done.err
        return done.out

    return ask


def table(text):
    """Heads and first line of the table in a text, by column."""
    lines = text.splitlines()
    ruler = next(number for number, line in enumerate(lines) if line.startswith("---"))
    ends, at = [], 0
    for dashes in lines[ruler].split("  "):
        ends.append((at, at + len(dashes)))
        at += len(dashes) + 2
    heads, first = ([line[a:b].strip() for a, b in ends] for line in (lines[ruler - 1], lines[ruler + 1]))
    return dict(zip(heads, first, strict=True))


@pytest.mark.parametrize(
    ("question", "column"),
    [
        (("derivatives",), "part through"),
        (("derivatives", "--count", "new"), "part of new"),
        (("derivatives", "--show", "detail"), "part of models"),
        (("openness", "--by", "licence"), "share"),
        (("licence-drift", "--by", "relation"), "share"),
        (("size", "--by", "country", "--show", "classes"), "share"),
        (("usage",), "downloads at most"),
    ],
)
def test_parts_are_in_per_cent_in_tables_and_fractions_in_json_and_csv(asked, question, column):
    assert table(asked(*question))[column].endswith("%")
    assert "%" in asked(*question, "--format", "md")
    name = "downloads_hi" if column == "downloads at most" else "value"
    row = json.loads(asked(*question, "--json"))["rows"][0]
    line = next(csv.DictReader(io.StringIO(asked(*question, "--format", "csv"))))
    assert 0 <= row[name] <= 1
    assert float(line[name]) == pytest.approx(row[name])


def test_a_table_shows_few_columns_and_names_the_others(asked):
    text = asked("derivatives")
    assert len(table(text)) <= 10
    assert "Columns     --format csv and --json have more: finetune, adapter" in text
    assert "finetune" in asked("derivatives", "--format", "csv").splitlines()[0]


def test_less_than_one_model_is_no_row_of_nothing(asked):
    lines = asked("new-models", "--attribution", "base", "--by", "family", "--relation", "any").splitlines()
    assert not [line for line in lines if "  0 " in line]


def test_columns_that_are_not_chosen_are_told_and_those_chosen_keep_their_order():
    shown = Presented(columns=("value", "group"), parts=("value",), heads={"value": "part"}, absent="missing")
    fields = {"group": "a", "more": 1, "value": 0.5, "missing": []}
    assert shown.row(fields) == {"group": "a", "part": "50.00%"}
    assert shown.left(fields) == ["more"]


def test_what_a_source_does_not_name_is_said_in_words():
    shown = Presented(parts=("tokens",), absent="missing")
    assert shown.row({"group": "a", "tokens": 0.0, "missing": ["tokens"]}) == {"group": "a", "tokens": ABSENT}


def test_limits_of_parts_are_called_what_they_are_elsewhere():
    assert list(parts().row({"value": 0.5, "lo": 0.0, "hi": None})) == ["share", "at least", "at most"]
    assert list(Presented().row({"value": 0.5, "lo": 0.0, "hi": None})) == ["value", "lo", "hi"]


@given(st.floats(0, 1))
def test_a_part_above_nothing_is_never_shown_as_nothing_where_the_least_is_told(part):
    assert (percent(part, least=True) == "0.00%") == (part == 0)
    assert percent(part) == f"{part:.2%}"


@pytest.mark.parametrize("name", sorted(measures()))
def test_the_help_of_a_measure_ends_with_an_example_and_lists_its_own_options_first(command, name):
    text = command(name, "--help").out
    measure = measures()[name]
    assert f"Example: weighbridge {name} {measure.example.split(' | ')[0]}" in text
    own, shared = text.split("Options of every question:")
    assert all(f"--{option.name}" in own for option in measure.options if not option.argument)
    assert "--definition" in shared
    assert "--definition TEXT" not in own


def test_the_words_before_options_of_many_figures_are_paragraphs():
    for name in ("derivatives", "openness", "cadence", "new-models"):
        assert max(len(paragraph) for paragraph in measures()[name].words.split("\n\n")) < 800
        assert command_for(name).help.count("\n\n") > 2
