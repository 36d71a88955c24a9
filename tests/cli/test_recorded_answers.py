"""What the bundled sample answers, number by number, as it was when the numbers were last looked at.

A change of the sample, of the register or of a rule moves these numbers, and the move is then seen in a diff. Look
at it, and where it is meant, record anew:

    WEIGHBRIDGE_RECORD=1 python -m pytest tests/cli/test_recorded_answers.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

SNAPSHOTS = Path(__file__).parent / "snapshots"
RECORD = "WEIGHBRIDGE_RECORD"
DIMENSIONS = ("country", "organisation", "family", "task", "licence")
SHARES = {
    f"{definition} by {by}": ("share", "--by", by, "--definition", definition, "--top", "25")
    for definition in ("house", "raw", "young-models", "base-credit")
    for by in DIMENSIONS
}
CASES = {
    **SHARES,
    "ollama by country and month": ("share", "--hub", "ollama", "--by", "country", "--over", "month"),
    "ollama by family and quarter": ("share", "--hub", "ollama", "--by", "family", "--over", "quarter", "--top", "15"),
    "concentration of countries": ("concentration", "--of", "countries"),
}


def file_of(name):
    return SNAPSHOTS / f"{name.replace(' ', '-')}.json"


def figures(document):
    """Group → downloads and value, under each period; with the whole and what is known of it."""
    rows: dict[str, dict[str, list[object]]] = {}
    for row in document["rows"]:
        rows.setdefault(row["period"] or "", {})[row["group"]] = [row["downloads"], round(row["value"], 6)]
    known = document["coverage"]
    return {
        "window": f"{document['window']['from']} to {document['window']['to']}",
        "total": document["total"],
        "registered": round(known["registered_share"], 6),
        "located": round(known["located_share"], 6),
        "removed": {removal["rule"]: [removal["models"], removal["downloads"]] for removal in document["removed"]},
        "rows": rows,
    }


def written(value, indent=0):
    """JSON with one group a line, so that a diff shows the groups that moved and no others."""
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    space = " " * (indent + 1)
    lines = (f"{space}{json.dumps(k, ensure_ascii=False)}: {written(v, indent + 1)}" for k, v in value.items())
    return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"


@pytest.mark.parametrize("name", CASES)
def test_the_sample_answers_as_recorded(command, no_store, name):
    ran = command(*CASES[name], "--store", no_store, "--json")
    assert ran.status == 0, ran.out
    now = figures(ran.document)
    path = file_of(name)
    if os.environ.get(RECORD) == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(written(now) + "\n", encoding="utf-8")
        return
    assert path.is_file(), f"nothing is recorded for {name!r}; {RECORD}=1 records it"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    assert now == recorded, f"a number of {name!r} changed; where that is meant, {RECORD}=1 records it anew"


def test_every_recording_belongs_to_a_case():
    there = {path.name for path in SNAPSHOTS.iterdir()}
    expected = {file_of(name).name for name in CASES}
    if os.environ.get(RECORD) == "1":
        for name in there - expected:
            (SNAPSHOTS / name).unlink()
        return
    assert there == expected
