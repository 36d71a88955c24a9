"""Folders of small YAML files, one a system: read as text, lists and mappings, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from weighbridge.errors import SourceFailed
from weighbridge.records.shown import plain

LARGEST_FILE = 2**20  # bytes; the files that are known have some thousands
MOST_FILES = 20_000
MOST_EVENTS = 50_000
DEEPEST = 20


def documents(folder: Path, pattern: str) -> Iterator[tuple[int, str, dict[str, Any] | None, str]]:
    """The files of a folder in order of name: number from 1, name, content, and why there is none.

    Every scalar is text, as it is written: no tag, number or date is interpreted. Files with references (anchors),
    which could make a small file a huge document, are not read.

    Args:
        folder: where the files lie, not deeper.
        pattern: of their names, such as `*.yaml`.

    Raises:
        SourceFailed: it is no folder, or holds no such file, or far too many.
    """
    if not folder.is_dir():
        raise SourceFailed(f"{folder} is not a folder", f"give the folder that holds the files {pattern}")
    files = sorted(path for path in folder.glob(pattern) if path.is_file())
    if not files or len(files) > MOST_FILES:
        raise SourceFailed(
            f"{folder} holds {len(files):,} files {pattern}", f"give a folder with 1 to {MOST_FILES:,} of them"
        )
    for number, file in enumerate(files, 1):
        name = plain(file.name)
        try:
            yield number, name, _document(file), ""
        except ValueError as error:
            yield number, name, None, f"{name}: {plain(str(error))}"


def _document(file: Path) -> dict[str, Any]:
    """The mapping in a file.

    Raises:
        ValueError: there is none, or it goes beyond a limit.
    """
    import yaml

    try:
        size = file.stat().st_size
        if size > LARGEST_FILE:
            raise ValueError(f"has {size:,} bytes, more than {LARGEST_FILE:,}")
        text = file.read_text(encoding="utf-8")
        _check_form(text)
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        found = yaml.load(text, Loader=loader)  # noqa: S506 - the base loader makes nothing but text, lists, mappings
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except (yaml.YAMLError, RecursionError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"is not valid YAML: {reason[:200]}") from None
    if not isinstance(found, dict):
        raise ValueError("holds no mapping")
    return found


def _check_form(text: str) -> None:
    """Look at a document's events before anything is made of them.

    Raises:
        ValueError: it is too large or too deep, or refers to itself.
    """
    import yaml

    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("refers to other parts of itself")
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if depth > DEEPEST or number > MOST_EVENTS:
            raise ValueError("is nested or filled far beyond what such a file is")
