"""Counts in words."""

from __future__ import annotations


def several(count: int, noun: str) -> str:
    """`1 day`, `2 days`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def amount(count: int, unit: str) -> str:
    """`1 download`, `2 downloads`, for a unit as answers name it (`downloads`, `pulls`)."""
    return several(count, unit.removesuffix("s"))
