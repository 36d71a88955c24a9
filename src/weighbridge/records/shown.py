"""Untrusted text made fit to be shown."""

from __future__ import annotations

import re

CONTROLS = "\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff"
"""Control, direction and invisible characters, as the inside of a regular expression's set."""
_CONTROL = re.compile(f"[{CONTROLS}]")


def plain(text: str) -> str:
    """Text without control and direction characters and lone surrogates; each stands as a replacement character."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.encode("utf-8", "replace").decode("utf-8"))
