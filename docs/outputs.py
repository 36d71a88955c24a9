"""Run the commands that documents show and write down what they print; `--check` fails where a document has drifted.

A block fenced as `console` whose first line is `$ weighbridge ...` is answered by the bundled sample, one fenced as
`console real` by real data, read into a store of its own; where that is not beside the project, such blocks are left
as they are. `| head -N` or `| tail -N` behind the command keeps the first or last lines. Blocks with other fences are
left alone. Pictures are drawn from the sample.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
PICTURES = {ROOT / "docs/pictures/share-by-country.svg": "chart share --by country"}
DATA = ROOT.parent / "shared" / "data"
REAL = (  # readings that the real answers rest on
    ("hub-dump", "hub-census-2024-07/models.parquet", "--at", "2024-07-11", "--known", "2024-07-12"),
    ("ollama-pulls", "ollama-pulls-daily/pulls.parquet", "--known", "2026-06-22"),
    ("openrouter-weekly", "openrouter-weekly/market_share.csv", "--known", "2026-05-17"),
)
SAMPLE_NOTE = re.compile(r"\nNote +The bundled sample answers.*?fills it\.", re.DOTALL)  # names a folder
BLOCK = re.compile(r"(```console( real)?\n\$ weighbridge ([^\n]*)\n)(.*?)(```\n)", re.DOTALL)


def answered(text: str, sample: Path, real: Path | None) -> str:
    """A document with every shown command's output as it is now.

    Args:
        text: the document.
        sample: an empty store, for which the bundled sample answers.
        real: a store of real data; null: there is none.
    """

    def now(block: re.Match[str]) -> str:
        store = real if block[2] else sample
        return block[0] if store is None else f"{block[1]}{_printed(block[3], store)}{block[5]}"

    return BLOCK.sub(now, text)


def drawn(command: str, store: Path) -> str:
    """The picture that a command draws."""
    path = store.with_name("picture.svg")
    _run(store, *command.split(), "-o", str(path))
    return path.read_text(encoding="utf-8")


def _printed(command: str, store: Path) -> str:
    command, _, part = command.partition(" | ")
    lines = SAMPLE_NOTE.sub("", _run(store, *command.split())).rstrip().splitlines()
    if part:
        end, count = part.split(" -")
        lines = lines[: int(count)] if end == "head" else lines[-int(count) :]
    return "\n".join(lines) + "\n"


def _run(store: Path, *arguments: str) -> str:
    """What a command prints."""
    environment = {**os.environ, "WEIGHBRIDGE_STORE": str(store), "COLUMNS": "120"}
    command = [sys.executable, "-m", "weighbridge", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)  # noqa: S603
    if done.returncode:
        sys.exit(f"weighbridge {' '.join(arguments)}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def real_store(path: Path) -> Path | None:
    """A store with the real readings; null where these are not beside the project."""
    if not DATA.is_dir():
        print(f"{DATA} is not there, so answers from real data are left as they are", file=sys.stderr)
        return None
    for source, file, *options in REAL:
        _run(path, "ingest", source, str(DATA / file), *options)
    return path


def main() -> None:
    """Write, or with `--check` compare."""
    check = "--check" in sys.argv[1:]
    drifted = []
    with tempfile.TemporaryDirectory() as folder:
        real, sample = real_store(Path(folder) / "real"), Path(folder) / "sample"
        for path in (*DOCUMENTS, *PICTURES):
            was = path.read_text(encoding="utf-8") if path.exists() else ""
            now = drawn(PICTURES[path], sample) if path in PICTURES else answered(was, sample, real)
            if now != was:
                drifted.append(path.relative_to(ROOT).as_posix())
                if not check:
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(now, encoding="utf-8", newline="\n")
    if check and drifted:
        sys.exit(f"what these documents show is no longer what is printed: {', '.join(drifted)}; run tasks.py docs")


if __name__ == "__main__":
    main()
