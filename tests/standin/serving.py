"""A site on a port of this machine: uvicorn in a thread, what was asked of it, and how an answer goes out."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .messages import Asked, Reply, Site
from .plan import Fault, Plan

MIDDAY = timedelta(hours=12)
STARTED_WITHIN = 20.0
"""Seconds after which a server that does not listen is given up."""


@dataclass(frozen=True)
class Seen:
    """A request that was met."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """By name in lower case."""
    port: int
    at: float
    """Seconds on the machine's steady clock when it came."""
    status: int
    """0 if the connection was closed without an answer."""
    faults: tuple[str, ...]
    """Names of the faults that harmed it."""

    @property
    def line(self) -> str:
        """`METHOD /path?query`."""
        return f"{self.method} {self.target}"

    @property
    def token(self) -> str | None:
        """The bearer token it carried."""
        return Asked("", "", headers=self.headers).token


class Running:
    """A site that answers at `url`.

    What was asked of it is in `seen`; its `day`, its faults and whatever the `site` holds may be changed while it runs.
    """

    def __init__(
        self,
        site: Site,
        day: str | None = None,
        faults: tuple[Fault, ...] = (),
        seed: int = 0,
        ports: tuple[int, ...] = (0,),
    ) -> None:
        self.site, self.day, self.seed, self.ports = site, day, seed, list(ports)
        self.seen: list[Seen] = []
        self.mistakes: list[Exception] = []
        self.plan = Plan(site, faults, seed)
        if hasattr(site, "clock"):
            site.clock = self.now
        self._wires: dict[Any, asyncio.Transport] = {}
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def urls(self) -> list[str]:
        """All addresses; a second one stands for another host."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def harm(self, *faults: Fault) -> None:
        """Have these faults, and no others, from now on."""
        self.plan = Plan(self.site, faults, self.seed)

    def heal(self) -> None:
        """Have no faults from now on."""
        self.harm()

    def asked(self, pattern: str = "") -> list[Seen]:
        """The requests whose `METHOD /path?query` an expression finds, in order."""
        return [one for one in self.seen if re.search(pattern, one.line)]

    def forget(self) -> None:
        """Forget what was asked."""
        self.seen.clear()

    def now(self) -> datetime:
        """The hub's clock: midday of `day`, the very moment if `day` has a time, or the real time without a `day`."""
        if self.day is None:
            return datetime.now(UTC)
        moment = datetime.fromisoformat(self.day).replace(tzinfo=UTC)
        return moment if "T" in self.day else moment + MIDDAY

    # ---- listening

    def up(self) -> None:
        """Listen, in a thread; at the ports it had if it listened before."""
        sockets = self._listen()
        self._server = uvicorn.Server(self._configuration())
        self._thread = threading.Thread(target=self._server.run, args=(sockets,), daemon=True)
        self._thread.start()
        until = time.monotonic() + STARTED_WITHIN
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.005)

    def down(self) -> None:
        """Listen no more: connections are refused until `up`."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(10)
        self._server = self._thread = None

    @contextmanager
    def running(self) -> Iterator[Running]:
        """Listen as long as the block lasts. Raises what went wrong in the stand-in itself."""
        self.up()
        try:
            yield self
        finally:
            self.down()
            if self.mistakes:
                raise self.mistakes[0]

    def run(self) -> None:
        """Listen in this thread until a signal ends the process; the address is printed first."""
        sockets = self._listen()
        print(self.url, flush=True)
        uvicorn.Server(self._configuration()).run(sockets)

    def _listen(self) -> list[socket.socket]:
        sockets = []
        for place, port in enumerate(self.ports):
            listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", port))
            listening.listen()  # from here on a connection waits instead of being refused
            self.ports[place] = listening.getsockname()[1]
            sockets.append(listening)
        return sockets

    def _configuration(self) -> uvicorn.Config:
        wires = self._wires

        class Wired(H11Protocol):
            """The protocol of uvicorn, which lets go of its transports so that they can be cut."""

            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                wires[self.server, self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                wires.pop((self.server, self.client), None)
                super().connection_lost(exc)

        return uvicorn.Config(
            self._app,
            interface="asgi3",
            http=Wired,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            date_header=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )

    # ---- answering

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._met(scope, receive, send)
        except Exception as error:  # a mistake of the stand-in must not look like a fault; it is raised at the end
            self.mistakes.append(error)
            raise

    async def _met(self, scope: Any, receive: Any, send: Any) -> None:
        came = time.monotonic()
        asked = await _read(scope, receive)
        reply, struck = self.plan.harm(asked, self.site.answer(asked))
        status = 0 if reply.dropped else reply.status
        self.seen.append(Seen(asked.method, asked.target, asked.headers, asked.port, came, status, struck))
        if reply.delay:
            await asyncio.sleep(reply.delay)
        wire = self._wires.get((tuple(scope["server"]), tuple(scope["client"])))
        if reply.dropped:
            await _close(wire, receive)
            return
        await self._answer(asked, reply.written(), send, wire, receive)

    async def _answer(
        self, asked: Asked, reply: Reply, send: Any, wire: asyncio.Transport | None, receive: Any
    ) -> None:
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers]
        if date := self._date(reply):
            headers.append((b"date", date.encode()))
        if not reply.unsized and not reply.header("Content-Length"):
            headers.append((b"content-length", str(reply.size).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        if asked.method != "HEAD":
            left = reply.size if reply.cut is None else int(reply.size * reply.cut)
            middle = reply.size // 2 if reply.pause else -1
            for piece in _parts(reply, left, middle):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                middle -= len(piece)
                if middle == 0:
                    await asyncio.sleep(reply.pause)
            if reply.cut is not None and left < reply.size:
                await _close(wire, receive)
                return
        await send({"type": "http.response.body", "body": b""})

    def _date(self, reply: Reply) -> str:
        if reply.date is None:
            return format_datetime(self.now(), usegmt=True)
        if reply.date.startswith("+"):
            return format_datetime(self.now() + timedelta(days=int(reply.date)), usegmt=True)
        return reply.date


def _parts(reply: Reply, left: int, middle: int) -> Iterator[bytes]:
    """The first `left` bytes of a body, with a seam at `middle`."""
    for piece in reply.pieces():
        for part in (piece[:middle], piece[middle:]) if 0 < middle < len(piece) else (piece,):
            middle -= len(part)
            if left > 0:
                yield part[:left]
            left -= len(part)


async def _read(scope: Any, receive: Any) -> Asked:
    body = b""
    if scope["method"] not in ("GET", "HEAD"):
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
    path, query = scope["raw_path"].decode("ascii"), scope["query_string"].decode("ascii")
    return Asked(
        scope["method"],
        path,
        tuple(parse_qsl(query, keep_blank_values=True)),
        {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body,
        scope["server"][1],
        f"{path}?{query}" if query else path,
    )


async def _close(wire: asyncio.Transport | None, receive: Any) -> None:
    """Send what is written and close the connection."""
    if wire is not None:
        wire.close()
    while (await receive())["type"] != "http.disconnect":
        pass
