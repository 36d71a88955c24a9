"""What the environment says of a source: where it is, and the key it wants. What may be secret in it is never shown."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from weighbridge.errors import UsageError


def address_in(variable: str, usual: str) -> str:
    """The address that a variable holds, without a slash at its end; `usual` where it holds none.

    Raises:
        UsageError: it is no web address, or holds more than one: a user, a password, a query.
    """
    return checked_address(os.environ.get(variable, "").strip() or usual, variable)


def checked_address(address: str, variable: str) -> str:
    """An address, where it is one and nothing else; see `address_in`."""
    try:
        parts = urlsplit(address)
        web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        web = False
    if not web or not address.isprintable() or " " in address:
        raise UsageError(f"{variable} holds no web address", "write https://HOST")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise UsageError(
            f"{variable} holds a user, a password or a query beside the address, and addresses are shown and kept",
            "write https://HOST alone",
        )
    return address.rstrip("/")


def key_in(variable: str) -> str | None:
    """The key that a variable holds; null: it holds none.

    Raises:
        UsageError: it holds what cannot be a key; it is not shown.
    """
    key = os.environ.get(variable, "").strip()
    if not all("!" <= character <= "~" for character in key):
        raise UsageError(
            f"{variable} holds what cannot be a key", "a key has letters, digits and signs of ASCII, and no spaces"
        )
    return key or None
