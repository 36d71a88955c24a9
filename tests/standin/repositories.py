"""Data sets of the Hub: commits, trees and files of every revision.

Shapes are those that huggingface_hub 2.4.0 reads (`hf_api.py`: `DatasetInfo`, `list_repo_commits`, `RepoFile`,
`RepoFolder`, `list_repo_refs`; `file_download.py`: `get_hf_file_metadata`) and answers of the Hub recorded in 2026: a
small file is a relative 307 to `/api/resolve-cache/…` and has its git hash as ETag, a large one (kept by git-lfs) is a
302 to another address with `X-Linked-Size` and the SHA-256 as `X-Linked-Etag`; `lfs.oid` in a tree is `lfs.sha256` in
`siblings`. The headers of Xet are left out, as a hub without Xet leaves them out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from .messages import Asked, Headers, Reply, Row, Stored, listed, said
from .tables import identity

ID = r"(?P<id>[^/]+(?:/(?!(?:revision|commits|tree|refs|paths-info|resolve)(?:/|$))[^/]+)?)"
LFS_SUFFIXES = (".parquet", ".arrow", ".bin", ".gz", ".zip", ".zst")
"""Files that the Hub keeps with git-lfs whatever their size (the `.gitattributes` of a new data set)."""
LFS_SIZE = 10 << 20
COMMITS_A_PAGE = 50
TREE_A_PAGE = 1000


@dataclass(frozen=True)
class File:
    """A file of a revision."""

    body: bytes | Path
    size: int
    git: str
    sha256: str
    large: bool

    @property
    def etag(self) -> str:
        """The Hub's name of the content."""
        return self.sha256 if self.large else self.git


@dataclass(frozen=True)
class Revision:
    """A commit and all files as they are after it."""

    sha: str
    date: str
    title: str
    files: Mapping[str, File]


@dataclass
class DataSet:
    """A repository: its revisions, oldest first, and fields of its description."""

    revisions: list[Revision]
    facts: Row = field(default_factory=dict)

    def at(self, name: str) -> Revision | None:
        """The revision with a name: `main`, a commit, or the first seven or more of its digits."""
        if name in ("main", "HEAD", "refs/heads/main"):
            return self.revisions[-1]
        known = (one for one in self.revisions if len(name) >= 7 and one.sha.startswith(name))
        return next(known, None)


