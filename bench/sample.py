"""Make the bundled sample from a census of the Hub and a year of Ollama pulls: `python -m bench.sample ...`."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from weighbridge.cubes.cubefile import sample_path
from weighbridge.cubes.exporting import export_cube
from weighbridge.records.clock import day_text, parse_moment
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.package import file_sha256
from weighbridge.store.writing import ingest

LARGEST = 2 * 2**20
GRAINS = ("", "month", "quarter", "year")
ORIGIN = (
    "Hugging Face Hub, 760,000 models listed on 2024-07-11 from the Hub's public API by "
    "github.com/TStalnaker44/hugging_face_analysis_replication (GPL-3.0); Ollama library, pulls by day "
    "from 2025-07-17 to 2026-06-21, read from the public page by github.com/auditomatic/ollama-models-registry "
    "(no licence stated). This file holds sums that Weighbridge computed from them over models that share labels, "
    "and, by name, the sums of the 200 largest models."
)


def main(hub_dump: str, day: str, ollama_pulls: str) -> None:
    """Read both files into a scratch store, export its cubes, and write down where they come from."""
    target = sample_path()
    command = f"python3 tasks.py sample {Path(hub_dump).name} {day} {Path(ollama_pulls).name}"
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        at = parse_moment(day)
        census = ingest(store, source("hub-dump"), Path(hub_dump), at=at, known=parse_moment(f"{day}T23:59:59Z"))
        first = ingest(store, source("ollama-pulls"), Path(ollama_pulls), at=None, known=census.vintage.known)
        last = parse_moment(f"{day_text(first.vintage.days_all[-1])}T23:59:59Z")
        shutil.rmtree(first.vintage.folder)  # the file says itself until when it was known
        ingest(store, source("ollama-pulls"), Path(ollama_pulls), at=None, known=last)
        document = export_cube(store, target, command, ORIGIN, GRAINS)
    if target.stat().st_size > LARGEST:
        sys.exit(f"{target} has {target.stat().st_size} bytes, over {LARGEST}")
    origin = {
        "file": target.name,
        "bytes": target.stat().st_size,
        "sha256": file_sha256(target),
        "made": document["made"],
        "command": command,
        "method": document["method"],
        "origin": ORIGIN,
        "vintages": document["vintages"],
    }
    target.with_name("origin.json").write_text(json.dumps(origin, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(origin, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
