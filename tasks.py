#!/usr/bin/env python3
"""The project's tasks. Needs Python 3.11 or later and nothing else: `python3 tasks.py TASK`.

Every task first makes `.venv` with exactly what `uv.lock` names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
UV = "uv==0.13.9"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEBIAN = ("chromium", "fonts-dejavu-core", "fonts-droid-fallback")  # the fonts hold Arabic, Hebrew and Chinese
DEMO = (
    ["share", "--by", "country", "--top", "10"],
    ["share", "--hub", "ollama", "--by", "country", "--over", "quarter", "--top", "3"],
)


def demo() -> None:
    """Set up, and weigh the bundled sample: the main job."""
    _environment(development=False)
    with tempfile.TemporaryDirectory() as empty:
        for question in DEMO:
            print(f"\n$ weighbridge {' '.join(question)}", flush=True)
            _run(["weighbridge", *question], WEIGHBRIDGE_STORE=str(Path(empty) / "store"))


def test(*arguments: str) -> None:
    """Set up, and run the tests; further arguments go to pytest."""
    _environment()
    _run(["pytest", *arguments])


def lint() -> None:
    """Check style and form."""
    _environment()
    _run(["ruff", "check", "."])
    _run(["ruff", "format", "--check", "."])


def types() -> None:
    """Check types, strictly."""
    _environment()
    _run(["mypy"])


def docs(*arguments: str) -> None:
    """Write the generated reference and the shown output; with --check, fail where either has drifted."""
    _environment()
    _run(["python", "docs/generate.py", *arguments])
    _run(["python", "docs/outputs.py", *arguments])


def web(*arguments: str) -> None:
    """Build the script of the pages; with --check, fail where what is committed has drifted."""
    _environment()
    _run(["python", "web/build.py", *arguments])


def pictures(*arguments: str) -> None:
    """Picture every page for the documents: pictures [STORE]; needs Chromium on the path."""
    _environment()
    _run(["python", "-m", "docs.screenshots", *arguments])


def sample(*arguments: str) -> None:
    """Make the bundled sample anew: sample HUB_DUMP DAY OLLAMA_PULLS."""
    _environment()
    _run(["python", "-m", "bench.sample", *arguments])


def ci() -> None:
    """Everything that must hold before a change lands."""
    lint()
    types()
    docs("--check")
    web("--check")
    _browser()
    test("-n", "2", "--dist", "loadgroup")


def _environment(development: bool = True) -> None:
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        venv.create(ENVIRONMENT, with_pip=True)
    if not (BIN / "uv").exists() and not (BIN / "uv.exe").exists():
        _run(["python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
    groups = [] if development else ["--no-dev"]
    if development and os.environ.get("CI") and shutil.which("java"):
        groups += ["--extra", "spark"]
    _run(["uv", "sync", "--quiet", "--frozen", "--inexact", *groups], UV_PROJECT_ENVIRONMENT=str(ENVIRONMENT))


def _browser() -> None:
    """Where nobody's machine is changed by it, what the tests of the pages need; elsewhere they say what is missing."""
    if not os.environ.get("CI") or any(map(shutil.which, BROWSERS)):
        return
    manager = shutil.which("apt-get")
    if manager and os.geteuid() == 0:
        for command in (["update"], ["install", "-y", "--no-install-recommends", *DEBIAN]):
            subprocess.run(
                [manager, "-qq", *command], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=True
            )


def _run(command: Sequence[str], **environment: str) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env={**os.environ, **environment})
    if done.returncode:
        sys.exit(done.returncode)


TASKS = {task.__name__: task for task in (demo, test, lint, types, docs, web, pictures, sample, ci)}


def main() -> None:
    """Run the named task."""
    if sys.version_info < (3, 11):
        sys.exit("Weighbridge needs Python 3.11 or later")
    if len(sys.argv) < 2 or sys.argv[1] not in TASKS:
        print("python3 tasks.py TASK\n")
        for name, task in TASKS.items():
            print(f"  {name:<8} {(task.__doc__ or '').splitlines()[0]}")
        sys.exit(2)
    TASKS[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
