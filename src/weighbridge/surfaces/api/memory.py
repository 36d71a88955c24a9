"""Giving memory back: what large answers leave behind stays with the process unless the allocators are told.

An array of a census's models takes megabytes and lives for a moment. The C library keeps what was freed, in a pool a
thread, which came to more than all that is kept on purpose.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable

import pyarrow as pa

LARGE_SECONDS = 0.1
"""What takes so long has had many models in memory; giving back takes some milliseconds."""


def give_back() -> None:
    """Give back what is free; the C library's part of it stays where it cannot be told."""
    pa.default_memory_pool().release_unused()
    trim = _trim()
    if trim is not None:
        trim(0)


@functools.cache
def _trim() -> Callable[[int], object] | None:
    """`malloc_trim` of the GNU C library; null on other systems."""
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
