"""The files for scheduled running are in their form, run nothing as root, and every command in them is a real one."""

from __future__ import annotations

import configparser
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from weighbridge.surfaces.cli.commands import load
from weighbridge.upkeep.ruling import packaged, rules_for

DOCS = Path(__file__).resolve().parents[2] / "docs"
FILES = DOCS / "running"
ENDS = {"&&", "||", ";", "|", ">", "case", "esac"}


def commands(text: str) -> Iterator[list[str]]:
    """The arguments of every `weighbridge ...` in some lines of shell."""
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        lexer = shlex.shlex(line.split("# ")[0], posix=True, punctuation_chars=";|&>")
        lexer.whitespace_split = True
        words = list(lexer)
        for at, word in enumerate(words):
            if Path(word).name == "weighbridge" and at + 1 < len(words):
                arguments = []
                for argument in words[at + 1 :]:
                    if set(argument) <= set(";|&>") or argument in ENDS:
                        break
                    arguments.append(argument)
                yield arguments


def parsed(arguments: list[str]) -> str:
    """The name of a command, after the parser that runs it has taken all its options."""
    name, *rest = arguments
    command = load(name)
    assert command is not None, f"there is no command {name}"
    command.make_context(name, rest, help_option_names=["-h", "--help"])  # as `weighbridge` has them
    return name


def text(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")


def unit(name: str) -> configparser.ConfigParser:
    """A unit file: sections, and keys as they are written; `Environment` may stand there twice."""
    found = configparser.ConfigParser(interpolation=None, strict=False, comment_prefixes=("#", ";"))
    found.optionxform = str
    found.read_string(text(name))
    return found


def instructions() -> list[tuple[str, str]]:
    lines = [line for line in text("Containerfile").splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_cron_runs_a_real_sync_and_a_real_watch_every_night():
    *_, line = text("crontab").strip().splitlines()
    minute, hour, *days = line.split()[:5]
    assert int(minute) in range(60)
    assert int(hour) in range(24)
    assert days == ["*", "*", "*"]
    assert [parsed(arguments) for arguments in commands(line)] == ["sync", "watch"]


def test_systemd_runs_a_real_sync_as_nobody_and_watches_though_a_source_is_down_or_changed():
    service = unit("weighbridge.service")
    assert set(service.sections()) == {"Unit", "Service", "Install"}
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["DynamicUser"] == "yes"
    assert service["Service"]["SuccessExitStatus"].split() == ["1", "4"]
    ran = [service["Service"][key] for key in ("ExecStart", "ExecStartPost")]
    assert all(line.startswith("/") for line in ran)
    assert [parsed(arguments) for line in ran for arguments in commands(line)] == ["sync", "watch"]


def test_the_timer_is_of_that_service_and_makes_up_for_a_night_that_was_missed():
    timer = unit("weighbridge.timer")
    assert set(timer.sections()) == {"Unit", "Timer", "Install"}
    assert timer["Timer"]["Persistent"] == "true"
    assert re.fullmatch(r"\*-\*-\* \d\d:\d\d:\d\d UTC", timer["Timer"]["OnCalendar"])
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_the_workflow_is_valid_reads_only_and_every_command_in_it_is_real():
    workflow = yaml.safe_load(text("workflow.yml"))
    on = workflow[True]  # YAML 1.1 reads `on` so, and so does every parser of it
    assert re.fullmatch(r"\d+ \d+ \* \* \*", on["schedule"][0]["cron"])
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["cancel-in-progress"] is False
    steps = workflow["jobs"]["sync"]["steps"]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    assert all(re.search(r"@v\d+$", step["uses"]) for step in steps if "uses" in step)
    ran = [parsed(arguments) for step in steps for arguments in commands(step.get("run", ""))]
    assert ran == ["sync", "watch"]


def test_the_workflow_tells_a_source_that_is_down_from_one_that_changed():
    (fetch,) = (step for step in yaml.safe_load(text("workflow.yml"))["jobs"]["sync"]["steps"] if step.get("id"))
    assert re.search(r"^\s*4\) echo \"::warning::", fetch["run"], re.MULTILINE)
    assert "*) exit $status" in fetch["run"]


def test_the_container_has_two_stages_of_one_pinned_base_and_leaves_the_build_behind():
    bases = [rest for word, rest in instructions() if word == "FROM"]
    assert [base.endswith(" AS build") for base in bases] == [True, False]
    assert len({base.split()[0] for base in bases}) == 1
    assert re.search(r":\d+\.\d+-slim-\w+$", bases[1])
    assert ("COPY", "--from=build /opt/weighbridge /opt/weighbridge") in instructions()


def test_the_container_runs_nothing_as_root_and_keeps_the_store_in_its_volume():
    last = len(instructions()) - 1 - [word for word, _ in reversed(instructions())].index("FROM")
    stage = dict(instructions()[last:])
    words = [word for word, _ in instructions()[last:]]
    assert stage["USER"].isdigit()
    assert int(stage["USER"]) > 0
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert not {"RUN", "COPY"} & set(words[words.index("USER") :])
    (volume,) = json.loads(stage["VOLUME"])
    assert f"WEIGHBRIDGE_STORE={volume}/" in stage["ENV"]


def test_the_container_runs_real_commands_and_its_health_check_is_one():
    said = dict(instructions())
    assert json.loads(said["ENTRYPOINT"]) == ["weighbridge"]
    assert parsed(json.loads(said["CMD"])) == "sync"
    check = json.loads(said["HEALTHCHECK"].split("CMD ")[1])
    assert check[0] == "weighbridge"
    assert parsed(check[1:]) == "doctor"


def test_what_the_container_copies_is_there():
    build = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    assert all((DOCS.parent / name).exists() for names in build for name in names)


def test_a_health_check_of_a_new_and_of_a_broken_store(command_status, tmp_path):
    check = json.loads(dict(instructions())["HEALTHCHECK"].split("CMD ")[1])[1:]
    assert command_status(*check, "--store", tmp_path / "new") == 0
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "store.json").write_text("{")
    assert command_status(*check, "--store", tmp_path / "broken") == 5


def test_the_rules_that_the_document_shows_are_valid_and_one_stands_in_the_place_of_ours():
    own = {rule.id: rule for rule in rules_for([FILES / "rules.toml"])}
    assert set(own) - set(packaged()) == {"qwen-and-llama", "renamed", "ollama-silent"}
    assert own["vanished"] != packaged()["vanished"]


@pytest.mark.parametrize("block", re.findall(r"```\w+\n(.*?)```", (DOCS / "running.md").read_text(), re.DOTALL))
def test_the_commands_that_the_document_shows_are_real(block):
    found = list(commands(block.replace("$ ", "")))
    assert found
    for arguments in found:
        assert parsed(arguments) in ("sync", "watch")


def test_every_file_is_named_in_the_document():
    named = set(re.findall(r"\(running/([\w.]+)\)", (DOCS / "running.md").read_text()))
    assert named == {path.name for path in FILES.iterdir()}
