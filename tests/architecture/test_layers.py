"""The way of the data is the order of the folders, and imports go to the left only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import weighbridge

SOURCE = Path(weighbridge.__file__).parent
ORDER = (
    "sources", "store", "register", "lineage", "definitions", "cubes", "quality", "measures", "claims",
    "charts", "upkeep", "surfaces",
)  # fmt: skip
MAY_IMPORT = {
    "errors": set(),
    "records": {"errors", "records"},
    "sources": {"errors", "records", "sources"},
    "store": {"errors", "records", "store"},
    **{
        stage: {"errors", "records", *ORDER[: place + 1]}
        for place, stage in enumerate(ORDER)
        if stage not in ("sources", "store")
    },
}
TOP = {"": set(MAY_IMPORT), "__main__": set(MAY_IMPORT)}
LONGEST = 500
TOO_HEAVY = {"pandas", "polars", "duckdb", "narwhals", "pyspark"}
CLUSTERS = {"cubes/dataframes.py": {"narwhals"}, "cubes/engines/spark.py": {"pyspark"}}
MODULES = sorted(path for path in SOURCE.rglob("*.py"))


def stage_of(path: Path) -> str:
    """The stage that a module belongs to: its folder, or its name at the top."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def imported(tree: ast.AST) -> set[str]:
    """Full names of all that a module imports, wherever in it the statement stands."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_every_folder_of_the_package_is_a_stage_or_data():
    stages = {stage_of(path) for path in MODULES} - set(TOP)
    assert stages == set(MAY_IMPORT)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_a_module_imports_its_own_stage_and_those_to_its_left(path: Path):
    stage = stage_of(path)
    ours = {name.split(".")[1] for name in imported(parsed(path)) if name.startswith("weighbridge.")}
    allowed = {**MAY_IMPORT, **TOP}[stage] | ({"__version__"} if stage == "surfaces" else set())
    assert ours <= allowed


def test_lineage_takes_nothing_but_aliases_from_the_register():
    taken = {
        name
        for path in MODULES
        if stage_of(path) == "lineage"
        for name in imported(parsed(path))
        if name.startswith("weighbridge.register")
    }
    assert taken == {"weighbridge.register.aliases"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_only_what_clusters_run_imports_a_data_frame_library(path: Path):
    allowed = CLUSTERS.get(path.relative_to(SOURCE).as_posix(), set())
    assert not ({name.split(".")[0] for name in imported(parsed(path))} & TOO_HEAVY) - allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_no_module_is_longer_than_can_be_read_at_a_sitting(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_every_module_says_what_it_is_for(path: Path):
    assert ast.get_docstring(parsed(path))
