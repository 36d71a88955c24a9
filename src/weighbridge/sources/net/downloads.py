"""Files of the Hub by its own client, which here neither waits nor tries again where it is refused: we do both.

The client would sleep for as long as a refusal asks, without a word. A hook on its answers, which it documents as those
of its session's HTTP library, turns refusals into our errors before the client sees them.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weighbridge.errors import SourceFailed, WeighbridgeError
from weighbridge.records.source import Landing
from weighbridge.sources.net.hub import offline, refusal, the_hub
from weighbridge.sources.net.retries import LATER, PASSING, PassingError, passing, persist, shown

if TYPE_CHECKING:
    import httpx2

OVER = 16 * 2**20
"""Bytes that may come beyond a file's length, such as framing, before the download is ended."""
_asked: ContextVar[str | None] = ContextVar("asked", default=None)
"""What is asked for in this thread, in words; null: the answer is to somebody else's question."""


def fetched(repo: str, path: str, size: int, sha: str, cache: Path, landing: Landing, again: bool = False) -> Path:
    """Fetch a file of a data set into a cache folder of the Hub's client, and give its path there.

    Args:
        repo: `organisation/name` of the data set.
        path: of the file in it.
        size: bytes that the file should have; where far more come, the download is ended.
        sha: of the revision.
        cache: folder for the client.
        landing: whom to tell.
        again: fetch it though the cache holds it.

    Raises:
        SourceFailed, SchemaChanged: it could not be fetched.
    """
    from huggingface_hub import hf_hub_download

    what = f"{path} of the data set {repo}"
    hub = the_hub()

    def ask() -> str:
        try:
            with _watched(what), _hushed():
                return hf_hub_download(
                    repo,
                    path,
                    repo_type="dataset",
                    revision=sha,
                    cache_dir=cache,
                    endpoint=hub.endpoint,
                    force_download=again,
                    tqdm_class=_counting(landing.tell, size, what),
                )
        except (PassingError, WeighbridgeError):
            raise
        except Exception as error:  # of four libraries
            raise _failure(error, what, hub.endpoint) from None

    return Path(persist(ask, hub.endpoint, landing.say)).resolve()


@contextlib.contextmanager
def _watched(what: str) -> Iterator[None]:
    """Have refusals of the client's requests in this thread raised as our errors."""
    from huggingface_hub import get_session

    hooks = get_session().event_hooks
    if _refuse not in hooks["response"]:
        hooks["response"].append(_refuse)
    token = _asked.set(what)
    try:
        yield
    finally:
        _asked.reset(token)


def _refuse(response: httpx2.Response) -> None:
    """Raise our error for an answer that is none.

    Raises:
        PassingError: a later try may not meet it.
        SourceFailed, SchemaChanged: it says no, or asks to wait for too long.
    """
    what = _asked.get()
    if what is None or response.status_code < 400:
        return
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.status_code in PASSING:
        raise passing(response.status_code, headers, str(response.url))
    raise refusal(what, response.status_code, headers)


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keep the client's warnings of each retry from standard error; the last failure is ours to say.

    Nor does the client tell the Hub what runs us: it would ask a hub for the names of such programs, keep what it is
    answered for a day, and fail on an answer of another form.
    """
    from huggingface_hub import constants

    log = logging.getLogger("huggingface_hub")
    level, silent = log.level, constants.HF_HUB_DISABLE_TELEMETRY
    log.setLevel(logging.ERROR)
    constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        yield
    finally:
        log.setLevel(level)
        constants.HF_HUB_DISABLE_TELEMETRY = silent


def _counting(tell: Callable[[int], None], size: int, what: str) -> Any:
    """A bar of the Hub's client that shows nothing, tells how many bytes have come, and ends what has no end."""
    from huggingface_hub.utils.tqdm import tqdm

    bar: Any = tqdm

    class Counting(bar):  # type: ignore[misc]  # it has no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})
            self.come = int(kwargs.get("initial") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            self.come += int(n or 0)
            if self.come > size + OVER:
                raise SourceFailed(f"{what} goes on beyond its {size:,} bytes", LATER)
            tell(self.come)
            return None

    return Counting


def _failure(error: Exception, what: str, endpoint: str) -> Exception:
    """Our error for one of the client's; their texts may quote addresses with signatures, so they are not shown."""
    import httpx2
    from huggingface_hub import errors

    wrapped = isinstance(error, (errors.LocalEntryNotFoundError, ValueError))  # as the client does with those of a HEAD
    cause = error.__cause__ if wrapped and isinstance(error.__cause__, Exception) else error
    where, name = shown(endpoint), type(cause).__name__
    if isinstance(cause, errors.OfflineModeIsEnabled):
        return offline()
    if isinstance(cause, errors.FileMetadataError):
        return PassingError(SourceFailed(f"{where} answers with what is not {what}", LATER))
    if isinstance(cause, (httpx2.TransportError, httpx2.DecodingError)):
        return PassingError(SourceFailed(f"{where} does not give {what} ({name})", LATER))
    if isinstance(cause, (httpx2.HTTPError, httpx2.InvalidURL, RecursionError)):
        return SourceFailed(f"{where} does not give {what} ({name})", LATER)
    if isinstance(cause, OSError) and cause.errno is not None:
        return SourceFailed(f"{what} cannot be written: {os.strerror(cause.errno)}", "make room, or see to the rights")
    if isinstance(cause, OSError):  # the client has counted the bytes
        return PassingError(SourceFailed(f"{what} came with another length than the Hub says", LATER))
    return error