class Repositories:
    """The data sets of a hub.

    `given` has for each name either its files (`{path: bytes | Path}`, one revision), its revisions by day
    (`{"2024-07-01": {path: …}, …}`, all files each time), or the name that it is called by now (a text).
    `delivery` gives the address that keeps large files; the Hub's is another host. Without one they are kept where the
    small files are.
    """

    def __init__(self, given: Mapping[str, Any], delivery: Callable[[], str] | None = None) -> None:
        self.sets: dict[str, DataSet] = {}
        self.renamed: dict[str, str] = {}
        self.stored: dict[str, File] = {}
        self.delivery = delivery
        for name, held in given.items():
            if isinstance(held, str):
                self.renamed[name] = held
            else:
                self.put(name, held)
        self._routes = [
            (re.compile(pattern), answer)
            for pattern, answer in (
                (f"^/api/datasets/{ID}$", self._info),
                (f"^/api/datasets/{ID}/revision/(?P<revision>[^/]+)$", self._info),
                (f"^/api/datasets/{ID}/commits/(?P<revision>[^/]+)$", self._commits),
                (f"^/api/datasets/{ID}/tree/(?P<revision>[^/]+)(?:/(?P<path>.+))?$", self._tree),
                (f"^/api/datasets/{ID}/paths-info/(?P<revision>[^/]+)$", self._paths),
                (f"^/api/datasets/{ID}/refs$", self._refs),
                (f"^/datasets/{ID}/resolve/(?P<revision>[^/]+)/(?P<path>.+)$", self._resolve),
                (r"^/api/resolve-cache/datasets/[^/]+/[^/]+/(?P<sha>[0-9a-f]{40})/(?P<path>.+)$", self._cached),
                (r"^/lfs/(?P<sha256>[0-9a-f]{64})$", self._large),
            )
        ]

    def put(self, name: str, held: Mapping[str, Any]) -> None:
        """Hold a data set; one that is held already gets the revisions it lacks."""
        days = held if all(isinstance(value, Mapping) for value in held.values()) else {"2024-07-11": held}
        data = self.sets.setdefault(name, DataSet([]))
        known = {one.date for one in data.revisions}
        for day, files in days.items():
            date = day if "T" in day else f"{day}T09:00:00.000Z"
            if date not in known:
                data.revisions.append(self._revision(name, date, files, bool(data.revisions)))
        data.revisions.sort(key=lambda one: one.date)

    def _revision(self, name: str, date: str, files: Mapping[str, bytes | Path | str], later: bool) -> Revision:
        kept = {path: _file(path, body) for path, body in files.items()}
        for file in kept.values():
            self.stored[file.sha256] = file
        said_of = "".join(f"{path}\0{file.sha256}\0" for path, file in sorted(kept.items()))
        sha = hashlib.sha1(f"{name}\0{date}\0{said_of}".encode(), usedforsecurity=False).hexdigest()
        return Revision(sha, date, "Update files" if later else "initial commit", kept)

    def answer(self, asked: Asked) -> Reply | None:
        """The answer, if the request is for a data set."""
        for pattern, answer in self._routes:
            found = pattern.match(asked.path)
            if found is None:
                continue
            parts = {key: unquote(value) for key, value in found.groupdict().items() if value is not None}
            if (name := parts.get("id")) in self.renamed:
                target = asked.target.replace(f"datasets/{name}", f"datasets/{self.renamed[name]}", 1)
                return Reply(307, (("Location", target),))
            if name is not None and name not in self.sets:
                return missing(asked)
            return answer(asked, parts)
        return None

    def _found(self, parts: Mapping[str, str]) -> tuple[DataSet, Revision | None]:
        data = self.sets[parts["id"]]
        return data, data.at(parts.get("revision", "main"))

    def _info(self, asked: Asked, parts: Mapping[str, str]) -> Reply:
        data, revision = self._found(parts)
        if revision is None:
            return unknown_revision(parts)
        name, blobs = parts["id"], asked.get("blobs").lower() in ("true", "1")
        row = {
            "_id": identity(f"datasets/{name}"),
            "id": name,
            "author": name.split("/")[0],
            "sha": revision.sha,
            "lastModified": data.revisions[-1].date,
            "createdAt": data.revisions[0].date,
            "private": False,
            "gated": False,
            "disabled": False,
            "tags": ["region:us"],
            "description": "",
            "downloads": 0,
            "likes": 0,
            "cardData": {},
            "siblings": [_sibling(path, file, blobs) for path, file in revision.files.items()],
            "usedStorage": sum(file.size for file in revision.files.values()),
            **data.facts,
        }
        if wanted := asked.all("expand"):
            row = {key: value for key, value in row.items() if key in {"_id", "id", *wanted}}
        return said(row)

    def _commits(self, asked: Asked, parts: Mapping[str, str]) -> Reply:
        data, revision = self._found(parts)
        if revision is None:
            return unknown_revision(parts)
        author = parts["id"].split("/")[0]
        log = [
            {
                "id": one.sha,
                "title": one.title,
                "message": "",
                "authors": [{"user": author, "avatar": f"/avatars/{author}.svg"}],
                "date": one.date,
            }
            for one in reversed(data.revisions[: data.revisions.index(revision) + 1])
        ]
        limit = int(asked.get("limit") or COMMITS_A_PAGE)
        page = int(asked.get("p") or 0)
        more = _page(asked, "p", page + 1) if (page + 1) * limit < len(log) else ()
        return listed(log[page * limit : (page + 1) * limit], ("X-Total-Count", str(len(log))), *more)

    def _tree(self, asked: Asked, parts: Mapping[str, str]) -> Reply:
        _, revision = self._found(parts)
        if revision is None:
            return unknown_revision(parts)
        entries = _entries(revision, parts.get("path", ""), asked.get("recursive").lower() == "true")
        if parts.get("path") and not entries:
            return unknown_entry(revision)
        limit = min(int(asked.get("limit") or TREE_A_PAGE), TREE_A_PAGE)
        start = int(asked.get("cursor") or 0)
        more = _page(asked, "cursor", start + limit) if start + limit < len(entries) else ()
        return listed(entries[start : start + limit], ("X-Repo-Commit", revision.sha), *more)

    def _paths(self, asked: Asked, parts: Mapping[str, str]) -> Reply:
        _, revision = self._found(parts)
        if revision is None:
            return unknown_revision(parts)
        wanted = parse_qs(asked.body.decode()).get("paths", [])
        return listed([_entry(path, revision.files[path]) for path in wanted if path in revision.files])

    def _refs(self, asked: Asked, parts: Mapping[str, str]) -> Reply:
        data, _ = self._found(parts)
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": data.revisions[-1].sha}
        return said({"tags": [], "branches": [main], "converts": []})

    # ---- files

    def _resolve(self, asked: Asked, parts: Mapping[str, str]) -> Reply:
        _, revision = self._found(parts)
        if revision is None:
            return unknown_revision(parts)
        file = revision.files.get(parts["path"])
        if file is None:
            return unknown_entry(revision)
        headers: Headers = (
            ("X-Repo-Commit", revision.sha),
            ("X-Linked-Etag", f'"{file.etag}"'),
            ("Accept-Ranges", "bytes"),
        )
        where = f"/api/resolve-cache/datasets/{parts['id']}/{revision.sha}/{quote(parts['path'])}"
        if file.large:
            where = f"{self.delivery()}/lfs/{file.sha256}" if self.delivery else where
            headers = (*headers, ("X-Linked-Size", str(file.size)), ("Location", where))
            return Reply(302, headers, f"Found. Redirecting to {where}".encode())
        return Reply(307, (*headers, ("Location", f"{where}?etag={quote(file.etag)}")), b"Temporary Redirect")

    def _cached(self, asked: Asked, parts: Mapping[str, str]) -> Reply:
        every = (one for data in self.sets.values() for one in data.revisions)
        revision = next((one for one in every if one.sha == parts["sha"]), None)
        file = revision.files.get(parts["path"]) if revision else None
        if revision is None or file is None:
            return said({"error": "Entry not found"}, 404)
        return _sent(asked, file, ("X-Repo-Commit", revision.sha))

    def _large(self, asked: Asked, parts: Mapping[str, str]) -> Reply:
        file = self.stored.get(parts["sha256"])
        return said({"error": "NoSuchKey"}, 404) if file is None else _sent(asked, file)


