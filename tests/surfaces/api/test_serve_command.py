"""`weighbridge serve`, in a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

MAIN = (
    "import signal; from weighbridge.surfaces.cli.main import main\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # what runs in the background may ignore it
    "main()"
)
SERVE = (sys.executable, "-c", MAIN, "serve", "--ahead", "nothing")


@contextmanager
def serving(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([*SERVE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are told otherwise there")
def test_the_server_tells_its_address_answers_and_stops_in_order(small):
    with serving("--store", str(small.path), "--port", "0", "--json") as process:
        address = json.loads(process.stdout.readline())["address"]
        with urllib.request.urlopen(f"{address}charts/share.json") as answer:  # noqa: S310, our own address
            assert json.load(answer)["measure"] == "share"
            assert "server" not in {name.lower() for name in answer.headers}
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=30)
    assert (process.returncode, rest, said) == (130, "", "")


def test_the_public_address_is_that_of_links_whatever_host_is_asked_for(small):
    given = ("--store", str(small.path), "--port", "0", "--json", "--base-url", "https://weigh.example/models/")
    with serving(*given) as process:
        address = json.loads(process.stdout.readline())["address"]
        asked = urllib.request.Request(f"{address}explore/", headers={"Host": "evil.example"})  # noqa: S310, our own
        with urllib.request.urlopen(asked) as answer:  # noqa: S310, our own address
            text = answer.read().decode()
    assert '<link rel="canonical" href="https://weigh.example/models/explore/">' in text
    assert "evil.example" not in text


def test_a_public_address_that_is_none_is_refused(small):
    arguments = ("--store", str(small.path), "--port", "0", "--base-url", "weigh.example")
    done = subprocess.run([*SERVE, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "https://" in done.stderr


def test_an_answered_connection_that_asks_nothing_more_is_closed(small):
    with serving("--store", str(small.path), "--port", "0", "--json") as process:
        port = int(json.loads(process.stdout.readline())["address"].rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=30) as open_:
            open_.sendall(b"GET http://evil.example/explore/ HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            told = b""
            while more := open_.recv(65_536):
                told += more
    assert told.startswith(b"HTTP/1.1 404 ")
    assert b'"kind":"not-found"' in told


def test_a_port_that_is_taken_is_refused(small):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        arguments = ("--store", str(small.path), "--port", str(taken.getsockname()[1]), "--json")
        done = subprocess.run([*SERVE, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    told = json.loads(done.stdout)["error"]
    assert told["kind"] == "usage"
    assert "--port" in told["hint"]


def test_an_address_that_is_not_of_this_machine_is_refused(small):
    done = subprocess.run([*SERVE, "--store", str(small.path), "--host", "192.0.2.1"], capture_output=True, text=True,
                          timeout=60)  # fmt: skip
    assert done.returncode == 2
    assert "192.0.2.1" in done.stderr


def test_without_the_extra_the_command_says_how_to_install_it(small, monkeypatch, capsys):
    from weighbridge.surfaces.cli.main import main

    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(SystemExit) as left:
        main(["serve", "--store", str(small.path), "--json"])
    told = json.loads(capsys.readouterr().out)["error"]
    assert (left.value.code, told["kind"]) == (3, "data-missing")
    assert "pip install 'weighbridge[serve]'" in told["hint"]


@pytest.mark.parametrize(("host", "public"), [
    ("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("::", True), ("my.name", True),  # noqa: S104, not listened at
])  # fmt: skip
def test_an_address_that_others_reach_is_known(host, public):
    from weighbridge.surfaces.cli.commands.serve import _public

    assert _public(host) is public
