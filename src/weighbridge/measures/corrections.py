"""One's own rows for the register: are they valid, what do they change, and how much weight do they touch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from weighbridge.definitions.named import define
from weighbridge.errors import WeighbridgeError
from weighbridge.measures.asking import Backing, weighed_for
from weighbridge.records.question import Question
from weighbridge.register import files, parties
from weighbridge.register.parties import UNREGISTERED


def check_corrections(path: Path, backing: Backing) -> dict[str, Any]:
    """Each row of a file with its faults, or what it changes.

    Returns:
        `{"file", "faults", "rows": [{"row", "namespace", "status", "reason", "house", "yours", "downloads"}]}`;
        status is `fault`, `new`, `changes` or `same`; downloads are those of the newest window, null where
        nothing that is held tells them.
    """
    table = parties.read_corrections(path)
    faults = {fault["row"]: fault for fault in files.faults("namespaces", table)}
    organisations = {row["organisation"] for row in files.rows("organisations")} | {
        "(individuals)",
        "(unknown)",
    }
    for number, row in enumerate(table, 1):
        if row["organisation"] not in organisations and number not in faults:
            reason = f"there is no organisation {row['organisation']!r} in the register"
            faults[number] = {"row": number, "column": "organisation", "reason": reason}
    good = [row for number, row in enumerate(table, 1) if number not in faults]
    mine = parties.corrected(good, "yours")
    house = parties.house()
    weights = _weights(backing)
    rows = []
    for number, row in enumerate(table, 1):
        was = house.party(row["hub"], row["namespace"], FAR_DAY)
        entry: dict[str, Any] = {"row": number, "namespace": row["namespace"]}
        if number in faults:
            fault = faults[number]
            entry |= {"status": "fault", "reason": f"{fault['column']}: {fault['reason']}".lstrip(": ")}
        else:
            now = mine.party(row["hub"], row["namespace"], FAR_DAY)
            same = (was.organisation, was.type, was.country) == (now.organisation, now.type, now.country)
            status = "new" if was.organisation == UNREGISTERED else "same" if same else "changes"
            entry |= {
                "status": status,
                "reason": "",
                "yours": f"{now.organisation}, {now.type}, {now.country}",
            }
        entry["house"] = f"{was.organisation}, {was.type}, {was.country}"
        entry["downloads"] = weights.get(row["namespace"].lower())
        rows.append(entry)
    return {"file": str(path), "faults": len(faults), "rows": rows}


FAR_DAY = 2**30  # the party in force after every dated term


def _weights(backing: Backing) -> dict[str, int]:
    """Downloads of each namespace in the newest window; empty where nothing can tell."""
    try:
        weighed = weighed_for(backing, Question(define("raw")))
    except WeighbridgeError:
        return {}
    holder = weighed.entries.holder
    sums = np.bincount(holder.codes, weights=weighed.entries.value, minlength=len(holder.names))
    return {str(name).lower(): int(weight) for name, weight in zip(holder.names.to_pylist(), sums, strict=True)}
