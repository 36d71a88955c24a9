"""A server under load: `python -m bench.load [--store PATH] [--rate 20] [--seconds 30] [--json]`.

Starts `weighbridge serve` on a store in a process of its own, waits until it has made what its menus offer, and asks at
a fixed rate, whether or not the answers before have come: charts of all measures by all their dimensions under all
named definitions, in four forms, pages, and some questions that nobody can have made ahead. A request's time runs from
the moment in which it should have been sent. Loopback only.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from weighbridge.definitions.named import definitions
from weighbridge.measures import Comparison, measures

HOST = "127.0.0.1"
FORMS = ("json", "csv", "vl.json", "svg")
PAGES = ("", "explore/", "definitions/", "compare/", "claims/", "quality/", "methods/", "data/", "search/")
MENUS = ("by", "of", "show")
PAGE_PART, OTHER_PART = 0.15, 0.05
"""Part of pages among the requests, and of questions that were not made ahead."""
CLIENTS = 128
RATE_MOST, SECONDS_MOST = 200.0, 600.0
ANSWER_SECONDS = 60.0
FIRST, AGAIN, OTHER, ALL = "first time", "again", "not made ahead", "all"


@dataclass(frozen=True)
class Request:
    """An address, and whether the server can have made it ahead."""

    path: str
    ahead: bool = True


@dataclass(frozen=True)
class Timed:
    """What became of a request.

    Attributes:
        kind: first time, again, or not made ahead.
        path: what was asked.
        seconds: from the moment in which it was due.
        status: of HTTP; 0: no answer.
    """

    kind: str
    path: str
    seconds: float
    status: int

    @property
    def failed(self) -> bool:
        """Whether the server had no answer; that a store holds no answer to a question is one."""
        return self.status == 0 or self.status >= 500


def questions() -> list[dict[str, str]]:
    """What the menus offer: each measure with each choice, under each definition where it takes one."""
    found = []
    for measure in measures().values():
        chosen: list[dict[str, str]] = [{}]
        chosen += [{o.name: c} for o in measure.options if o.name in MENUS for c in o.choices or () if c != o.default]
        named = [""] if isinstance(measure, Comparison) else [name for name in definitions() if name != "house"] + [""]
        found += [
            {"measure": measure.id} | own | ({"definition": name} if name else {}) for own in chosen for name in named
        ]
    return found


def requests(count: int, seed: int, pages: Sequence[str]) -> list[Request]:
    """Random requests, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311, no secret hangs on it
    offered, found = questions(), []
    for _ in range(count):
        draw = chance.random()
        if draw < PAGE_PART / 2:
            found.append(Request(f"/{chance.choice(pages)}"))
            continue
        asked = dict(chance.choice(offered))
        if draw < PAGE_PART:
            explored = urlencode(
                {name: value for name, value in asked.items() if (name, value) != ("measure", "share")}
            )
            found.append(Request(f"/explore/{'?' if explored else ''}{explored}"))
            continue
        other = draw < PAGE_PART + OTHER_PART
        if other:
            asked |= {"max-age": str(chance.randrange(30, 3_000))}
        measure = asked.pop("measure")
        query = urlencode(asked)
        found.append(Request(f"/charts/{measure}.{chance.choice(FORMS)}{'?' if query else ''}{query}", not other))
    return found


def run(address: tuple[str, int], asked: Sequence[Request], rate: float) -> list[Timed]:
    """Send requests at a rate, by several clients; each is sent when it is due, or as soon as a client is free."""
    begun, turn, lock = time.perf_counter() + 0.5, iter(range(len(asked))), threading.Lock()
    seen: set[str] = set()
    done: list[Timed] = []

    def client() -> None:
        line = http.client.HTTPConnection(*address, timeout=ANSWER_SECONDS)
        while True:
            with lock:
                at = next(turn, None)
                if at is None:
                    return
                request = asked[at]
                kind = OTHER if not request.ahead else AGAIN if request.path in seen else FIRST
                seen.add(request.path)
            due = begun + at / rate
            time.sleep(max(due - time.perf_counter(), 0.0))
            status = _ask(line, request.path)
            timed = Timed(kind, request.path, time.perf_counter() - due, status)
            with lock:
                done.append(timed)

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return done


