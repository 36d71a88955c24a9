"""Data sets of the Hub: their revisions, and files of one revision landed whole under names of ours."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from weighbridge.errors import SchemaChanged, SourceFailed
from weighbridge.records.clock import day_number, day_text, moment_text
from weighbridge.records.shown import plain
from weighbridge.records.source import Landing

TRIES = 3  # beside those of the Hub's own client
PIECE = 2**20
LOCAL_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
T = TypeVar("T")


@dataclass(frozen=True)
class Commit:
    """A revision of a data set: its hash, when it was made, and its title."""

    sha: str
    time: datetime
    title: str = ""

    @property
    def day(self) -> int:
        """UTC day number."""
        return day_number(self.time.astimezone(UTC).date())


@dataclass(frozen=True)
class Listed:
    """A file of a revision; `sha256` is null where the Hub does not say it (small text files)."""

    path: str
    size: int
    sha256: str | None = None


def commits(repo: str, revision: str | None = None) -> list[Commit]:
    """All commits up to a branch, tag or commit (null: the main branch), newest first.

    Raises:
        SourceFailed: there is no such data set or revision, or the Hub does not answer.
    """
    found = _asked(repo, lambda api: api.list_repo_commits(repo, repo_type="dataset", revision=revision))
    if not found:
        raise SchemaChanged(f"the data set {repo} has no commits", "look at it on the Hub")
    return [Commit(one.commit_id, one.created_at.astimezone(UTC), one.title) for one in found]


def resolve(repo: str, revision: str | None = None) -> Commit:
    """The newest commit of a branch, tag or commit."""
    return commits(repo, revision)[0]


def renewed(repo: str, file: str, revision: str | None = None) -> Commit:
    """The newest commit up to a branch, tag or commit that renewed a file, which is the file of that revision.

    Commits name the file that they renew in their title. Where none does, the last may have renewed it.
    """
    known = commits(repo, revision)
    return next((one for one in known if file in one.title), known[0])


def of_days(repo: str, days: tuple[int, int], file: str) -> list[Commit]:
    """The newest commit of each of some days that renewed a file, oldest first; days without one are left out.

    Commits name the file that they renew in their title. Where none does, each may have renewed it.

    Raises:
        SourceFailed: as `commits`, or none of these days has one; the hint names the nearest that have.
    """
    known = commits(repo)
    known = [one for one in known if file in one.title] or known
    by_day = {one.day: one for one in reversed(known)}  # the newest of a day comes last
    chosen = [by_day[day] for day in sorted(by_day) if days[0] <= day < days[1]]
    if not chosen:
        near = sorted(sorted(by_day, key=lambda day: abs(day - days[0]))[:2])
        raise SourceFailed(
            f"{repo} has no revision of {file} from {day_text(days[0])} to {day_text(days[1] - 1)}",
            f"nearest days that have one: {' and '.join(day_text(day) for day in near)}",
        )
    return chosen


def files(repo: str, sha: str) -> dict[str, Listed]:
    """The files of a revision by their path in it."""
    listed = _asked(repo, lambda api: list(api.list_repo_tree(repo, recursive=True, revision=sha, repo_type="dataset")))
    there = [one for one in listed if getattr(one, "size", None) is not None]
    return {one.path: Listed(one.path, one.size, one.lfs.sha256 if one.lfs else None) for one in there}


def wanted(repo: str, there: dict[str, Listed], *paths: str) -> list[Listed]:
    """Some files of a revision.

    Raises:
        SchemaChanged: one is not there; the hint lists those that are.
    """
    missing = [path for path in paths if path not in there]
    if missing:
        raise lacking(repo, missing[0], there)
    return [there[path] for path in paths]


def lacking(repo: str, what: str, there: Sequence[str] | dict[str, Listed]) -> SchemaChanged:
    """What to say where a data set has no file of a kind."""
    listed = ", ".join(plain(path)[:80] for path in sorted(there)[:40]) or "none"
    return SchemaChanged(f"the data set {repo} has no file {what}", f"its files: {listed}")


def download(repo: str, file: Listed, sha: str, landing: Landing, name: str | None = None) -> Path:
    """Land a file of a revision, whole and checked, and give its path.

    A file that landed before is not fetched again. A connection that is lost on the way is taken up where it was lost;
    of a file whose download was killed the Hub's client keeps nothing that it could use, so that one begins anew.

    Args:
        repo: `organisation/name` of the data set.
        file: from `files`.
        sha: of the revision.
        landing: where to; the file lies in a folder of its revision.
        name: ours for it; null: the last part of its path, which must be one that the caller asked for.

    Raises:
        SourceFailed: it could not be fetched, or is not what the Hub says that it is.
    """
    target = landing.folder / sha[:12] / (name or file.path.rsplit("/", 1)[-1])
    if target.is_file() and target.stat().st_size == file.size:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    cache = landing.folder / "cache"
    for part in cache.rglob("*.incomplete"):
        part.unlink()
    landing.say(f"{repo}: {file.path}, {file.size / 1e6:,.1f} MB, of revision {sha[:12]}")
    for again in (False, True):
        landed = _fetched(repo, file, sha, cache, landing, again)
        if _whole(landed, file):
            landed.replace(target)
            return target
        landed.unlink()
    raise SourceFailed(
        f"{file.path} of {repo} came twice with other bytes than the Hub says", "try again later; nothing was read"
    )


def finished(landing: Landing, sha: str) -> bool:
    """Whether a revision was landed and read before the fetch was stopped; see `finish`."""
    return (landing.folder / f"{sha[:12]}.read").exists()


def finish(landing: Landing, sha: str) -> None:
    """Forget a landed revision that has been read, and remember that it was."""
    (landing.folder / f"{sha[:12]}.read").touch()
    shutil.rmtree(landing.folder / sha[:12], ignore_errors=True)
    shutil.rmtree(landing.folder / "cache", ignore_errors=True)


def origin(repo: str, commit: Commit, landed: Sequence[Listed], **more: Any) -> dict[str, Any]:
    """Where a reading came from, for its document."""
    return {
        "repository": repo,
        "revision": commit.sha,
        "committed": moment_text(commit.time),
        "files": [{"path": file.path, "bytes": file.size, "sha256": file.sha256} for file in landed],
        **more,
    }


def unchanged(held: Mapping[str, Any] | None, landed: Sequence[Listed]) -> bool:
    """Whether the files are those that the latest reading came from, whatever else a newer revision changed."""
    before = {file.get("path"): file.get("sha256") for file in (held or {}).get("files", ())}
    return all(file.sha256 is not None and before.get(file.path) == file.sha256 for file in landed)


def endpoint() -> str:
    """Address of the Hub, as its own client takes it from the environment."""
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def _fetched(repo: str, file: Listed, sha: str, cache: Path, landing: Landing, again: bool) -> Path:
    from huggingface_hub import hf_hub_download

    def get(_: Any) -> str:
        return hf_hub_download(
            repo,
            file.path,
            repo_type="dataset",
            revision=sha,
            cache_dir=cache,
            endpoint=endpoint(),
            force_download=again,
            tqdm_class=_counting(landing.tell),
        )

    return Path(_asked(repo, get, file.path)).resolve()


def _counting(tell: Callable[[int], None]) -> Any:
    """A bar of the Hub's client that shows nothing and tells how many bytes have come."""
    from huggingface_hub.utils.tqdm import tqdm

    bar: Any = tqdm

    class Counting(bar):  # type: ignore[misc]  # it has no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})
            self.come = int(kwargs.get("initial") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            self.come += int(n or 0)
            tell(self.come)
            return None

    return Counting


def _whole(landed: Path, file: Listed) -> bool:
    """Whether a file has the length and, where the Hub says it, the digest that it should have."""
    if landed.stat().st_size != file.size:
        return False
    if file.sha256 is None:
        return True
    digest = hashlib.sha256()
    with landed.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    return digest.hexdigest() == file.sha256


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keep the client's warnings of each retry from standard error; the last failure is ours to say."""
    log = logging.getLogger("huggingface_hub")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _asked(repo: str, ask: Callable[[Any], T], path: str = "") -> T:
    """What the Hub's client answers, its faults in our words.

    The client retries lost connections and refusals by rate. What it does not (a malformed answer, a connection lost
    at an address that it asks once) is tried again here.
    """
    import stamina
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint())
    with _hushed():
        try:
            for attempt in stamina.retry_context(
                on=_passing, attempts=TRIES, timeout=None, wait_initial=0.2, wait_max=5.0, wait_jitter=0.2
            ):
                with attempt:
                    return ask(api)
        except Exception as error:  # of four libraries
            _refuse(error, repo, path)
    raise AssertionError("a retry either returns or raises")


