"""Readings of a week so far: the last of a week stands for it, with the rest that makes it whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pyarrow.compute as pc
import pytest

from weighbridge.errors import SourceFailed
from weighbridge.records.clock import day_text, parse_day
from weighbridge.sources import source
from weighbridge.sources.openrouter_weekly import weeks

WEEKLY = source("openrouter-weekly")
HEAD = "date,rank,author,tokens_week,share_pct\n"


def read(tmp_path: Path, *lines: str):
    file = tmp_path / "shares.csv"
    file.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    (batch,) = WEEKLY.read(file, None)
    return batch


def told(batch):
    return [
        (day_text(row["start"]), day_text(row["end"]), row["level"], row["name"], round(row["share"], 6))
        for row in batch.parts["amounts"].to_pylist()
    ]


def test_the_last_reading_of_a_week_stands_for_it(tmp_path):
    batch = read(
        tmp_path,
        "2026-04-14,1,google,100,50.0",
        "2026-04-14,2,x-ai,80,40.0",
        "2026-04-16,1,x-ai,300,48.0",
        "2026-04-16,2,google,200,32.0",
    )
    assert told(batch) == [
        ("2026-04-13", "2026-04-17", "author", "x-ai", 0.48),
        ("2026-04-13", "2026-04-17", "author", "google", 0.32),
        ("2026-04-13", "2026-04-17", "rest", "other", 0.2),
    ]
    assert batch.parts["amounts"]["amount"].null_count == 3
    assert batch.rows.num_rows == 0


def test_a_fall_begins_a_new_week_though_it_is_dated_on_the_sunday(tmp_path):
    batch = read(tmp_path, "2026-04-18,1,a,900,60.0", "2026-04-19,1,a,30,70.0", "2026-04-20,1,a,200,80.0")
    assert [(row[0], row[1], row[4]) for row in told(batch) if row[2] == "author"] == [
        ("2026-04-13", "2026-04-19", 0.6),
        ("2026-04-20", "2026-04-21", 0.8),
    ]


def test_a_sunday_that_goes_on_rising_is_the_last_of_its_week():
    days = {parse_day(f"2026-05-{day:02}"): total for day, total in ((2, 16), (3, 18), (4, 1))}
    assert [day_text(monday) for monday in weeks(days).values()] == ["2026-04-27", "2026-04-27", "2026-05-04"]


def test_a_reading_after_a_gap_is_of_its_own_week():
    days = {parse_day("2026-04-01"): 10, parse_day("2026-04-09"): 11}
    assert [day_text(monday) for monday in weeks(days).values()] == ["2026-03-30", "2026-04-06"]


def test_what_is_not_valid_is_left_out_with_its_reason(tmp_path):
    batch = read(
        tmp_path,
        "2026-04-14,1,google,100,50.0",
        "2026-04-14,2,<b>,80,40.0",
        "2026-04-14,3,qwen,80,400",
        "2026-04-14,4,qwen,-1,4",
        "someday,5,qwen,1,4",
        "2026-04-14,6,google,1,4",
    )
    assert [(reject.row, reject.column) for reject in batch.rejects] == [
        (2, "author"), (3, "share_pct"), (4, "tokens_week"), (5, "date"), (6, "author"),
    ]  # fmt: skip
    assert told(batch)[0][3:] == ("google", 0.5)


def test_a_table_without_a_valid_row_is_refused(tmp_path):
    with pytest.raises(SourceFailed, match="no valid row"):
        read(tmp_path, "someday,1,a,1,1")


def test_a_missing_column_is_named(tmp_path):
    file = tmp_path / "shares.csv"
    file.write_text("date,author,share_pct\n2026-04-14,a,1\n")
    with pytest.raises(SourceFailed, match="tokens_week"):
        list(WEEKLY.read(file, None))


def test_the_real_table_is_weeks_that_never_overlap_and_are_whole(real_data):
    (batch,) = WEEKLY.read(real_data / "openrouter-weekly" / "market_share.csv", None)
    table = batch.parts["amounts"]
    assert not batch.rejects
    spans = sorted(set(zip(table["start"].to_pylist(), table["end"].to_pylist(), strict=True)))
    assert len(spans) == 8
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    assert all(start < end <= start + 7 and (start - 4) % 7 == 0 for start, end in spans)
    for start, _ in spans:
        shares = table.filter(pc.equal(table["start"], start))["share"]
        assert pc.sum(shares).as_py() == pytest.approx(1)
        assert len(shares) == 10
