"""Other names of the same thing: the Hub's old canonical models, renamed models and namespaces."""

from __future__ import annotations

import functools

from weighbridge.register import files

LONGEST_CHAIN = 5
HUB_ADDRESS = ("https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "huggingface.co/")


def today(hub: str, name: str) -> str | None:
    """Today's `org/name` of an old name, or null where no alias is known; letter case does not count."""
    canonical, models, namespaces = _tables().get(hub, ({}, {}, {}))
    low = name.lower()
    if "/" not in name:
        return canonical.get(low)
    if low in models:
        return models[low]
    namespace, rest = name.split("/", 1)
    renamed = namespaces.get(namespace.lower())
    return f"{renamed}/{rest}" if renamed else None


def chain_end(hub: str, name: str) -> str | None:
    """Where a chain of aliases ends, or null where there is none."""
    found = None
    for _ in range(LONGEST_CHAIN):
        step = today(hub, found or name)
        if step is None or step == found:
            break
        found = step
    return found


def tidy(reference: str) -> str:
    """A reference as a model card writes it, without the Hub's address and stray marks."""
    text = reference.strip().strip("\"'`").rstrip("/")
    for address in HUB_ADDRESS:
        if text.lower().startswith(address):
            return "/".join(text[len(address) :].split("/")[:2])
    return text


@functools.cache
def _tables() -> dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]]:
    tables: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {}
    place = {"canonical": 0, "model": 1, "namespace": 2}
    for row in files.rows("aliases"):
        tables.setdefault(row["hub"], ({}, {}, {}))[place[row["kind"]]][row["alias"].lower()] = row["name"]
    return tables
