"""One's own rows for the register: are they valid, what do they change, and how much weight do they touch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from weighbridge.definitions.named import define
from weighbridge.errors import WeighbridgeError
from weighbridge.measures.asking import Backing, weighed_for
from weighbridge.records.clock import day_number, day_text
from weighbridge.records.question import Question
from weighbridge.register import parties
from weighbridge.register.parties import UNREGISTERED


def check_corrections(path: Path, backing: Backing) -> dict[str, Any]:
    """Each row of a file with its faults, or what it changes.

    Returns:
        `{"file", "day", "faults", "rows": [{"row", "namespace", "status", "reason", "house", "yours", "downloads"}]}`;
        status is `fault`, `new`, `changes` or `same` on `day`, the last of the newest window; downloads are those of
        that window, null where nothing that is held tells them.
    """
    table = parties.read_corrections(path)
    faults: dict[int, list[str]] = {}
    for fault in parties.correction_faults(table):
        faults.setdefault(fault["row"], []).append(f"{fault['column']}: {fault['reason']}".lstrip(": "))
    mine = parties.corrected([row for number, row in enumerate(table, 1) if number not in faults], "yours")
    house = parties.house()
    weights, day = _weights(backing)
    rows = []
    for number, row in enumerate(table, 1):
        was, now = (register.party(row["hub"], row["namespace"], day) for register in (house, mine))
        same = (was.organisation, was.type, was.country) == (now.organisation, now.type, now.country)
        status = "new" if was.organisation == UNREGISTERED else "same" if same else "changes"
        rows.append(
            {
                "row": number,
                "namespace": row["namespace"],
                "status": "fault" if number in faults else status,
                "reason": "; ".join(faults.get(number, [])),
                "house": f"{was.organisation}, {was.type}, {was.country}",
                "yours": None if number in faults else f"{now.organisation}, {now.type}, {now.country}",
                "downloads": weights.get(row["namespace"].lower()),
            }
        )
    return {"file": str(path), "day": day_text(day), "faults": len(faults), "rows": rows}


def _weights(backing: Backing) -> tuple[dict[str, int], int]:
    """Downloads of each namespace in the newest window, and its last day; today where nothing is held."""
    try:
        weighed = weighed_for(backing, Question(define("raw")))
    except WeighbridgeError:
        return {}, day_number(datetime.now(UTC).date())
    holder = weighed.entries.holder
    sums = np.bincount(holder.codes, weights=weighed.entries.value, minlength=len(holder.names))
    named = zip(holder.names.to_pylist(), sums, strict=True)
    return {str(name).lower(): int(weight) for name, weight in named}, weighed.slice.windows[-1].end - 1