def missing(asked: Asked) -> Reply:
    """A repository that is not there: to people without a token the Hub says 401, to others 404."""
    if asked.token is None:
        text = "Invalid username or password."
        return said({"error": text}, 401, ("X-Error-Message", text), ("WWW-Authenticate", "Bearer"))
    text = "Repository not found"
    return said({"error": text}, 404, ("X-Error-Code", "RepoNotFound"), ("X-Error-Message", text))


def unknown_revision(parts: Mapping[str, str]) -> Reply:
    """A revision that is not there."""
    text = f"Invalid rev id: {parts['revision']}"
    return said({"error": text}, 404, ("X-Error-Code", "RevisionNotFound"), ("X-Error-Message", text))


def unknown_entry(revision: Revision) -> Reply:
    """A file that is not there."""
    headers = (("X-Error-Code", "EntryNotFound"), ("X-Error-Message", "Entry not found"))
    return Reply(404, (*headers, ("X-Repo-Commit", revision.sha)), b"Entry not found")


def _file(path: str, body: bytes | Path | str) -> File:
    if isinstance(body, str):
        body = body.encode()
    size = body.stat().st_size if isinstance(body, Path) else len(body)
    git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    sha = hashlib.sha256()
    for piece in Stored(body, 0, size).pieces() if isinstance(body, Path) else (body,):
        git.update(piece)
        sha.update(piece)
    large = size > LFS_SIZE or path.endswith(LFS_SUFFIXES)
    return File(body, size, git.hexdigest(), sha.hexdigest(), large)


def _sent(asked: Asked, file: File, *headers: tuple[str, str]) -> Reply:
    """A file or the part of it that `Range` names."""
    headers = (*headers, ("ETag", f'"{file.etag}"'), ("Accept-Ranges", "bytes"))
    headers = (*headers, ("Content-Type", "application/octet-stream"))
    start, end = 0, file.size
    status = 200
    if wanted := re.fullmatch(r"bytes=(\d*)-(\d*)", asked.headers.get("range", "")):
        first, last = wanted.groups()
        start = int(first) if first else max(file.size - int(last or 0), 0)
        end = min(int(last) + 1, file.size) if first and last else file.size
        if start >= file.size:
            return Reply(416, (*headers, ("Content-Range", f"bytes */{file.size}")), b"")
        status, headers = 206, (*headers, ("Content-Range", f"bytes {start}-{end - 1}/{file.size}"))
    body = Stored(file.body, start, end - start) if isinstance(file.body, Path) else file.body[start:end]
    return Reply(status, headers, body)


def _sibling(path: str, file: File, blobs: bool) -> Row:
    if not blobs:
        return {"rfilename": path}
    row: Row = {"rfilename": path, "blobId": file.git, "size": file.size}
    if file.large:
        row["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": 134}
    return row


def _entry(path: str, file: File) -> Row:
    row: Row = {"type": "file", "oid": file.git, "size": file.size, "path": path}
    if file.large:
        row["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": 134}
    return row


def _entries(revision: Revision, folder: str, recursive: bool) -> list[Row]:
    prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
    entries: dict[str, Row] = {}
    for path, file in sorted(revision.files.items()):
        if not path.startswith(prefix):
            continue
        deeper = path[len(prefix) :].split("/")[:-1]
        for depth in range(len(deeper) if recursive else min(len(deeper), 1)):
            name = prefix + "/".join(deeper[: depth + 1])
            oid = hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()
            entries.setdefault(name, {"type": "directory", "oid": oid, "size": 0, "path": name})
        if recursive or not deeper:
            entries[path] = _entry(path, file)
    return list(entries.values())


def _page(asked: Asked, parameter: str, value: int) -> Headers:
    query = [(key, old) for key, old in asked.query if key != parameter]
    return (("Link", f'<{asked.endpoint}{asked.path}?{urlencode([*query, (parameter, str(value))])}>; rel="next"'),)
