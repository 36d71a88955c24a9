"""The worked examples of CONTRIBUTING.md work as they stand there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from weighbridge.sources import sources as registered_sources

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = re.compile(r"```python\n# (src/weighbridge/\S+\.py)\n(.*?)```\n", re.DOTALL)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the package with every example in its place."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))
    found = EXAMPLE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(found) >= 4
    for path, text in found:
        assert not (tree / path).exists()
        (tree / path).write_text(text, encoding="utf-8")
    return tree


def answered(tree, *arguments):
    """What the copy prints."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "WEIGHBRIDGE_STORE": str(tree / "store")}
    command = [sys.executable, "-m", "weighbridge", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tree)


def test_the_measure_is_a_command(tree):
    done = answered(tree, "breadth", "--by", "type", "--json")
    assert done.returncode == 0, done.stderr
    assert '"measure": "breadth"' in done.stdout


def test_the_chart_draws_what_was_asked(tree):
    done = answered(tree, "chart", "share", "--chart", "one-number", "-o", str(tree / "number.json"), "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"chart": "one-number"' in done.stdout


SERVED = """
from starlette.testclient import TestClient
from weighbridge.surfaces.api.application import application
with TestClient(application({store!r}, ahead="nothing")) as client:
    print(client.get("/licences/").text)
"""


def test_the_page_is_served_and_in_the_menu(tree):
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    program = SERVED.format(store=str(tree / "store"))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, cwd=tree)
    assert done.returncode == 0, done.stderr
    assert 'aria-current="page">Licences</a>' in done.stdout
    assert "<svg" in done.stdout


def test_the_source_the_rule_and_the_scope_are_listed(tree):
    sources = {row["id"] for row in json.loads(answered(tree, "sources", "--json").stdout)["rows"]}
    parts = answered(tree, "definitions", "--json").stdout
    assert sources == {*registered_sources(), "example-hub"}
    assert '"no-likes"' in parts
    assert '"speech"' in parts


def test_what_an_older_cube_file_lacks_is_missing_data(tree):
    assert answered(tree, "share", "--clean", "no-likes").returncode == 3
    assert answered(tree, "share", "--scope", "speech").returncode == 3