def _passing(error: Exception) -> bool:
    """Whether a fault may be gone at the next try and the client has not retried it itself."""
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError

    if isinstance(error, HfHubHTTPError):
        return _status(error) in (500, 502, 503, 504)
    return isinstance(error, (ValueError, httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.ReadTimeout))


def _status(error: BaseException) -> int | None:
    return getattr(getattr(error, "response", None), "status_code", None)


def _refuse(error: Exception, repo: str, path: str) -> NoReturn:
    """Raise our error for one of the client's; their texts may quote addresses with signatures, so they are not shown.

    Raises:
        SourceFailed, SchemaChanged: always.
    """
    import httpx2
    from huggingface_hub import errors

    what = f"{path} of the data set {repo}" if path else f"the data set {repo}"
    status = _status(error) or _status(error.__cause__ or error) or 0
    later = "try again later; what was fetched is kept and not fetched again"
    cause = error.__cause__ if isinstance(error, errors.LocalEntryNotFoundError) else error
    if isinstance(error, errors.OfflineModeIsEnabled) or isinstance(cause, errors.OfflineModeIsEnabled):
        raise SourceFailed("the Hub's client is told to work offline", "unset HF_HUB_OFFLINE") from None
    if isinstance(error, errors.GatedRepoError) or status == 403:
        raise SourceFailed(
            f"{what} is gated or closed", "ask for access on its page, then set HF_TOKEN (or `hf auth login`)"
        ) from None
    if isinstance(error, errors.RevisionNotFoundError):
        raise SourceFailed(f"{what} has no such revision", "give a branch, tag or commit that it has") from None
    if isinstance(error, errors.RemoteEntryNotFoundError):
        raise SchemaChanged(f"{what} is not there", "its files may have been renamed") from None
    if isinstance(error, errors.RepositoryNotFoundError) or status in (401, 404):
        raise SourceFailed(
            f"{what} is not on the Hub, or not for who asks (HTTP {status or 404})",
            "it may have been withdrawn or renamed; if it is closed, set HF_TOKEN (or `hf auth login`)",
        ) from None
    if status == 429:
        raise SourceFailed(
            f"the Hub allows no more requests now (HTTP 429, {what})", f"{later}; HF_TOKEN raises the limit"
        ) from None
    if (
        not path
        and isinstance(error, (ValueError, KeyError, TypeError, AttributeError))
        and not isinstance(error, OSError)
    ):
        raise SchemaChanged(f"the Hub's answer on {what} has a form that is not known", later) from None
    if isinstance(error, OSError) and error.errno in LOCAL_FAULTS:
        raise SourceFailed(
            f"{what} cannot be written: {os.strerror(error.errno)}", "make room, or see to the rights"
        ) from None
    if isinstance(error, (httpx2.HTTPError, OSError)) or status:
        how = f"HTTP {status}" if status else type(cause or error).__name__
        raise SourceFailed(f"{endpoint()} does not give {what} ({how})", later) from None
    raise error