def _ask(line: http.client.HTTPConnection, path: str) -> int:
    """The status of an answer that was read whole; 0 if none came.

    A server closes a line that was silent for some seconds, which shows only when it is used; then a new one is taken,
    as browsers do.
    """
    for again in (True, False):
        try:
            line.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = line.getresponse()
            body = answer.read()
            if answer.headers.get("Content-Encoding") == "gzip":
                gzip.decompress(body)
            return answer.status
        except (ConnectionError, http.client.RemoteDisconnected):
            line.close()
            if not again:
                return 0
        except (OSError, http.client.HTTPException):
            line.close()
            return 0
    return 0


def figures(done: Sequence[Timed]) -> dict[str, dict[str, float]]:
    """Count, percentiles in milliseconds and part of failures, by kind of request."""
    found = {}
    for kind in (ALL, FIRST, AGAIN, OTHER):
        some = [timed for timed in done if kind in (ALL, timed.kind)]
        if some:
            times = sorted(timed.seconds for timed in some)
            found[kind] = {
                "requests": len(some),
                **{f"p{part}_ms": 1000 * times[min(len(times) * part // 100, len(times) - 1)] for part in (50, 95, 99)},
                "failed": sum(timed.failed for timed in some) / len(some),
                "refused": sum(400 <= timed.status < 500 for timed in some) / len(some),
            }
    return found


@contextmanager
def server(store: Path | None) -> Iterator[tuple[str, int]]:
    """A server in a process of its own, at a free port of the loopback."""
    words = [sys.executable, "-m", "weighbridge", "serve", "--host", HOST, "--port", "0", "--json"]
    words += ["--store", str(store)] if store else []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise SystemExit("the server did not start")
            yield HOST, int(json.loads(line)["address"].rstrip("/").rpartition(":")[2])
        finally:
            process.terminate()


def wait(address: tuple[str, int], most: float) -> dict[str, Any]:
    """Wait until the server has made what its menus offer, but so many seconds at most; how far it is then."""
    end = time.monotonic() + most
    while True:
        line = http.client.HTTPConnection(*address, timeout=ANSWER_SECONDS)
        line.request("GET", "/healthz")
        told: dict[str, Any] = json.loads(line.getresponse().read())
        line.close()
        if told["all_warmed"] or time.monotonic() > end:
            return told
        time.sleep(0.5)


def there(address: tuple[str, int]) -> list[str]:
    """Pages that the server has."""
    line = http.client.HTTPConnection(*address, timeout=ANSWER_SECONDS)
    found = [page for page in PAGES if _ask(line, f"/{page}") == http.HTTPStatus.OK]
    line.close()
    return found


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--store", type=Path, help="folder of the store, or a cube file")
    asked.add_argument("--rate", type=float, default=20.0, help="requests a second")
    asked.add_argument("--seconds", type=float, default=30.0, help="for how long")
    asked.add_argument("--warm", type=float, default=900.0, help="wait so many seconds at most for the server to warm")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--slowest", type=int, default=0, help="name so many of the slowest requests")
    asked.add_argument("--json", action="store_true", help="print one JSON document")
    options = asked.parse_args()
    rate, seconds = min(options.rate, RATE_MOST), min(options.seconds, SECONDS_MOST)
    with server(options.store) as address:
        begun = time.perf_counter()
        state = wait(address, options.warm)
        warming = time.perf_counter() - begun
        done = run(address, requests(int(rate * seconds), options.seed, there(address)), rate)
    found = {"rate": rate, "seconds": seconds, "warming_seconds": warming, "made_ahead": state["made_ahead"],
             "all_warmed": state["all_warmed"], "figures": figures(done)}  # fmt: skip
    if options.json:
        print(json.dumps(found, indent=1))
        return
    made = f"{state['made_ahead']:,} bodies made ahead in {warming:.0f} s{'' if state['all_warmed'] else ' (not all)'}"
    print(f"{rate:g} requests a second for {seconds:g} s; {made}")
    for kind, row in found["figures"].items():
        times = "  ".join(f"p{part} {row[f'p{part}_ms']:8.1f} ms" for part in (50, 95, 99))
        print(f"{kind:>15} {row['requests']:6d}  {times}  failed {row['failed']:.1%}  refused {row['refused']:.1%}")
    for timed in sorted(done, key=lambda timed: -timed.seconds)[: options.slowest]:
        print(f"  {1000 * timed.seconds:8.1f} ms  {timed.status}  {timed.kind:>15}  {timed.path}")


if __name__ == "__main__":
    main()
