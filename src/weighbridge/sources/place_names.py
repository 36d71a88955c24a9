"""What names of places in other people's labels mean: an ISO code, or one of the register's other places."""

from __future__ import annotations

import csv
import functools
from importlib import resources


def place_of(written: str) -> str | None:
    """The place that a label means; null where the name is not known. Letter case does not count."""
    return _places().get(written.strip().casefold())


@functools.cache
def _places() -> dict[str, str]:
    file = resources.files("weighbridge.sources") / "data" / "place-names.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["written"].casefold(): row["place"] for row in rows}
