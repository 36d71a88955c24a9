"""What every command keeps to: help, one JSON document, statuses, and nothing on the wrong stream."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys

import click
import pytest

from weighbridge.errors import KINDS
from weighbridge.surfaces.cli import commands
from weighbridge.surfaces.python import Observatory

STATUSES = {0, 1, 2, 3, 4, 5}
MODEL = "Qwen/Qwen2-7B"
NO_TABLE = {
    "ingest", "export-cube", "explain", "lineage", "register check", "quality", "crossover", "weigh", "history",
    "sync", "watch", "serve", "publish", "report",
}  # fmt: skip
# they print text around their tables, or have no rows here
SERVES = {"serve", "mcp", "publish"}
"""Commands that answer until they are stopped, or make a whole folder of pages; they have tests of their own."""
WRITES = "chart "
"""How the names of commands begin that write a file instead of a table."""
FEW_ROWS = {"derivatives": ("--by", "namespace"), "cadence": ("--least", "2", "--trailing", "100w")}
# what the small hub of the tests has rows for


def found(group_names=None, loaded=None, before=()):
    """All commands with their full names, down to the ones that do something."""
    for name in group_names or commands.names():
        context = click.Context(loaded) if loaded else None
        command = loaded.get_command(context, name) if loaded else commands.load(name)
        assert command is not None, f"the module {name} defines no command"
        if isinstance(command, click.Group):
            yield from found(command.list_commands(click.Context(command)), command, (*before, name))
        else:
            yield (*before, name), command


COMMANDS = {" ".join(names): command for names, command in found()}
every_command = pytest.mark.parametrize("name", COMMANDS)
every_command_that_ends = pytest.mark.parametrize("name", [name for name in COMMANDS if name not in SERVES])


def arguments_for(name, folder):
    """Arguments that a command cannot do without: existing choices, a path where nothing is, a model's name."""
    given = []
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Argument) and parameter.required:
            if isinstance(parameter.type, click.Choice):
                given.append(next(iter(parameter.type.choices)))
            else:
                given.append(str(folder / "given") if isinstance(parameter.type, click.Path) else MODEL)
        elif parameter.required:  # a file to write
            given += [parameter.opts[-1], str(folder / "given.svg")]
    return given


def having_rows(name, folder):
    return [*arguments_for(name, folder), *FEW_ROWS.get(name, ())]


def flags_of(name):
    return {option for parameter in COMMANDS[name].params for option in parameter.opts}


def assert_one_document(ran):
    document = json.loads(ran.out)
    assert ran.out.count("\n") == 1
    assert ran.out.endswith("\n")
    assert ran.status in STATUSES, document
    if ran.status >= 2:
        assert set(document) == {"error"}
        assert set(document["error"]) == {"kind", "message", "hint"}
        assert document["error"]["kind"] in KINDS
        assert document["error"]["kind"] != "internal"
        assert all(isinstance(text, str) for text in document["error"].values())
        assert document["error"]["message"]
        assert document["error"]["hint"]
    else:
        assert "error" not in document


def assert_no_traceback(ran):
    assert "Traceback" not in ran.out + ran.err
    assert "fault of the program" not in ran.out + ran.err


def test_the_commands_of_the_contract_exist():
    assert {
        "share", "top", "concentration", "ingest", "vintages", "sources", "measures", "definitions", "lineage",
        "explain", "register check", "doctor", "export-cube",
    } <= set(COMMANDS)  # fmt: skip


@every_command
def test_help_tells_usage_and_purpose(command, name):
    for flag in ("--help", "-h"):
        ran = command(*name.split(), flag)
        assert ran.status == 0
        assert ran.out.startswith(f"Usage: weighbridge {name} ")
        assert ran.err == ""
    assert (COMMANDS[name].help or "").strip()


def test_help_of_the_whole_names_every_command(command):
    ran = command("--help")
    assert ran.status == 0
    shown = {line.split()[0] for line in ran.out.partition("Commands:")[2].splitlines() if line.strip()}
    assert shown == set(commands.names())


def test_version_is_that_of_the_package(command):
    import weighbridge

    ran = command("--version")
    assert (ran.status, ran.out.strip()) == (0, f"weighbridge, version {weighbridge.__version__}")


@every_command
def test_every_command_takes_store_and_json(name):
    assert {"--store", "--json"} <= flags_of(name)


@every_command_that_ends
@pytest.mark.parametrize("where", ["store", "nothing", "folder with other things"])
def test_json_is_one_document_whatever_happens(command, name, where, hub_store, no_store, tmp_path):
    store = {"store": hub_store, "nothing": no_store}.get(where)
    if store is None:
        store = tmp_path / "other"
        store.mkdir()
        (store / "letter.txt").write_text("not a store")
    if name == "ingest" and where == "store":
        store = no_store
    ran = command(*name.split(), *arguments_for(name, tmp_path), "--store", store, "--json")
    assert_one_document(ran)
    assert_no_traceback(ran)


