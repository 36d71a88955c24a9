"""Spark in this machine and behind Spark Connect, each started once; without Java or pyspark these tests skip."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from weighbridge.cubes.engines import engine

JAVA = 17
PATIENCE = 120  # seconds for a server to start where everything else runs too


def lacking() -> str:
    """Why Spark cannot run here; empty where it can."""
    missing = [name for name in ("pyspark", "narwhals", "grpc") if importlib.util.find_spec(name) is None]
    java = java_version()
    if java < JAVA:
        missing.append(f"Java {JAVA} or later" + (f" (there is {java})" if java else ""))
    return f"Spark needs {' and '.join(missing)}" if missing else ""


def java_version() -> int:
    """Major version of Java; 0 where there is none."""
    java = shutil.which("java")
    if java is None:
        return 0
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else 0


@pytest.fixture(scope="session")
def spark_here():
    """Skips where Spark cannot run; where CI has Java, that is a failure."""
    reason = lacking()
    if reason and os.environ.get("CI") and java_version() >= JAVA:
        pytest.fail(f"CI has Java, and must test Spark: {reason}")
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def server(spark_here, tmp_path_factory):
    """Address of a Spark Connect server, which ends with the tests."""
    folder = tmp_path_factory.mktemp("server")
    home = Path(importlib.util.find_spec("pyspark").origin).parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": folder / "local",
        "spark.sql.shuffle.partitions": 2,
        "spark.ui.enabled": "false",
    }
    command = [home / "bin" / "spark-submit", "--master", "local[2]"]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    with (folder / "log").open("w") as log:
        started = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env=os.environ | {"SPARK_CONNECT_MODE": "0"}
        )
        try:
            _wait_for(port, started, folder / "log")
            yield f"sc://127.0.0.1:{port}"
        finally:
            started.terminate()
            started.wait(PATIENCE)


def _wait_for(port, started, log):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and started.poll() is None:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session", params=["in this machine", "by Spark Connect"])
def where(request, spark_here):
    """Options of a question that is answered by Spark."""
    remote = None if request.param == "in this machine" else request.getfixturevalue("server")
    return {"engine": "spark", "spark_remote": remote}


@pytest.fixture(scope="session")
def spark(where):
    """The engine."""
    return engine("spark", where["spark_remote"])
