"""What a store or a cube file can answer: hubs, populations, windows, what is stale and what is damaged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow.compute as pc

from weighbridge.cubes.cubefile import CubeFile
from weighbridge.measures.asking import Backing, StoreBacking
from weighbridge.records.clock import day_number, day_text, moment_text, parse_day, parse_moment
from weighbridge.records.vintage import Vintage
from weighbridge.store.amounts import read_amounts, with_amounts
from weighbridge.store.package import damage

STALE_DAYS = 30


def condition(backing: Backing, digests: bool = True) -> dict[str, Any]:
    """One row a hub and population, one a hub with amounts of periods, and the damage that was found.

    Args:
        backing: what is looked at.
        digests: compare every file with its digest, which reads all of them; else only what opening looks at: of a
            store names, sizes and documents, of a cube file its document.

    Raises:
        StoreDamaged: what shows without digests.
    """
    if isinstance(backing, CubeFile):
        return _of_cube(backing, digests)
    if not isinstance(backing, StoreBacking):
        return {"rows": [], "digests": digests, "damaged": []}
    everything = backing.store.vintages()
    held = [v for v in everything if v.counters]
    rows = []
    for hub, population in sorted({(v.hub, v.population) for v in held}):
        some = [v for v in held if (v.hub, v.population) == (hub, population)]
        monthly = sorted({d for v in some for d in v.days_30d})
        daily = sorted({d for v in some for d in v.days_all})
        newest = max(monthly[-1:] + daily[-1:])
        rows.append(
            {
                "hub": hub,
                "population": population,
                "vintages": len(some),
                "models": max(v.models for v in some),
                "at": [day_text(d) for d in (monthly[:1] + monthly[-1:])] if monthly else [],
                "days_at": len(monthly),
                "flows": [day_text(daily[0]), day_text(daily[-1])] if len(daily) > 1 else [],
                "amounts": [],
                "newest": day_text(newest),
                "age_days": _today() - newest,
                "stale": _today() - newest > STALE_DAYS,
                "ask_with": "" if population == "census" else f"--vintage {some[-1].id}",
            }
        )
    bringing = with_amounts(everything)
    for hub in sorted({v.hub for v in bringing}):
        rows += _of_amounts(hub, [v for v in bringing if v.hub == hub])
    registers = sorted({v.register for v in everything if v.register})
    return {
        "store": str(backing.store.path),
        "rows": rows,
        "registers": ["house", *registers],
        "digests": digests,
        "damaged": [fault for v in everything for fault in damage(v.folder)] if digests else [],
    }


def _of_amounts(hub: str, vintages: Sequence[Vintage]) -> list[dict[str, Any]]:
    """One row a population: the names, periods and newest day of a hub that gives amounts."""
    rows = []
    for population in sorted({v.population for v in vintages}):
        some = [v for v in vintages if v.population == population]
        table = read_amounts(some)
        if not table.num_rows:
            continue
        newest = pc.max(table["end"]).as_py() - 1
        named = table.filter(pc.not_equal(table["level"], "rest"))["name"]
        rows.append(
            {
                "hub": hub,
                "population": population,
                "vintages": len(some),
                "models": pc.count_distinct(named).as_py(),
                "at": [],
                "days_at": 0,
                "flows": [],
                "amounts": [day_text(pc.min(table["start"]).as_py()), day_text(newest)],
                "newest": day_text(newest),
                "age_days": _today() - newest,
                "stale": _today() - newest > STALE_DAYS,
                "ask_with": f"usage --hub {hub}",
            }
        )
    return rows


def _of_cube(cube: CubeFile, digests: bool) -> dict[str, Any]:
    rows = [
        {
            "hub": part["hub"],
            "population": part["population"],
            "attribution": part["attribution"],
            "over": part["grain"] or "(newest window)",
            "from": day_text(part["windows"][0]["start"]),
            "to": day_text(part["windows"][-1]["end"]),
            "windows": len(part["windows"]),
            "ages": part["ages"],
            "newest": part["observed"],
            "age_days": _today() - parse_day(part["observed"]),
            "stale": _today() - parse_day(part["observed"]) > STALE_DAYS,
        }
        for part in cube.document["parts"]
    ]
    made = parse_moment(cube.document["made"])
    return {
        "store": str(cube.path),
        "made": moment_text(made),
        "rows": rows,
        "registers": ["house"],
        "digests": digests,
        "damaged": cube.damage() if digests else [],
        "notes": list(cube.notes),
    }


def _today() -> int:
    return day_number(datetime.now(UTC).date())