@every_command
def test_json_is_one_document_for_a_usage_error_too(command, name, tmp_path):
    faulty = [
        (*arguments_for(name, tmp_path), "--no-such-option"),
        (*arguments_for(name, tmp_path), "one", "argument", "too", "many"),
        (*arguments_for(name, tmp_path), "--format", "parchment"),
    ]
    if arguments_for(name, tmp_path):
        faulty.append(())
    for arguments in faulty:
        ran = command(*name.split(), *arguments, "--json")
        assert ran.status == 2
        assert ran.document["error"]["kind"] == "usage"
        assert_one_document(ran)
        assert ran.err == ""


@every_command
def test_failures_without_json_leave_standard_output_empty(command, name, tmp_path):
    ran = command(*name.split(), *arguments_for(name, tmp_path), "--no-such-option")
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert "\n  hint: " in ran.err


@every_command_that_ends
def test_text_says_no_more_than_errors_and_the_sample_on_standard_error(
    command, name, hub_store, no_store, tmp_path, sample_note
):
    for store in (hub_store, no_store):
        if name == "ingest":
            continue
        ran = command(*name.split(), *arguments_for(name, tmp_path), "--store", store)
        assert ran.status in STATUSES
        assert_no_traceback(ran)
        if ran.status >= 2:
            assert ran.out == ""
            assert "error: " in ran.err
            assert all(line.startswith((sample_note, "error: ", "  hint: ")) for line in ran.err.splitlines())
        else:
            assert ran.out
            assert all(line.startswith(sample_note) for line in ran.err.splitlines())


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NO_TABLE and not name.startswith(WRITES)])
def test_csv_is_a_table_and_nothing_else(command, name, hub_store, tmp_path):
    ran = command(*name.split(), *having_rows(name, tmp_path), "--store", hub_store, "--format", "csv")
    assert ran.status == 0, ran.err
    lines = list(csv.reader(io.StringIO(ran.out)))
    assert len(lines) > 1
    assert len({len(line) for line in lines}) == 1
    assert len(set(lines[0])) == len(lines[0]) > 1


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NO_TABLE and not name.startswith(WRITES)])
def test_markdown_holds_a_table(command, name, hub_store, tmp_path):
    ran = command(*name.split(), *having_rows(name, tmp_path), "--store", hub_store, "--format", "md")
    assert ran.status == 0, ran.err
    table = [line for line in ran.out.splitlines() if line.startswith("|")]
    assert set(table[1]) <= set("|-: ")
    bars = {line.replace("\\|", "").count("|") for line in table}
    assert len(bars) == 1
    assert len(table) > 2


def test_csv_of_an_empty_list_holds_no_row(command, no_store):
    ran = command("vintages", "list", "--store", no_store, "--format", "csv")
    assert ran.status == 0
    assert "(none)" not in ran.out


@pytest.mark.parametrize("name", ["sources", "measures", "definitions", "vintages"])
def test_lists_come_as_rows_with_id_and_title(command, name, hub_store):
    rows = command(name, "--store", hub_store, "--json").document["rows"]
    assert rows
    for row in rows:
        assert row["id"]
        assert row["title"]
        assert isinstance(row["id"], str)
        assert isinstance(row["title"], str)
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("arguments", "status", "kind"),
    [
        (("share",), 0, None),
        (("share", "--by", "postcode"), 2, "usage"),
        (("share", "--definition", "no-such-definition"), 2, "usage"),
        (("share", "--scope", "no-such-scope"), 2, "usage"),
        (("share", "--clean", "no-such-rule"), 2, "usage"),
        (("share", "--clean", "none", "--clean", "spike"), 2, "usage"),
        (("share", "--max-age", "0"), 2, "usage"),
        (("share", "--top", "0"), 2, "usage"),
        (("share", "--at", "2024-02-30"), 2, "usage"),
        (("share", "--as-of", "yesterday"), 2, "usage"),
        (("share", "--trailing", "52y"), 2, "usage"),
        (("share", "--at", "2024-07-11", "--trailing", "52w"), 2, "usage"),
        (("share", "--from", "2024-07-11", "--to", "2024-07-11"), 2, "usage"),
        (("share", "--over", "week"), 2, "usage"),
        (("share", "--register", "no-such-file.csv"), 2, "usage"),
        (("share", "--register", "no-such-register"), 3, "data-missing"),
        (("share", "--hub", "no-such-hub"), 3, "data-missing"),
        (("share", "--vintage", "no-such-vintage"), 3, "data-missing"),
        (("share", "--vintage", ""), 2, "usage"),
        (("share", "--register", ""), 2, "usage"),
        (("explain", MODEL, "--vintage", ""), 2, "usage"),
        (("lineage", MODEL, "--vintage", ""), 2, "usage"),
        (("lineage", MODEL, "--hub", ""), 2, "usage"),
        (("quality", "--vintage", ""), 2, "usage"),
        (("quality", "--hub", ""), 2, "usage"),
        (("quality", "--as-of", ""), 2, "usage"),
        (("share", "--top", "1000001"), 2, "usage"),
        (("stability", "--resamples", "99"), 2, "usage"),
        (("stability", "--resamples", "20001"), 2, "usage"),
        (("stability", "--seed", str(2**32)), 2, "usage"),
        (("crossover", "--stays", "1001", "--hub", "ollama"), 2, "usage"),
        (("share", "--as-of", "2001-01-01"), 3, "data-missing"),
        (("explain", "no/such-model"), 3, "data-missing"),
        (("lineage", "no/such-model"), 3, "data-missing"),
        (("ingest", "no-such-source", "file"), 2, "usage"),
        (("no-such-command",), 2, "usage"),
        (("vintages", "burn"), 2, "usage"),
        (("top", "flops"), 2, "usage"),
        (("concentration", "--of", "planets"), 2, "usage"),
    ],
)
def test_status_and_kind_tell_what_was_wrong(command, arguments, status, kind, hub_store):
    store = () if arguments[0] == "no-such-command" else ("--store", hub_store)
    ran = command(*arguments, *store, "--json")
    assert ran.status == status, ran.out
    assert ran.document.get("error", {}).get("kind") == kind
    assert_one_document(ran)


