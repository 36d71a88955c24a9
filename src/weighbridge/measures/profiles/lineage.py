"""The lineage of one model as an answer with rows, so that it is drawn, tabled and downloaded like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BESIDE = ("hub", "unit", "definition", "window", "as_of", "vintages", "population", "simulated", "coverage", "sources")
"""What stands beside the rows, as in the profile."""
ROLES = ("ancestor", "model", "child")


def document(profile: Mapping[str, Any]) -> dict[str, Any] | None:
    """The model of a profile between its ancestors and its heaviest children; null where lineage is not held.

    Rows are ancestors as a tree (`depth` 1 is a parent, and what follows with a larger depth is above it), the model
    (`depth` 0), then its children (`depth` -1), heaviest first.

    Args:
        profile: of a model.
    """
    if profile.get("children") is None:
        return None
    parents = {one["model"]: one for one in profile["parents"]}
    children, own = profile["children"], profile["share"] or {}
    rows = [
        *(_row("ancestor", one["depth"], one["model"], parents.get(one["model"]) if one["depth"] == 1 else None)
          for one in profile["ancestors"]),
        _row("model", 0, profile["name"], {"downloads": profile["downloads"], "relation": profile["relation"]}),
        *(_row("child", -1, one["model"], one) for one in children["rows"]),
    ]  # fmt: skip
    return {
        "measure": "lineage",
        "title": f"Lineage of {profile['name']}",
        "by": "model",
        **{name: profile[name] for name in BESIDE},
        "name": profile["name"],
        "rank": own.get("rank"),
        "children": children["models"],
        "children_downloads": children["downloads"],
        "roots": profile["roots"],
        "rows": rows,
        "notes": [],
    }


def _row(role: str, depth: int, name: str, told: Mapping[str, Any] | None) -> dict[str, Any]:
    known = told or {}
    return {"role": role, "depth": depth, "model": name, "downloads": known.get("downloads"),
            "relation": known.get("relation"), "inferred": known.get("inferred")}  # fmt: skip
