"""`weighbridge publish` writes the folder, says what it wrote, and refuses what would lose or mislead."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from invented import KINDS

from weighbridge.surfaces.cli.main import main
from weighbridge.surfaces.site import publishing


class Ran(NamedTuple):
    """What a run left."""

    status: int
    out: str
    err: str


@pytest.fixture
def command(monkeypatch, capsys, small_store: Path) -> Callable[..., Ran]:
    """Runs the command on the small hub with the invented pages."""
    monkeypatch.setattr(publishing, "pages", lambda: KINDS)

    def run(*arguments: object, store: Path = small_store) -> Ran:
        with pytest.raises(SystemExit) as left:
            main(["publish", *map(str, arguments), "--store", str(store)])
        told = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, told.out, told.err)

    return run


def test_the_command_writes_the_folder_and_says_what_is_in_it(command, tmp_path: Path):
    ran = command(tmp_path / "site", "--json")
    assert ran.status == 0, ran.err
    said = json.loads(ran.out)
    files = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert said["files"] == len(files)
    assert said["bytes"] == sum(path.stat().st_size for path in files)
    assert said["pages"] == sum(path.name == "index.html" for path in files)
    assert said["as_of"] == "2024-07-12T00:00:00Z"


def test_people_are_told_why_there_is_no_sitemap(command, tmp_path: Path):
    ran = command(tmp_path / "site")
    assert "sitemap" in ran.err
    assert "pages" in ran.out
    assert "sitemap" not in command(tmp_path / "site", "--base-url", "https://example.org").err


def test_a_folder_with_other_things_is_wrong_usage(command, tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("mine")
    ran = command(tmp_path, "--json")
    assert ran.status == 2
    assert json.loads(ran.out)["error"]["kind"] == "usage"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_missing_parent_folder_is_named(command, tmp_path: Path):
    ran = command(tmp_path / "nodir" / "site", "--json")
    assert ran.status == 2
    error = json.loads(ran.out)["error"]
    assert error["message"].endswith("nodir does not exist")
    assert error["hint"] == "make it first"


def test_pages_that_cannot_be_made_are_named_and_the_rest_is_written(command, tmp_path: Path):
    ran = command(tmp_path / "site", "--json")
    assert ran.status == 0
    (note,) = [note for note in json.loads(ran.out)["notes"] if "cannot be made" in note]
    assert note.startswith("explore/share--hub-ollama/index.html ")


def test_the_path_is_shown_as_plain_text(command, tmp_path: Path):
    ran = command(tmp_path / "odd\x1b[2J")
    assert ran.status == 0
    assert "\x1b" not in ran.out


def test_an_odd_address_is_wrong_usage_before_anything_is_opened(command, tmp_path: Path):
    ran = command(tmp_path / "site", "--base-url", "example.org", store=tmp_path / "thesis.txt")
    assert ran.status == 2
    assert "no address" in ran.err


def test_the_sample_says_that_it_answers(command, tmp_path: Path):
    ran = command(tmp_path / "site", store=tmp_path / "nothing")
    assert ran.status == 0, ran.err
    assert "sample" in ran.err
    assert str(tmp_path) not in (tmp_path / "site" / "build.json").read_text(encoding="utf-8")
