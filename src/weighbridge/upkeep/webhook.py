"""Sending alerts to an address, one request an alert, signed so that the receiver can tell who sent it.

Standard: Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): headers `webhook-id`, `webhook-timestamp` and
`webhook-signature`, the last `v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body`; a body with `type`,
`timestamp` and `data`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.shown import plain
from weighbridge.sources.net.retries import hush

SECRET = "WEIGHBRIDGE_WEBHOOK_SECRET"  # noqa: S105 - the name of an environment variable
PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes of a secret
TRIES = 3
SECONDS = 20.0  # for one request
LONGEST_WAIT = 30.0  # that the other side may ask for; longer, and the alert waits for the next watch
PASSING = frozenset({408, 425, 429, *range(500, 600)})
"""Statuses that a later try may not meet again."""


class _PassingError(Exception):
    """A failure that a later try may not meet."""

    def __init__(self, failure: SourceFailed, wait: float | None = None) -> None:
        super().__init__(failure.message)
        self.failure, self.wait = failure, wait


@dataclass(frozen=True)
class Webhook:
    """An address that alerts are sent to.

    Attributes:
        url: the address; it may hold a secret, and is shown nowhere.
        keys: what requests are signed with; several while a secret is being replaced.
    """

    url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)

    @property
    def host(self) -> str:
        """What may be shown of the address."""
        return plain(urlsplit(self.url).hostname or "")

    def send(self, alert: Mapping[str, Any]) -> None:
        """Send an alert until it is taken. Redirects are not followed.

        Raises:
            SourceFailed: it was not taken.
        """
        import stamina

        hush()
        body = json.dumps(
            {"type": f"alert.{alert['kind']}", "timestamp": alert["found"], "data": dict(alert)},
            separators=(",", ":"), allow_nan=False,
        ).encode()  # fmt: skip
        try:
            for attempt in stamina.retry_context(
                on=_again, attempts=TRIES, timeout=None, wait_initial=0.5, wait_max=10.0, wait_jitter=0.5
            ):
                with attempt:
                    self._post(f"alert_{alert['id']}", body)
        except _PassingError as error:
            raise error.failure from None

    def _post(self, name: str, body: bytes) -> None:
        import httpx2

        headers = signed(name, int(time.time()), body, self.keys)
        headers |= {"content-type": "application/json", "user-agent": f"weighbridge/{version('weighbridge')}"}
        try:
            with (
                httpx2.Client(timeout=SECONDS, follow_redirects=False, trust_env=not _here(self.host)) as client,
                client.stream("POST", self.url, content=body, headers=headers) as answer,
            ):
                status, wait = answer.status_code, answer.headers.get("retry-after", "")
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            failure = f"the webhook at {self.host} cannot be reached ({type(error).__name__})"
            raise _PassingError(SourceFailed(failure, "it is tried again at the next watch")) from None
        if 200 <= status < 300:
            return
        failed = SourceFailed(f"the webhook at {self.host} answers {status}", _hint(status))
        seconds = float(wait[:6]) if wait.isascii() and wait.isdigit() else None
        if status not in PASSING or (seconds or 0) > LONGEST_WAIT:
            raise failed
        raise _PassingError(failed, seconds)


def webhook_to(url: str) -> Webhook:
    """A webhook, with the keys that the environment holds.

    Raises:
        UsageError: the address is neither of HTTPS nor of this machine, or there is no valid secret.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    hint = "give https://HOST/PATH; http:// only for this machine"
    if not host or parts.scheme not in ("https", "http"):
        raise UsageError("the webhook is no web address", hint)
    if parts.scheme == "http" and not _here(host):
        raise UsageError(f"the webhook at {plain(host)} is not encrypted", hint)
    return Webhook(url, keys_in(os.environ.get(SECRET, "")))


def keys_in(text: str) -> tuple[bytes, ...]:
    """The keys of secrets as they are written: `whsec_` and Base64, several apart by spaces.

    Raises:
        UsageError: there is none, or one is not valid.
    """
    keys = []
    for secret in text.split():
        try:
            key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not SHORTEST <= len(key) <= LONGEST:
            raise UsageError(
                f"{SECRET} holds what is no secret",
                f"write {PREFIX} and the Base64 of {SHORTEST} to {LONGEST} random bytes",
            )
        keys.append(key)
    if not keys:
        raise UsageError(f"a webhook is signed, and {SECRET} is not in the environment", f"set it: {PREFIX}...")
    return tuple(keys)


def signed(name: str, timestamp: int, body: bytes, keys: tuple[bytes, ...]) -> dict[str, str]:
    """The three headers of a request."""
    content = b".".join((name.encode(), str(timestamp).encode(), body))
    signatures = (base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _again(error: Exception) -> bool | float:
    if not isinstance(error, _PassingError):
        return False
    return True if error.wait is None else error.wait


def _hint(status: int) -> str:
    if 300 <= status < 400:
        return "redirects are not followed; give the address that it leads to"
    return "the other side wants no more of them" if status == 410 else "it is tried again at the next watch"


def _here(host: str) -> bool:
    """Whether an address is of this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
