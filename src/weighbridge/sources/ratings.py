"""What sources of ratings share: links to repositories, short texts, and the table that they bring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from weighbridge.records.observations import Batch, Reject, observations
from weighbridge.records.parts import PARTS
from weighbridge.records.shown import plain
from weighbridge.sources.yaml_folder import documents

LINK = re.compile(
    r"^(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)/)?"
    r"(?!(?:datasets|spaces|collections|papers|blog|docs|models|organizations|https?:)/)"
    r"([A-Za-z0-9_][\w.-]{0,95}/\w[\w.-]{0,95})(?:[/?#].*)?$",
    re.ASCII,
)
OTHER_HOST = re.compile(r"^https?://(?!(?:www\.)?(?:huggingface\.co|hf\.co)/)")
LONGEST_NOTE = 300
Rated = tuple[list[dict[str, Any]], list[tuple[str, str]]]


def repositories(*links: Any) -> list[str]:
    """Repositories on the Hub that some links (texts, or lists of them) lead to, each once, in their order."""
    found: dict[str, None] = {}
    for link in links:
        for written in link if isinstance(link, list) else [link]:
            if not isinstance(written, str) or OTHER_HOST.match(written.strip()):
                continue
            match = LINK.match(written.strip())
            if match is not None:
                found[match[1]] = None
    return list(found)


def short(value: Any) -> str:
    """A scalar as clean text of at most `LONGEST_NOTE` characters; empty for lists, mappings and what is missing."""
    text = " ".join(plain(value).split()) if isinstance(value, str) else ""
    return text if len(text) <= LONGEST_NOTE else text[: LONGEST_NOTE - 3] + "..."


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, empty where the value is none."""
    return value if isinstance(value, dict) else {}


def rated(path: Path, pattern: str, rate: Callable[[dict[str, Any], str], Rated]) -> Batch:
    """The ratings in a folder of YAML files, a system each.

    Args:
        path: the folder.
        pattern: of the files' names.
        rate: from a file's content and name to its rows, and to columns with what is wrong in them.
    """
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    for number, name, document, reason in documents(path, pattern):
        found, faults = ([], [("", reason)]) if document is None else rate(document, name)
        rows += found
        rejects += [Reject(number, column, words) for column, words in faults]
    return batch(rows, rejects)


def batch(rows: Sequence[Mapping[str, Any]], rejects: Iterable[Reject]) -> Batch:
    """A batch without observations that brings ratings."""
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=PARTS["ratings"].schema)
    return Batch(observations({}, 0), list(rejects), parts={"ratings": table})
