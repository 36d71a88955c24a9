"""A published folder is there whole or not at all, and nothing of anybody else's is ever replaced."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.surfaces.site import draft
from weighbridge.surfaces.site.draft import BUILD, MADE_BY, check, drafted

KILLED = """
import os, sys
from pathlib import Path
from weighbridge.surfaces.site.draft import drafted
with drafted(Path(sys.argv[1])) as folder:
    (folder / "half").write_text("half")
    os._exit(9)
"""


def build(target: Path, text: str) -> None:
    """A small build."""
    with drafted(target) as folder:
        (folder / "pages").mkdir()
        (folder / "pages" / "index.html").write_text(text)
        document = {"made_by": MADE_BY, "files": {"pages/index.html": "0" * 64}}
        (folder / BUILD).write_text(json.dumps(document))


def shown(target: Path) -> str:
    return (target / "pages" / "index.html").read_text()


def beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "around"
    folder.mkdir()
    return folder / "public"


def test_a_folder_is_made_where_none_is_and_leaves_nothing_beside_it(target: Path):
    build(target, "one")
    assert shown(target) == "one"
    assert beside(target) == ["public"]


def test_an_empty_folder_and_an_earlier_build_are_replaced(target: Path):
    target.mkdir()
    build(target, "one")
    build(target, "two")
    assert shown(target) == "two"
    assert beside(target) == ["public"]


def test_an_earlier_build_is_replaced_where_two_folders_cannot_change_places(target: Path, monkeypatch):
    monkeypatch.setattr(draft, "_exchanged", lambda one, other: False)
    build(target, "one")
    build(target, "two")
    assert shown(target) == "two"
    assert beside(target) == ["public"]


def test_others_can_read_the_folder_as_they_can_any_other(target: Path):
    build(target, "one")
    target.with_name("ordinary").mkdir()
    assert target.stat().st_mode == target.with_name("ordinary").stat().st_mode


def test_a_failure_in_the_middle_leaves_the_earlier_build(target: Path):
    build(target, "one")
    with pytest.raises(ZeroDivisionError), drafted(target) as folder:
        (folder / "half").write_text(str(1 // 0))
    assert shown(target) == "one"
    assert beside(target) == ["public"]


def test_a_full_disk_is_said_and_leaves_the_earlier_build(target: Path):
    build(target, "one")
    with pytest.raises(SourceFailed) as caught, drafted(target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target / "big"))
    assert "No space left" in caught.value.message
    assert "as it was" in caught.value.hint
    assert shown(target) == "one"


def test_a_kill_leaves_the_earlier_build_and_the_next_build_clears_the_draft(target: Path):
    build(target, "one")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    assert killed.returncode == 9
    assert shown(target) == "one"
    assert len(beside(target)) == 2
    build(target, "two")
    assert shown(target) == "two"
    assert beside(target) == ["public"]


def test_a_build_that_a_kill_caught_between_two_places_is_put_back(target: Path):
    build(target, "one")
    target.rename(target.with_name(".public.0123abcd.old"))
    with pytest.raises(RuntimeError), drafted(target):
        raise RuntimeError
    assert shown(target) == "one"


def test_a_draft_of_a_process_that_is_alive_is_left_alone(target: Path):
    with drafted(target) as first:
        (first / "half").write_text("half")
        build(target, "two")
        assert (first / "half").exists()
        (first / BUILD).write_text(json.dumps({"made_by": MADE_BY, "files": {"half": "0" * 64}}))
    assert (target / "half").exists()


@pytest.mark.parametrize("name", ["CNAME", "pages/mine.html", ".git/config"])
def test_what_somebody_put_into_a_build_is_not_lost(target: Path, name: str):
    build(target, "one")
    mine = target / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(UsageError, match="no build wrote"):
        build(target, "two")
    assert mine.read_text() == "mine"
    assert shown(target) == "one"


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"made_by": "somebody", "files": {}}', "[" * 5000])
def test_a_folder_with_other_things_is_refused(target: Path, document: str):
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    (target / BUILD).write_text(document)
    with pytest.raises(UsageError, match="holds other things"):
        build(target, "one")
    assert (target / "thesis.txt").read_text() == "mine"


def test_links_are_not_followed(target: Path):
    elsewhere = target.with_name("elsewhere")
    elsewhere.mkdir()
    target.symlink_to(elsewhere)
    with pytest.raises(UsageError, match="symbolic link"):
        build(target, "one")
    target.unlink()
    build(target, "one")
    (elsewhere / "kept.txt").write_text("kept")
    (target / "link").symlink_to(elsewhere)
    with pytest.raises(UsageError, match="no build wrote: link"):
        build(target, "two")
    assert (elsewhere / "kept.txt").exists()


def test_a_file_and_a_place_without_a_folder_around_it_are_refused(target: Path):
    target.write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        check(target)
    with pytest.raises(UsageError, match=r"parent folder .*nowhere does not exist"):
        check(target.with_name("nowhere") / "public")
    with pytest.raises(UsageError, match="no place"):
        check(Path("/"))


def test_what_is_put_into_the_folder_while_it_is_made_refuses_the_swap(target: Path):
    build(target, "one")
    with pytest.raises(UsageError, match="no build wrote: CNAME"), drafted(target):
        (target / "CNAME").write_text("mine")
    assert (target / "CNAME").read_text() == "mine"
    assert shown(target) == "one"
    assert beside(target) == ["public"]


@pytest.mark.parametrize("exchanged", [True, False])
def test_what_is_put_there_at_the_last_moment_is_kept_and_named(target: Path, monkeypatch, exchanged: bool):
    build(target, "one")
    put, told = draft._put, []

    def late(folder: Path, place: Path, telling: draft.Telling) -> None:
        (place / "CNAME").write_text("mine")
        put(folder, place, telling)

    monkeypatch.setattr(draft, "_put", late)
    if not exchanged:
        monkeypatch.setattr(draft, "_exchanged", lambda one, other: False)
    with drafted(target, told.append) as folder:
        (folder / "index.html").write_text("two")
    assert (target / "index.html").read_text() == "two"
    (kept,) = [target.with_name(name) for name in beside(target) if name != "public"]
    assert (kept / "CNAME").read_text() == "mine"
    assert len(told) == 1
    assert str(kept) in told[0]
    assert "CNAME" in told[0]


def test_a_folder_that_becomes_a_link_while_it_is_made_leaves_no_draft(target: Path):
    elsewhere = target.with_name("elsewhere")
    elsewhere.mkdir()
    with pytest.raises(UsageError, match="symbolic link"), drafted(target):
        target.symlink_to(elsewhere)
    assert beside(target) == ["elsewhere", "public"]
    assert target.is_symlink()


def test_an_exchange_that_a_kill_cut_short_loses_nothing(target: Path):
    build(target, "one")
    (target / "CNAME").write_text("mine")
    target.rename(target.with_name(".public.0123abcd.draft"))
    told: list[str] = []
    with drafted(target, told.append) as folder:
        (folder / "index.html").write_text("two")
    (kept,) = [target.with_name(name) for name in beside(target) if name != "public"]
    assert (kept / "CNAME").read_text() == "mine"
    assert len(told) == 1
