"""`datapackage.json`: what a vintage says of itself, in Frictionless Data's terms.

Standard: https://datapackage.org (Data Package 2.0, Table Schema). Keys of our own stand under `weighbridge`.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from weighbridge.errors import StoreDamaged, UsageError
from weighbridge.records.clock import day_number, day_text, moment_text, parse_moment
from weighbridge.records.source import Descriptor
from weighbridge.records.vintage import Vintage
from weighbridge.store.packs import file_bytes, file_sizes, inside_pack, where_it_lies

PACKAGE = "datapackage.json"
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError)
"""What a document may raise that is missing or not what was written."""
FIELD_TYPES = {
    "string": "string",
    "int64": "integer",
    "int32": "integer",
    "bool": "boolean",
    "double": "number",
}


def file_sha256(path: Path) -> str:
    """Digest of a file, or of a folder's files with their names."""
    digest = hashlib.sha256()
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        if path.is_dir():
            digest.update(file.relative_to(path).as_posix().encode() + b"\0")
        with file.open("rb") as handle:
            while block := handle.read(2**20):
                digest.update(block)
    return digest.hexdigest()


def resource(path: Path, schema: pa.Schema, rows: int, what: str) -> dict[str, Any]:
    """A resource entry: file, digest, size, rows and Table Schema."""
    return {
        "name": path.stem,
        "path": path.name,
        "description": what,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{file_sha256(path)}",
        "rows": rows,
        "schema": {"fields": [{"name": f.name, "type": _field_type(f.type)} for f in schema]},
    }


def package(
    descriptor: Descriptor,
    vintage: str,
    origin: dict[str, Any],
    resources: list[dict[str, Any]],
    reading: dict[str, Any],
) -> dict[str, Any]:
    """The whole document.

    Args:
        descriptor: the source.
        vintage: id of the vintage.
        origin: `known`, `at`, `population`, `sha256`, `file` of the reading, and `origin`: where it was fetched from.
        resources: entries made by `resource`.
        reading: counts, days and rejects.
    """
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": vintage.lower(),
        "title": descriptor.title,
        "created": moment_text(origin["known"]),
        "licenses": [{"name": "other", "title": descriptor.licence}],
        "sources": [{"title": f"{descriptor.producer}: {origin['file']}"}],
        "resources": resources,
        "weighbridge": {
            "vintage": vintage,
            "source": descriptor.id,
            "producer": descriptor.producer,
            "terms": descriptor.terms,
            "hub": descriptor.hub,
            "unit": descriptor.unit,
            "register": descriptor.register,
            "population": origin["population"],
            "known": moment_text(origin["known"]),
            "at": moment_text(origin["at"]) if origin["at"] else None,
            "sha256": origin["sha256"],
            "origin": origin["origin"],
            "simulated": False,
            **reading,
        },
    }


def read_package(folder: Path) -> Vintage:
    """The vintage of a folder, or of a place inside a pack.

    Raises:
        StoreDamaged: the document is missing, unreadable, or a resource has not its size.
    """
    return described(folder)[0]


def described(folder: Path) -> tuple[Vintage, dict[str, int]]:
    """The vintage of a folder or of a place inside a pack, and its resources' sizes in bytes.

    Raises:
        StoreDamaged: as `read_package`.
    """
    try:
        document = json.loads(file_bytes(folder, PACKAGE))
        ours = document["weighbridge"]
        sizes = {_text(entry["path"]): int(entry["bytes"]) for entry in document["resources"]}
        there = file_sizes(folder)
        for name, size in sizes.items():
            if name not in there:
                raise FileNotFoundError(f"{name} is missing")
            if there[name] != size:
                raise StoreDamaged(f"{folder / name} has {there[name]} bytes, not {size}", mend(folder))
        vintage = Vintage(
            id=_text(ours["vintage"]),
            source=_text(ours["source"]),
            title=_text(document["title"]),
            hub=_text(ours["hub"]),
            unit=_text(ours["unit"]),
            population=_text(ours["population"]),
            known=parse_moment(ours["known"]),
            at=parse_moment(ours["at"]) if ours["at"] else None,
            sha256=ours["sha256"],
            models=int(ours["models"]),
            counters=int(ours["counters"]),
            days_30d=_days(ours["days_30d"]),
            days_all=_days(ours["days_all"]),
            register=ours["register"],
            simulated=ours["simulated"],
            folder=folder,
        )
        return vintage, sizes
    except UNREADABLE as error:
        raise StoreDamaged(f"{folder / PACKAGE} cannot be read: {error}", mend(folder)) from None


def damage(folder: Path) -> list[str]:
    """What is wrong with a vintage's files, by their digests; empty where all is well."""
    try:
        return where_it_lies(folder, _damage)
    except OSError as error:
        return [f"{folder} cannot be read: {error}"]


def _damage(folder: Path) -> list[str]:
    try:
        read_package(folder)
        document = json.loads(file_bytes(folder, PACKAGE))
    except StoreDamaged as error:
        if not (folder.parent if inside_pack(folder) else folder).exists():
            raise FileNotFoundError(f"{folder} is gone") from None
        return [error.message]
    return [
        f"{folder / entry['path']} is not the file that was written"
        for entry in document["resources"]
        if f"sha256:{_digest(folder, entry['path'])}" != entry.get("hash")
    ]


def _digest(folder: Path, name: str) -> str | None:
    """Digest of a vintage's file; null where a pack's own checksum already shows that it is damaged."""
    if not inside_pack(folder):
        return file_sha256(folder / name)
    try:
        return hashlib.sha256(file_bytes(folder, name)).hexdigest()
    except FileNotFoundError:
        raise
    except OSError:
        return None


def mend(folder: Path) -> str:
    """What to do about a damaged vintage."""
    if inside_pack(folder):
        return f"restore {folder.parent.name} from a backup, or unpack what is whole of it beside it and delete it"
    return "restore the vintage from a backup, or delete its folder and read the source again"


def days_document(days: list[int]) -> list[str]:
    """Day numbers as they stand in the document."""
    return [day_text(day) for day in days]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _days(texts: list[str]) -> tuple[int, ...]:
    return tuple(day_number(datetime.fromisoformat(text).date()) for text in texts)


def _field_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "datetime"
    if pa.types.is_list(kind):
        return "list"
    return FIELD_TYPES.get(str(kind), "any")
