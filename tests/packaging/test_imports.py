"""What starting the command costs: heavy packages are imported only by what needs them."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = (
    "pandas",
    "polars",
    "duckdb",
    "narwhals",
    "pyspark",
    "jsonschema",
    "rich",
    "vl_convert",
    "pytest",
    "hypothesis",
)
REPORT = """
import atexit, sys

atexit.register(lambda: print("\\n" + " ".join(sorted({{m.split(".")[0] for m in sys.modules}}))))
from weighbridge.surfaces.cli.main import main
main({arguments!r})
"""


def imported_by(tmp_path, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", REPORT.format(arguments=[*arguments])],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"WEIGHBRIDGE_STORE": str(tmp_path / "none"), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [
    ("--help",), ("share", "--help"), ("share",), ("share", "--json"), ("sources",), ("definitions", "--json"),
])  # fmt: skip
def test_what_needs_no_heavy_package_imports_none(tmp_path, arguments):
    loaded = imported_by(tmp_path, *arguments)
    assert "weighbridge" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize(
    ("arguments", "packages"),
    [
        (("--help",), {"click", "weighbridge"}),
        (("share", "--json"), {"click", "filelock", "numpy", "platformdirs", "pyarrow", "weighbridge"}),
    ],
)
def test_what_a_command_imports_is_listed_here(tmp_path, arguments, packages):
    loaded = imported_by(tmp_path, *arguments) - set(sys.stdlib_module_names)
    aside = {"cython_runtime", "dateutil", "sitecustomize", "usercustomize"}  # pyarrow takes dateutil where it is
    assert {name for name in loaded if not name.startswith("_")} - aside <= packages


def test_importing_the_package_imports_nothing_else():
    code = "import sys; before = set(sys.modules); import weighbridge; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.split(".")[0] for name in done.stdout.split()} <= {
        "weighbridge",
        "pathlib",
        "typing",
        *sys.stdlib_module_names,
    }


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_a_terminal_gets_a_spinner_from_rich(tmp_path):
    import pty

    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-c", REPORT.format(arguments=["share", "--json"])],
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            encoding="utf-8",
            env=os.environ | {"WEIGHBRIDGE_STORE": str(tmp_path / "none"), "PYTHONUTF8": "1", "TERM": "dumb"},
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 0
    assert "rich" in done.stdout.splitlines()[-1].split()


def distribution(text):
    """The normal form of a distribution's name, of a requirement or of the name alone."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", text)[0]).lower()


def third_party_imports():
    """The distributions that the source imports from, and the files that do; the name of `pyyaml` is `yaml` there."""
    found: dict[str, list[str]] = {}
    brought_by = packages_distributions()
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for top in {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"weighbridge"}:
                for name in brought_by.get(top, [top]):
                    found.setdefault(distribution(name), []).append(path.name)
    return found


def test_what_the_source_imports_is_declared_and_what_is_declared_is_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {distribution(text) for text in project["dependencies"]}
    optional = {distribution(text) for extra in project.get("optional-dependencies", {}).values() for text in extra}
    imported = set(third_party_imports())
    assert declared <= imported
    assert imported <= declared | optional, third_party_imports()
