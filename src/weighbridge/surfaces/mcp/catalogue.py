"""All tools by name."""

from __future__ import annotations

from functools import cache

from weighbridge.surfaces.mcp import found, listed, measured
from weighbridge.surfaces.mcp.tool import Tool


@cache
def tools() -> dict[str, Tool]:
    """Those that find and list first, then one for each measure."""
    listing = [*listed.tools(), *found.tools(), *measured.tools()]
    return {tool.name: tool for tool in listing}
