"""What a store or a cube file can answer: hubs, populations, windows, what is stale and what is damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from weighbridge.cubes.cubefile import CubeFile
from weighbridge.measures.asking import Backing, StoreBacking
from weighbridge.records.clock import day_number, day_text, moment_text, parse_day, parse_moment
from weighbridge.store.package import damage

STALE_DAYS = 30


def condition(backing: Backing) -> dict[str, Any]:
    """One row a hub and population, and the damage found by digest."""
    if isinstance(backing, CubeFile):
        return _of_cube(backing)
    if not isinstance(backing, StoreBacking):
        return {"rows": [], "damaged": []}
    held = [v for v in backing.store.vintages() if v.counters]
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
                "newest": day_text(newest),
                "age_days": _today() - newest,
                "stale": _today() - newest > STALE_DAYS,
                "ask_with": "" if population == "census" else f"--vintage {some[-1].id}",
            }
        )
    registers = sorted({v.register for v in backing.store.vintages() if v.register})
    return {
        "store": str(backing.store.path),
        "rows": rows,
        "registers": ["house", *registers],
        "damaged": [fault for v in backing.store.vintages() for fault in damage(v.folder)],
    }


def _of_cube(cube: CubeFile) -> dict[str, Any]:
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
        "damaged": cube.damage(),
        "notes": list(cube.notes),
    }


def _today() -> int:
    return day_number(datetime.now(UTC).date())
