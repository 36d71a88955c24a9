"""`weighbridge serve`."""

from __future__ import annotations

import ipaddress
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weighbridge.surfaces.cli import options, output

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST, PORT = "127.0.0.1", 8000
INSTALL = "python -m pip install 'weighbridge[serve]'"
BACKLOG = 256
AHEAD = ("all", "pages", "nothing")
STOPPING_SECONDS = 3
IDLE_SECONDS = 5
"""How long a connection stays open after an answer; pages ask for what they need within that."""


@click.command("serve", short_help="Serve the observatory as pages and as an API.")
@click.option("--host", default=HOST, show_default=True, help="Address of this machine to listen at.")
@click.option("--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True, help="Port; 0: any free one.")
@click.option("--ahead", type=click.Choice(AHEAD), default="all", show_default=True,
              help="What is made before it is asked for: what menus offer, what pages show, or nothing.")  # fmt: skip
@click.option("--base-url", metavar="URL",
              help="Address of the root as the public has it, for canonical links, citations and frames.")  # fmt: skip
@click.option("--access-log", is_flag=True, help="Write a line for each request to standard error.")
@options.single
def command(
    host: str, port: int, ahead: str, base_url: str | None, access_log: bool, store: Path | None, as_json: bool
) -> int:
    """Serve pages, files of charts and the API until it is stopped. Nothing can be changed through it.

    The address stands on standard output once the server listens; with --json as one document. A store that gets a
    new reading is opened anew without a pause. Nobody is asked who they are: what is held is public to whoever reaches
    the address. Ctrl-C stops it, with exit status 130.

    Example: weighbridge serve --port 8080
    """
    _check_installed()
    bound = _bound(host, port)
    app = _application(store, ahead, base_url)
    if _public(host):
        print(f"warning: {host} can be reached from other machines", file=sys.stderr)
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{bound.getsockname()[1]}/"
    if as_json:
        output.document({"address": address})
    else:
        print(f"{address}  (stop with Ctrl-C)")
    sys.stdout.flush()
    return _serve(app, bound, access_log)


def _check_installed() -> None:
    """Refuse to go on without what serves.

    Raises:
        DataMissing: it is not installed.
    """
    from weighbridge.errors import DataMissing

    try:
        import fastapi
        import uvicorn
    except ImportError as error:
        raise DataMissing("what serves is not installed", f"install it with: {INSTALL}") from error
    del fastapi, uvicorn


def _application(store: Path | None, ahead: str, base_url: str | None) -> FastAPI:
    """The application on a store."""
    from weighbridge.surfaces.api import application
    from weighbridge.surfaces.cli.opening import opened

    opened(store)  # says on standard error where the sample answers, and fails where nothing can be opened
    return application(store, ahead=ahead, base_url=base_url)


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        UsageError: there is no such address here, or another program has the port.
    """
    from weighbridge.errors import UsageError

    try:
        kind, way, number, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        made = socket.socket(kind, way, number)
        if sys.platform != "win32":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(BACKLOG)
    except OSError as error:
        said = f"cannot listen at {host} port {port}: {(error.strerror or str(error)).lower()}"
        raise UsageError(said, "give another --port (0: any free one), or a --host of this machine") from None
    return made


def _public(host: str) -> bool:
    """Whether an address may be reached from other machines."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _serve(app: FastAPI, bound: socket.socket, access_log: bool) -> int:
    """Answer requests until a signal comes; the exit status."""
    import uvicorn

    config = uvicorn.Config(
        app, access_log=access_log, log_level="info" if access_log else "warning", server_header=False, ws="none",
        timeout_graceful_shutdown=STOPPING_SECONDS, timeout_keep_alive=IDLE_SECONDS, backlog=BACKLOG,
    )  # fmt: skip
    try:
        uvicorn.Server(config).run(sockets=[bound])
    except KeyboardInterrupt:  # the server stopped in order; there is nothing to tell
        return 130
    return 0
