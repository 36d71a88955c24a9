"""Spark is a guest: it says nothing, listens to nobody else, leaves nothing behind, and fails quickly and in words."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import making
from weighbridge import open as opened
from weighbridge.cubes.engines import spark
from weighbridge.errors import SourceFailed, UsageError
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.cli.main import main

AFTER = """
import json, os, sys
from pathlib import Path
from weighbridge import open as opened

print(opened(sys.argv[1]).share(engine="spark").engine)
everyone = [path.parent for path in Path("/proc").glob("[0-9]*/status") if path.exists()]
ours = [path for path in everyone if f"PPid:\\t{os.getpid()}\\n" in (path / "status").read_text()]
sockets = {path.readlink().name for process in ours for path in (process / "fd").iterdir() if path.is_symlink()}
lines = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
print(json.dumps([line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in sockets]))
print(json.dumps([process.name for process in ours]))
"""


@pytest.fixture(scope="session")
def held(tmp_path_factory):
    """A store of three models."""
    folder = tmp_path_factory.mktemp("held")
    rows = [{"id": f"{name}/m", "downloads": 10} for name in ("google", "Qwen", "nobody")]
    path = making.csv_file(folder / "hub.csv", rows)
    known = making.moment("2026-01-01")
    ingest(Store(folder / "store"), source("hub-dump"), path, at=making.moment("2024-07-11"), known=known)
    return folder / "store"


def run(folder, *arguments, code=("-m", "weighbridge"), **environment):
    """A process of its own, in a folder of its own."""
    return subprocess.run(
        [sys.executable, *code, *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONWARNINGS": "default", **environment},
    )  # fmt: skip


def test_spark_here_is_quiet_listens_here_only_and_ends_with_the_process(spark_here, held, tmp_path):
    work, temporary = tmp_path / "work", tmp_path / "temporary"
    work.mkdir()
    temporary.mkdir()
    if not Path("/proc/net/tcp").exists():
        pytest.skip("sockets are listed under /proc on Linux only")
    done = run(work, held, code=("-c", AFTER), TMPDIR=str(temporary))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    said, listening, processes = done.stdout.splitlines()
    assert said == "spark"
    addresses = {address.rsplit(":", 1)[0] for address in json.loads(listening)}
    assert addresses
    assert addresses <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
    assert len(json.loads(processes)) == 1
    assert not any(Path("/proc", number).exists() for number in json.loads(processes))
    assert list(work.iterdir()) == []
    assert [path.name for path in temporary.iterdir() if path.name.startswith("weighbridge")] == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"engine": "flink"}, "embedded, spark"),
        ({"spark_remote": "sc://localhost"}, "choose the engine spark"),
        ({"engine": "spark", "spark_remote": ""}, "sc://host:15002"),
        ({"engine": "spark", "spark_remote": "http://host"}, "sc://host:15002"),
        ({"engine": "spark", "spark_remote": "sc://host/path"}, "sc://host:15002"),
        ({"engine": "spark", "spark_remote": "sc://host:port"}, "sc://host:15002"),
    ],
)
def test_an_engine_or_address_that_is_none_is_wrong_usage(spark_here, held, asked, said):
    with pytest.raises(UsageError) as caught:
        opened(held).share(**asked)
    assert said in caught.value.hint


def test_a_dead_address_is_given_up_soon_and_in_two_lines(spark_here, held, monkeypatch, capsys):
    assert spark.PATIENCE <= 15
    monkeypatch.setattr(spark, "PATIENCE", 1.0)
    started = time.monotonic()
    with pytest.raises(SystemExit) as left:
        main(["share", "--store", str(held), "--engine", "spark", "--spark-remote", "sc://127.0.0.1:9"])
    assert time.monotonic() - started < 10
    assert left.value.code == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.split(":")[0].strip() for line in said.err.splitlines()] == ["error", "hint"]
    assert "nobody answers" in said.err


def test_a_server_that_is_no_spark_is_given_up_too(spark_here, held, monkeypatch):
    monkeypatch.setattr(spark, "PATIENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SourceFailed, match="nobody answers"):
        opened(held).share(engine="spark", spark_remote=f"sc://127.0.0.1:{silent.getsockname()[1]}")


def test_measures_that_spark_does_not_make_say_which_it_makes(held):
    with pytest.raises(UsageError, match="matrix is not made by the engine spark") as caught:
        opened(held).matrix(engine="spark")
    assert "concentration, share, top" in caught.value.hint


def test_without_java_the_answer_says_what_to_install(spark_here, held, tmp_path):
    done = run(tmp_path, "share", "--store", held, "--engine", "spark", PATH="/nowhere", JAVA_HOME="/nowhere")
    assert done.returncode == 2
    assert "Java 17" in done.stderr
    assert "Traceback" not in done.stderr
