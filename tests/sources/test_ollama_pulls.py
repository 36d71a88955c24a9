"""Pulls are rounded text, and the text tells by how much."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from weighbridge.errors import UsageError
from weighbridge.sources.ollama_pulls import parse_pulls


@pytest.mark.parametrize(
    ("text", "count", "step"),
    [
        ("118.7M", 118_700_000, 100_000),
        ("9M", 9_000_000, 100_000),
        ("1.2K", 1_200, 100),
        ("12K", 12_000, 100),
        ("1.1B", 1_100_000_000, 100_000_000),
        ("845", 845, 0),
        ("0", 0, 0),
        (" 3.4M ", 3_400_000, 100_000),
    ],
)
def test_a_count_and_its_rounding_are_read_from_the_text(text, count, step):
    assert parse_pulls(text) == (count, step)


@pytest.mark.parametrize(
    "text", ["", "M", "1.25M", "1,2M", "-3K", "12.5", "1e6", "1.2m", "1.2T", "12345678M", "1.2 M", "NaN", "1M\n2M"]
)
def test_what_is_no_such_count_is_not_guessed(text):
    assert parse_pulls(text) is None


def test_rows_carry_count_and_step_and_a_missing_count_is_null(read):
    text = (
        "date,model,pull_count_text,pulls\n2025-07-17,llama3,9M,9000000\n2025-07-17,qwen3,,\n2025-07-18,llama3,9.1M,\n"
    )
    taken = read(text, at=None, reader="ollama-pulls")
    told = [(row["name"], row["observed"], row["downloads_all"], row["step"]) for row in taken.rows]
    assert told == [
        ("llama3", datetime(2025, 7, 17, tzinfo=UTC), 9_000_000, 100_000),
        ("qwen3", datetime(2025, 7, 17, tzinfo=UTC), None, 0),
        ("llama3", datetime(2025, 7, 18, tzinfo=UTC), 9_100_000, 100_000),
    ]
    assert all(row["downloads_30d"] is None for row in taken.rows)


def test_a_count_that_cannot_be_read_leaves_its_row_out(read):
    taken = read("date,model,pull_count_text\n2025-07-17,a,lots\n2025-07-17,b,3K\n", at=None, reader="ollama-pulls")
    assert [row["name"] for row in taken.rows] == ["b"]
    assert [(reject.row, reject.column) for reject in taken.rejects] == [(1, "pulls")]


def test_exact_counts_are_taken_where_there_is_no_text(read):
    taken = read("date,model,pulls\n2025-07-17,a,1234\n", at=None, reader="ollama-pulls")
    assert (taken.rows[0]["downloads_all"], taken.rows[0]["step"]) == (1234, 0)


def test_a_list_without_dates_needs_the_day(read):
    with pytest.raises(UsageError, match="no column of dates"):
        read("model,pulls\na,1\n", at=None, reader="ollama-pulls")
