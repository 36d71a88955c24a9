"""`weighbridge quality` as it is typed."""

from __future__ import annotations

import contextlib
import csv
import io
import json

import pytest

from weighbridge.surfaces.cli.main import main

ROWS = [
    {"id": "a/a", "downloads": 70},
    {"id": "a/b", "downloads": 20, "base_model": ["x\x1b[31m | y"]},
    {"id": "a/c", "downloads": 30, "base_model": ["y"]},
]


def run(*arguments: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    assert isinstance(left.value.code, int)
    return left.value.code, out.getvalue(), err.getvalue()


def test_the_document_holds_rows_summary_and_what_was_read(store, read_hub):
    reading = read_hub(ROWS)
    status, out, _ = run("quality", "--store", store.path, "--json")
    document = json.loads(out)
    assert status == 0
    assert {"rows", "summary", "hub", "vintages", "as_of", "notes"} <= set(document)
    assert document["vintages"] == [reading.vintage.id]
    assert [row["model"] for row in document["rows"]] == ["a/c", "a/b"]
    assert {"id", "event", "hub", "model", "from", "to", "weight", "share", "vintage", "detail", "numbers"} == set(
        document["rows"][0]
    )


def test_the_text_shows_the_summary_and_the_largest(store, read_hub):
    read_hub(ROWS)
    status, out, _ = run("quality", "--store", store.path, "--top", 1)
    assert status == 0
    assert "dangling-base" in out
    assert "a/c" in out
    assert "a/b" not in out
    assert "1 more event" in " ".join(out.split())


@pytest.mark.parametrize("form", ["text", "md", "csv"])
def test_untrusted_text_is_printed_without_its_controls(store, read_hub, form):
    read_hub(ROWS)
    status, out, err = run("quality", "--store", store.path, "--format", form)
    assert status == 0
    assert "\x1b" not in out + err


def test_csv_on_standard_output_is_the_rows_alone(store, read_hub):
    read_hub(ROWS)
    _, out, err = run("quality", "--store", store.path, "--format", "csv")
    assert [row["model"] for row in csv.DictReader(io.StringIO(out))] == ["a/c", "a/b"]
    assert "Vintage" in err


@pytest.mark.parametrize(
    ("more", "status", "kind"),
    [
        (("--event", "gaps"), 2, "usage"),
        (("--hub", "nowhere"), 3, "data-missing"),
        (("--vintage", "none"), 3, "data-missing"),
        (("--as-of", "1999-01-01"), 3, "data-missing"),
        (("--as-of", "soon"), 2, "usage"),
        (("--top", "0"), 2, "usage"),
    ],
)
def test_a_question_that_cannot_be_answered_says_so(store, read_hub, more, status, kind):
    read_hub(ROWS)
    code, out, _ = run("quality", "--store", store.path, "--json", *more)
    assert (code, json.loads(out)["error"]["kind"]) == (status, kind)


def test_a_moment_before_all_readings_names_the_first(store, read_hub):
    read_hub(ROWS)
    _, out, _ = run("quality", "--store", store.path, "--json", "--as-of", "1999-01-01")
    error = json.loads(out)["error"]
    assert error["message"] == "nothing that is held was known then"
    assert error["hint"] == "the earliest became known at 2026-01-01T01:00:00Z"


def test_a_share_of_over_ten_times_the_hub_is_printed_as_a_multiple(store, read_hub):
    for at, value in (("2024-06-01", 5_000), ("2024-06-02", 5_010), ("2024-06-03", 10)):
        read_hub([{"id": "a/a", "downloads_all_time": value}], at=at)
    _, out, _ = run("quality", "--store", store.path)
    row = next(line for line in out.splitlines() if line.startswith("restatement") and "a/a" in line)
    event = json.loads(run("quality", "--store", store.path, "--json")[1])["rows"][0]
    assert event["share"] > 10
    assert f" x {event['share']:,.0f} " in row


def test_the_bundled_sample_has_no_ledger(tmp_path):
    code, out, _ = run("quality", "--store", tmp_path / "nothing", "--json")
    assert (code, json.loads(out)["error"]["kind"]) == (3, "data-missing")
