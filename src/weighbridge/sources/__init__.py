"""One file a source: a descriptor and a reader. What defines `SOURCE` here is found by itself."""

from __future__ import annotations

import sys
from typing import cast

from weighbridge.errors import UsageError
from weighbridge.records.discovery import registered
from weighbridge.records.source import Source


def sources() -> dict[str, Source]:
    """All registered sources by id."""
    return cast("dict[str, Source]", registered(sys.modules[__name__], "SOURCE"))


def source(name: str) -> Source:
    """The source of that id.

    Raises:
        UsageError: there is no such source.
    """
    known = sources()
    if name not in known:
        raise UsageError(f"there is no source {name!r}", f"one of: {', '.join(known)}")
    return known[name]