def test_a_span_of_superscript_digits_is_a_usage_error(command, hub_store):
    assert command("share", "--trailing", "²w", "--store", hub_store, "--json").status == 2


def test_a_usage_error_says_what_would_be_valid(command, hub_store):
    error = command("share", "--definition", "hous", "--store", hub_store, "--json").document["error"]
    assert "house" in error["hint"]
    assert "'hous'" in error["message"]


def test_an_interrupt_is_status_130_and_still_one_document(command, monkeypatch, hub_store):
    def interrupted(self, *arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(Observatory, "ask", interrupted)
    ran = command("share", "--store", hub_store, "--json")
    assert ran.status == 130
    assert ran.document["error"]["kind"] == "interrupted"


def test_a_fault_of_the_program_shows_no_traceback(command, monkeypatch, hub_store):
    def broken(self, *arguments, **options):
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(Observatory, "ask", broken)
    ran = command("share", "--store", hub_store)
    assert ran.status not in STATUSES | {130}
    assert ran.out == ""
    assert "Traceback" not in ran.err
    as_json = command("share", "--store", hub_store, "--json").document["error"]
    assert as_json["kind"] == "internal"


def test_the_store_of_the_environment_is_the_default(command, monkeypatch, hub_store):
    asked = command("vintages", "--store", hub_store, "--json").document
    monkeypatch.setenv("WEIGHBRIDGE_STORE", str(hub_store))
    assert command("vintages", "--json").document == asked
    assert asked["rows"]


def test_the_bare_command_shows_its_help(command):
    ran = command()
    assert ran.status == 2
    assert ran.err.startswith("Usage: weighbridge")
    assert ran.out == ""


def in_a_process(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "weighbridge", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"} | environment,
    )


def test_a_process_answers_as_the_function_does(command, hub_store):
    done = in_a_process("share", "--json", "--as-of", "2026-08-01", WEIGHBRIDGE_STORE=str(hub_store))
    assert done.returncode == 0
    assert done.stderr == ""
    assert json.loads(done.stdout) == command("share", "--as-of", "2026-08-01", "--store", hub_store, "--json").document


def test_a_process_ends_with_the_status_of_its_error(hub_store):
    done = in_a_process("share", "--hub", "no-such-hub", "--json", "--store", hub_store)
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["kind"] == "data-missing"
    assert done.stderr == ""
    assert in_a_process("share", "--by", "postcode").returncode == 2


def test_the_installed_script_is_the_same_command():
    script = shutil.which("weighbridge", path=os.path.dirname(sys.executable))  # noqa: PTH120
    if script is None:
        pytest.skip("the package is not installed beside this Python")
    done = subprocess.run([script, "--version"], capture_output=True, text=True)
    assert done.stdout == in_a_process("--version").stdout != ""


def test_a_reader_that_closes_the_pipe_is_no_finding(hub_store):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "weighbridge", "share", "--by", "model", "--json", "--store", str(hub_store)],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("arguments", [("measures", "--json"), ("lineage", "Qwen/Qwen2-7B-GGUF"), ("share", "--json")])
def test_a_stream_of_a_small_character_set_does_not_stop_an_answer(hub_store, tmp_path, arguments):
    environment = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    store = tmp_path / "none" if arguments[0] == "share" else hub_store
    by = ("--by", "organisation") if arguments[0] == "share" else ()
    done = in_a_process(*arguments, *by, "--store", store, **environment)
    assert done.returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")  # noqa: PTH110
@pytest.mark.parametrize(
    "form",
    [
        "--json",
        "--format=text",
    ],
)
def test_a_full_disk_shows_no_traceback(hub_store, form):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "weighbridge", "share", form, "--store", str(hub_store)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
