"""The wheel holds what git holds, and works with the run-time dependencies alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = "src/weighbridge"
DEVELOPMENT = ("pytest", "_pytest", "hypothesis", "duckdb", "mypy", "ruff", "build", "pandas", "polars")
ANSWER_WITHOUT = """
import sys

class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {refused!r}:
            raise ImportError(f"{{name}} is no run-time dependency")

sys.meta_path.insert(0, Refused())
sys.path.insert(0, {place!r})
import weighbridge
assert weighbridge.__file__.startswith({place!r}), weighbridge.__file__
from weighbridge.surfaces.cli.main import main
main({arguments!r})
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this tree; skipped where no build tool or no build backend can be had."""
    folder = tmp_path_factory.mktemp("wheel")
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    uv = shutil.which("uv", path=beside)
    if uv is not None:
        tool = [uv, "build", "--wheel", "--quiet", "--python", sys.executable, "--out-dir", str(folder), str(ROOT)]
    else:
        pytest.importorskip("build", reason="neither uv nor the module build is here")
        tool = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(tool, capture_output=True, text=True)
    if done.returncode:
        backend = "hatchling" in done.stderr and any(w in done.stderr for w in ("resolve", "fetch", "connect", "find"))
        if backend:
            pytest.skip(f"the build backend cannot be had: {done.stderr.strip()[-300:]}")
        pytest.fail(done.stderr)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def held(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def tracked():
    """What git tracks of the package, and files so new that they are not added yet; a clean checkout has none."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", PACKAGE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    names = {name for name in done.stdout.decode("utf-8").split("\0") if name}
    return {name.removeprefix("src/") for name in names if (ROOT / name).is_file()}


def test_the_wheel_holds_what_git_tracks_and_its_metadata(held, tracked):
    inside = {name for name in held if name.startswith("weighbridge/")}
    assert inside == tracked
    metadata = {name.split("/", 1)[1] for name in held - inside}
    assert metadata == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}


@pytest.mark.parametrize(
    "name",
    [
        "py.typed", "sample/sample.cube", "sample/origin.json", "definitions/data/house.toml",
        "register/data/organisations.csv", "register/data/namespaces.csv",
        "register/data/schema/namespaces.schema.json", "claims/data/longpre-2025.toml", "claims/data-sets.toml",
    ],
)  # fmt: skip
def test_the_wheel_holds_the_data_that_the_package_reads(held, name):
    assert f"weighbridge/{name}" in held


def test_the_bytes_in_the_wheel_are_those_of_the_tree(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for name in ("weighbridge/sample/sample.cube", "weighbridge/register/data/namespaces.csv"):
            assert archive.read(name) == (ROOT / "src" / name).read_bytes()


def requirement(text):
    """A requirement with its name in the normal form, which build tools may write for `huggingface_hub`."""
    name, rest = re.fullmatch(r"([\w.-]*\w)(.*)", text).groups()
    return re.sub(r"[-_.]+", "-", name).lower() + rest.replace(" ", "")


def test_the_metadata_asks_for_the_run_time_dependencies_alone(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode("utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")}
    asked = {requirement(text) for text in wanted if "extra ==" not in text}
    assert asked == {requirement(text) for text in project["dependencies"]}
    assert f"Requires-Python: {project['requires-python']}" in lines
    assert f"Version: {project['version']}" in lines


def test_the_version_is_the_same_everywhere():
    import weighbridge

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert weighbridge.__version__ == project["version"]


def without_development(place, store, *arguments):
    code = ANSWER_WITHOUT.format(refused=set(DEVELOPMENT), place=str(place), arguments=[*arguments])
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=place,
        env=os.environ | {"WEIGHBRIDGE_STORE": str(store), "PYTHONUTF8": "1"},
    )


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_main_job_needs_no_development_tool(unpacked, tmp_path):
    done = without_development(unpacked, tmp_path / "none", "share", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["rows"][0]["downloads"] > 0
    assert done.stderr.startswith("The bundled sample answers")


def test_reading_weighing_and_exporting_need_no_development_tool(unpacked, tmp_path):
    listing = tmp_path / "hub.csv"
    listing.write_text("id,downloads,created_at\ngoogle/a,2,2024-01-01\nQwen/b,1,2024-01-01\n")
    store = tmp_path / "store"
    for arguments in (
        ("ingest", "hub-dump", str(listing), "--at", "2024-07-11"),
        ("export-cube", str(tmp_path / "held.cube")),
        ("doctor",),
    ):
        done = without_development(unpacked, store, *arguments, "--json")
        assert done.returncode == 0, done.stderr + done.stdout
    done = without_development(unpacked, tmp_path / "held.cube", "share", "--json")
    assert json.loads(done.stdout)["total"] == 3


def test_checking_corrections_needs_no_development_tool(unpacked, tmp_path):
    mine = tmp_path / "mine.csv"
    mine.write_text("namespace,organisation\nnobody-looked-here,Google\n")
    done = without_development(unpacked, tmp_path / "none", "register", "check", str(mine), "--json")
    assert done.returncode == 0, done.stderr + done.stdout
