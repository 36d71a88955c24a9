"""`weighbridge sync`: what a script can tell from status, document and standard error."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from made_sources import Made, ids, rows
from made_sources import registered as registered
from weighbridge.errors import SchemaChanged, SourceFailed
from weighbridge.store.home import Store
from weighbridge.surfaces.cli.commands import load

DOWN = SourceFailed("the hub does not answer", "try again later")
OTHER_FORM = SchemaChanged("there is no column of downloads", "it has: id")


@pytest.fixture
def sync(command, tmp_path):
    return lambda *arguments: command("sync", *arguments, "--store", tmp_path / "store")


def test_all_prints_one_document_and_one_summary_line(sync, registered, tmp_path):
    registered(Made("a", [rows(1, 2)]), Made("b", [DOWN]))
    ran = sync("--all", "--json")
    assert ran.status == 4
    assert ids(ran.document["rows"]) == [("a", "new"), ("b", "source-down")]
    assert ran.document["rows"][1]["error"] == {"kind": "source-failed", "message": DOWN.message, "hint": DOWN.hint}
    assert ran.err.splitlines()[-1] == "sync: 1 new, 1 source down"
    assert [v.id for v in Store(tmp_path / "store").vintages()] == ran.document["rows"][0]["vintages"]


@pytest.mark.parametrize(
    ("step", "status", "kind"),
    [(DOWN, 4, "source-failed"), (OTHER_FORM, 1, "schema-changed"), (TypeError("a fault"), 70, "internal")],
)
def test_the_only_named_source_that_fails_is_an_error_document(sync, registered, step, status, kind):
    registered(Made("a", [step]))
    ran = sync("a", "--json")
    assert ran.status == status
    assert set(ran.document["error"]) == {"kind", "message", "hint"}
    assert ran.document["error"]["kind"] == kind


@pytest.mark.parametrize(("step", "status"), [(rows(1), "new"), ([], "nothing-new")])
def test_a_named_source_that_answers_is_a_row(sync, registered, step, status):
    registered(Made("a", [step]))
    ran = sync("a", "--json")
    assert ran.status == 0
    assert ids(ran.document["rows"]) == [("a", status)]


def test_a_fresh_source_is_not_asked(sync, registered):
    made = registered(Made("a", [[], rows(1)]))["a"]
    sync("a")
    ran = sync("a", "--if-older-than", "1d", "--json")
    assert (ran.status, ids(ran.document["rows"])) == (0, [("a", "fresh")])
    assert len(made.asked) == 1


def test_options_reach_the_source(sync, registered):
    made = registered(Made("a", [[]], choices=("since", "days", "top", "revision")))["a"]
    assert sync("a", "--from", "2024-07-01", "--to", "2024-07-08", "--top", "7", "--since", "2024-06-01").status == 0
    asked = made.asked[0]
    assert asked.days[1] - asked.days[0] == 7
    assert (asked.top, asked.since.year, asked.revision) == (7, 2024, None)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("a", "--all"),
        ("--all", "--top", "5"),
        ("--all", "--since", "2024-07-01"),
        ("a", "--top", "5"),
        ("a", "--if-older-than", "soon"),
        ("hub-dump",),
        ("nothing-of-this-name",),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_is_fetched(sync, registered, arguments):
    made = registered(Made("a", [rows(1)]))["a"]
    ran = sync(*arguments, "--json")
    assert ran.status == 2
    assert ran.document["error"]["kind"] == "usage"
    assert ran.document["error"]["hint"]
    assert not made.asked


def test_a_cube_takes_no_data_in(command, registered, tmp_path):
    registered(Made("a", [rows(1)]))
    (tmp_path / "x.cube").write_bytes(b"")
    assert command("sync", "a", "--store", tmp_path / "x.cube").status == 2


def test_untrusted_words_of_a_source_cannot_steer_a_terminal(sync, registered):
    registered(Made("a", [SourceFailed("bad \x1b[31m name\nsync: 1 new")]), Made("b", []))
    ran = sync("--all")
    assert "\x1b" not in ran.err + ran.out
    assert [line for line in ran.out.splitlines() if line.startswith("sync:")] == ["sync: 1 nothing new, 1 source down"]


def test_tables_come_as_csv_too(sync, registered):
    registered(Made("a", [rows(1)]))
    ran = sync("a", "--format", "csv")
    assert ran.out.splitlines()[0].startswith("source,status,vintages,models")


def test_no_signal_handler_stays_behind(sync, registered):
    registered(Made("a", [rows(1)]))
    before = signal.getsignal(signal.SIGTERM)
    sync("a")
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_sync_is_interrupted_and_keeps_what_landed(tmp_path, number):
    store = tmp_path / "store"
    script = (
        "import made_sources, signal, sys\n"
        "from pathlib import Path\n"
        "from weighbridge import sources\n"
        "from weighbridge.surfaces.cli.main import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # what runs in the background may ignore it
        "def slow(landing, asked):\n"
        "    (landing.folder / 'page').write_text('landed')\n"
        "    print('landed', file=sys.stderr, flush=True)\n"
        "    import time; time.sleep(30)\n"
        "    yield\n"
        "sources.registered = lambda package, attribute: {'a': made_sources.Made('a', [slow])}\n"
        f"main(['sync', 'a', '--json', '--store', {str(store)!r}])\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stderr.readline() == "landed\n"
    began = time.monotonic()
    child.send_signal(number)
    out, _ = child.communicate(timeout=20)
    assert time.monotonic() - began < 10
    assert child.returncode == 130
    assert json.loads(out)["error"]["kind"] == "interrupted"
    assert (store / "landing" / "a" / "page").read_text() == "landed"


def test_the_help_names_the_statuses():
    assert "4 a source is down" in load("sync").help
