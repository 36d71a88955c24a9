"""`weighbridge claims` as a command, and from Python."""

from __future__ import annotations

import csv
import io
import json

import pytest

import weighbridge
from weighbridge.claims.ledger import ledger


@pytest.fixture
def nothing(tmp_path):
    return "--store", tmp_path / "none"


def test_check_prints_one_document_with_a_row_for_every_claim(command, nothing):
    status, out = command("claims", "check", *nothing, "--json")
    rows = json.loads(out)["rows"]
    assert status == 0
    assert [row["id"] for row in rows] == list(ledger())
    assert {"published", "unit", "ours", "lo", "hi", "verdict", "because", "needs", "nearest"} <= set(rows[0])


def test_a_figure_that_differs_ends_with_status_1(command, store, read_hub):
    read_hub([{"id": "Qwen/m", "downloads": 1}], at="2023-10-31")
    status, out = command("claims", "check", "osborne-zero", "--store", store.path)
    assert status == 1
    assert "differs" in out
    assert command("claims", "check", "hf-spring-cn-share", "--store", store.path)[0] == 0


def test_what_differs_is_explained_without_being_asked(command, store, read_hub):
    read_hub([{"id": "Qwen/m", "downloads": 1}], at="2023-10-31")
    _, out = command("claims", "check", "--store", store.path)
    assert "Published   over 70 percent" in out
    assert "Verdict     differs. Ours is 0 percent" in out


def test_an_unknown_claim_is_wrong_usage(command, nothing):
    status, out = command("claims", "check", "osborne-one", *nothing, "--json")
    assert status == 2
    assert json.loads(out)["error"]["kind"] == "usage"


def test_a_named_claim_is_shown_with_reason_nearest_thing_and_command(command, nothing):
    status, out = command("claims", "check", "longpre-cn-share", *nothing)
    assert status == 0
    for text in (
        "17.1 percent",
        "Verdict     not testable.",
        "Nearest     11.86 percent",
        "weighbridge share --by country",
    ):
        assert text in out


@pytest.mark.parametrize("form", ["csv", "md"])
def test_tables_have_a_line_a_claim(command, nothing, form):
    lines = command("claims", "check", *nothing, "--format", form)[1].splitlines()
    assert len(lines) == len(ledger()) + (2 if form == "md" else 1)


def test_a_table_for_machines_holds_the_command_of_the_nearest_thing(command, nothing):
    _, out = command("claims", "check", "longpre-cn-share", *nothing, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["nearest_command"].startswith("weighbridge share")
    assert row["needs"] == "evolution-study, model-pulse, hub-stats"


def test_list_asks_nothing_that_is_held(command, tmp_path):
    damaged = tmp_path / "file"
    damaged.write_text("no store")
    status, out = command("claims", "list", "--store", damaged, "--json")
    rows = json.loads(out)["rows"]
    assert status == 0
    assert {row["id"]: row["value"] for row in rows} == {claim.id: claim.value for claim in ledger().values()}
    assert all(row["source"] and row["evidence"] for row in rows)


def test_list_is_a_table_too(command, nothing):
    assert "October 2023, day not given" in command("claims", "list", *nothing)[1]


def test_python_gives_the_same_rows(command, nothing):
    rows = weighbridge.open(nothing[1]).claims("longpre-cn-share")["rows"]
    assert rows == json.loads(command("claims", "check", "longpre-cn-share", *nothing, "--json")[1])["rows"]
