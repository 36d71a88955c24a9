"""`weighbridge mcp`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.command("mcp", short_help="Answer an assistant over the Model Context Protocol.")
@click.option("--list", "listed", is_flag=True, help="Print the tools and leave; --json and --format do so too.")
@click.option(
    "--http", "port", type=click.IntRange(1, 65_535), metavar="PORT",
    help="Answer at http://127.0.0.1:PORT/mcp instead of standard input and output.",
)  # fmt: skip
@click.option("--only", multiple=True, metavar="TOOL", help="Offer this tool and those named likewise. [default: all]")
@options.listing
def command(
    listed: bool, only: tuple[str, ...], port: int | None, store: Path | None, form: str, as_json: bool
) -> None:
    """Answer an assistant's questions as tools of the Model Context Protocol, on standard input and output.

    Assistants start it themselves once they are told of it. It only reads; nothing but the protocol is printed.
    Needs: pip install 'weighbridge[mcp]'.
    """
    if listed or as_json or form != "text":
        _list(form, as_json)
        return
    from weighbridge.surfaces.mcp import server
    from weighbridge.surfaces.mcp.current import Current

    current = Current(store)
    if port is None:
        if sys.stdin.isatty():
            print("Waiting for an assistant's messages on standard input; Ctrl-C stops.", file=sys.stderr)
        server.serve_stdio(current, only)
    else:
        print(f"http://{server.LOOPBACK}:{port}/mcp", file=sys.stderr)
        server.serve_http(current, port, only)


def _list(form: str, as_json: bool) -> None:
    """The tools, without the package that serves them."""
    from weighbridge.surfaces.mcp.catalogue import tools

    rows = [{"tool": tool.name, "title": tool.title} for tool in tools().values()]
    if as_json:
        output.document({"rows": [row | {"arguments": tools()[row["tool"]].schema} for row in rows]})
    else:
        output.table(rows, form)
