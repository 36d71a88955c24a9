"""Data sets of the Hub: their revisions, and files of one revision landed whole under names of ours."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import day_number, day_text, moment_text, parse_moment
from weighbridge.records.shown import plain
from weighbridge.records.source import Landing
from weighbridge.sources.net.client import pause
from weighbridge.sources.net.downloads import fetched
from weighbridge.sources.net.hub import REFUSED, Hub, refusal, the_hub
from weighbridge.sources.net.pages import BrokenPageError
from weighbridge.sources.net.retries import LATER, Say, shown

PIECE = 2**20
BEGINNINGS = 3
"""How often a list is begun, where the Hub loses the place in it."""
MOST_PAGES = 1000
"""Pages of a list: 50,000 commits, or a million files."""
NOT_GIVEN = frozenset({401, 403, 404})
HASH, DIGEST = re.compile(r"[0-9a-f]{40}"), re.compile(r"[0-9a-f]{64}")


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


def commits(repo: str, revision: str | None = None, say: Say = lambda words: None) -> list[Commit]:
    """All commits up to a branch, tag or commit (null: the main branch), newest first.

    Raises:
        SourceFailed: there is no such data set or revision, or the Hub does not answer.
        SchemaChanged: it answers in another form.
    """
    rows = _rows(repo, f"commits/{quote(revision or 'main', safe='')}", {}, say)
    if not rows:
        raise SchemaChanged(f"the data set {repo} has no commits", "look at it on the Hub")
    return [_commit(repo, row) for row in rows]


def resolve(repo: str, revision: str | None = None, say: Say = lambda words: None) -> Commit:
    """The newest commit of a branch, tag or commit."""
    return commits(repo, revision, say)[0]


def renewed(repo: str, file: str, revision: str | None = None, say: Say = lambda words: None) -> Commit:
    """The newest commit up to a branch, tag or commit that renewed a file, which is the file of that revision.

    Commits name the file that they renew in their title. Where none does, the last may have renewed it.
    """
    known = commits(repo, revision, say)
    return next((one for one in known if file in one.title), known[0])


def of_days(repo: str, days: tuple[int, int], file: str, say: Say = lambda words: None) -> list[Commit]:
    """The newest commit of each of some days that renewed a file, oldest first; days without one are left out.

    Commits name the file that they renew in their title. Where none does, each may have renewed it.

    Raises:
        SourceFailed: as `commits`, or none of these days has one; the hint names the nearest that have.
    """
    known = commits(repo, say=say)
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


def files(repo: str, sha: str, say: Say = lambda words: None) -> dict[str, Listed]:
    """The files of a revision by their path in it.

    Raises:
        SourceFailed, SchemaChanged: as `commits`.
    """
    rows = _rows(repo, f"tree/{sha}", {"recursive": True, "expand": False}, say)
    listed = [_listed(repo, row) for row in rows if not (isinstance(row, dict) and row.get("type") == "directory")]
    return {file.path: file for file in listed}


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
        landed = fetched(repo, file.path, file.size, sha, cache, landing, again)
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


class _LostError(Exception):
    """The Hub has lost the place in a list."""


def _rows(repo: str, path: str, parameters: Mapping[str, Any], say: Say) -> list[Any]:
    """All rows of a list that the Hub keeps of a data set, page after page.

    Where the Hub refuses the place in it, or leads in a circle, the list is begun anew.

    Raises:
        SourceFailed, SchemaChanged: see `commits`.
    """
    hub = the_hub()
    start = hub.place(f"/api/datasets/{repo}/{path}", parameters)
    for _ in range(BEGINNINGS):
        try:
            return [row for page in _pages(hub, repo, start, say) for row in page]
        except _LostError as lost:
            how = str(lost)
    raise SourceFailed(f"the Hub's list at {shown(start)} {how}", LATER)


def _pages(hub: Hub, repo: str, start: str, say: Say) -> Iterator[list[Any]]:
    been: set[str] = set()
    place: str | None = start
    while place is not None:
        if place in been:
            raise _LostError("leads in a circle")
        if len(been) == MOST_PAGES:
            raise SourceFailed(f"the Hub's list at {shown(start)} goes on after {MOST_PAGES} pages", LATER)
        been.add(place)
        page, answer = hub.ask(place, say, {*REFUSED, *NOT_GIVEN})
        if answer.status in REFUSED:
            raise _LostError(f"is refused (HTTP {answer.status})")
        if answer.status in NOT_GIVEN:
            raise refusal(f"the data set {repo}", answer.status, answer.headers)
        if not isinstance(page, list):
            raise _other_form(repo)
        yield page
        path = urlsplit(answer.url).path  # a data set that was renamed goes on under the name that answered
        try:
            place = hub.onward(answer, path.removeprefix(urlsplit(hub.endpoint).path.rstrip("/")))
        except BrokenPageError as broken:
            raise _LostError(str(broken)) from None
        if place is not None:
            pause(answer, say)


def _commit(repo: str, row: Any) -> Commit:
    match row:
        case {"id": str(sha), "date": str(date), "title": str(title)} if HASH.fullmatch(sha):
            with contextlib.suppress(UsageError):
                return Commit(sha, parse_moment(date), title)
    raise _other_form(repo)


def _listed(repo: str, row: Any) -> Listed:
    match row:
        case {"type": "file", "path": str(path), "size": int(size)} if size >= 0:
            match row.get("lfs"):
                case None:
                    return Listed(path, size)
                case {"oid": str(digest)} if DIGEST.fullmatch(digest):
                    return Listed(path, size, digest)
    raise _other_form(repo)


def _other_form(repo: str) -> SchemaChanged:
    return SchemaChanged(f"the Hub's answer on the data set {repo} has a form that is not known", LATER)


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
