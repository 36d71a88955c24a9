"""`weighbridge watch`: statuses, documents, and nothing that a stranger's name could do."""

from __future__ import annotations

import base64

import pytest

import making
from weighbridge.surfaces.cli.commands import load

HUB = [{"id": f"google/m{n}", "downloads": 5000 - n, "license": "mit"} for n in range(4)]
HOSTILE = "google/\x1b[31mred<b>|`x`"


@pytest.fixture
def watch(command, tmp_path):
    return lambda *arguments: command("watch", *arguments, "--store", tmp_path / "store")


@pytest.fixture
def read(command, tmp_path):
    def ingest(rows, at):
        path = making.csv_file(tmp_path / f"{at}.csv", rows)
        arguments = ("ingest", "hub-dump", path, "--at", at, "--known", at, "--store", tmp_path / "store")
        assert command(*arguments).status == 0

    return ingest


@pytest.fixture
def changed(watch, read):
    """A watched store, and a reading since in which a model vanished."""
    read(HUB, "2024-07-11")
    assert watch().status == 0
    read(HUB[:3], "2024-08-10")


def test_alerts_are_a_status_and_a_document(watch, changed):
    ran = watch("--json")
    assert ran.status == 1
    assert [(row["rule"], row["model"]) for row in ran.document["rows"]] == [("vanished", "google/m3")]
    assert set(ran.document) == {"rows", "rules", "outlets", "notes"}
    again = watch("--json")
    assert again.status == 0
    assert again.document["rows"] == []


def test_for_cron_alerts_are_no_failure(watch, changed):
    ran = watch("--exit-zero")
    assert ran.status == 0
    assert "google/m3" in ran.out


def test_the_first_watch_says_where_it_begins(watch, read):
    read(HUB, "2024-07-11")
    ran = watch()
    assert ran.status == 0
    assert "Watching begins here" in " ".join(ran.out.split())
    assert ran.out.startswith("(none)\n")
    assert ran.err == ""


def test_a_feed_is_written(watch, changed, tmp_path):
    assert watch("--feed", tmp_path / "alerts.atom").status == 1
    assert "google/m3" in (tmp_path / "alerts.atom").read_text()


def test_a_webhook_that_nobody_takes_is_status_4_and_the_alerts_are_shown(watch, changed, monkeypatch):
    monkeypatch.setenv("WEIGHBRIDGE_WEBHOOK_SECRET", "whsec_" + base64.b64encode(b"k" * 32).decode())
    ran = watch("--webhook", "http://127.0.0.1:9/hidden", "--json")
    assert ran.status == 4
    assert len(ran.document["rows"]) == 1
    assert ran.document["outlets"][0]["error"]["kind"] == "source-failed"
    assert "hidden" not in ran.out + ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--webhook", "http://example.org"),
        ("--webhook", "https://example.org"),
        ("--rule", "nothing-such"),
        ("--feed", "/no/such/folder/x.atom"),
        ("--since", "lately"),
        ("--entries", "0"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_told(watch, changed, monkeypatch, arguments):
    monkeypatch.delenv("WEIGHBRIDGE_WEBHOOK_SECRET", raising=False)
    ran = watch(*arguments, "--json")
    assert ran.status == 2
    assert ran.document["error"]["kind"] == "usage"
    assert watch().status == 1, "nothing was taken as told"


def test_a_store_that_holds_nothing_is_data_missing_and_the_sample_does_not_answer(watch):
    ran = watch("--json")
    assert ran.status == 3
    assert ran.document["error"]["kind"] == "data-missing"


def test_rules_of_ones_own_are_followed(watch, changed, tmp_path):
    own = 'id = "mine"\ntitle = "Gone"\nkind = "event"\n[of]\nevent = "vanished"\n'
    (tmp_path / "mine.toml").write_text(own)
    ran = watch("--rules", tmp_path / "mine.toml", "--since", "2024-07-20", "--rule", "mine", "--json")
    assert [row["title"] for row in ran.document["rows"]] == ["Gone"]


def test_rules_are_listed_without_a_store(watch):
    ran = watch("--list", "--json")
    assert ran.status == 0
    assert {"stale", "impostor"} <= {row["id"] for row in ran.document["rows"]}


@pytest.mark.parametrize("form", ["text", "csv", "md"])
def test_hostile_names_are_shown_without_effect(watch, read, form):
    read([*HUB, {"id": HOSTILE, "downloads": 4000}], "2024-07-11")
    watch()
    read(HUB, "2024-08-10")
    ran = watch("--format", form)
    assert "\x1b" not in ran.out + ran.err
    if form == "md":
        assert "<b>" not in ran.out


def test_the_help_names_the_statuses():
    assert "1 there are alerts" in load("watch").help
