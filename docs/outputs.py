"""Run the commands that documents show and write down what they print; `--check` fails where a document has drifted.

A block fenced as `console` whose first line is `$ weighbridge ...` is answered by the bundled sample; `| head -N` or
`| tail -N` behind the command keeps the first or last lines. Blocks with other fences are left alone.
Pictures are drawn from the sample in the same way.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "docs/methods.md", "docs/guide.md", "docs/the-headline.md", "docs/design/cleaning.md")
PICTURES = {"docs/pictures/share-by-country.svg": "chart share --by country"}
SAMPLE_NOTE = re.compile(r"\nNote +The bundled sample answers.*?fills it\.", re.DOTALL)  # names a folder
BLOCK = re.compile(r"(```console\n\$ weighbridge ([^\n]*)\n)(.*?)(```\n)", re.DOTALL)


def answered(text: str, store: str) -> str:
    """A document with every shown command's output as it is now."""
    return BLOCK.sub(lambda match: f"{match[1]}{_printed(match[2], store)}{match[4]}", text)


def drawn(command: str, store: str) -> str:
    """The picture that a command draws."""
    path = Path(store).with_name("picture.svg")
    _run(f"{command} -o {path}", store)
    return path.read_text(encoding="utf-8")


def _run(command: str, store: str) -> str:
    environment = {**os.environ, "WEIGHBRIDGE_STORE": store, "COLUMNS": "120"}
    arguments = [sys.executable, "-m", "weighbridge", *command.split()]
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment)  # noqa: S603
    if done.returncode:
        sys.exit(f"weighbridge {command}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def _printed(command: str, store: str) -> str:
    command, _, part = command.partition(" | ")
    lines = SAMPLE_NOTE.sub("", _run(command, store)).rstrip().splitlines()
    if part:
        end, count = part.split(" -")
        lines = lines[: int(count)] if end == "head" else lines[-int(count) :]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write, or with `--check` compare."""
    check = "--check" in sys.argv[1:]
    drifted = []
    with tempfile.TemporaryDirectory() as empty:
        for name in (*DOCUMENTS, *PICTURES):
            path, store = ROOT / name, str(Path(empty) / "store")
            was = path.read_text(encoding="utf-8") if path.exists() else ""
            now = drawn(PICTURES[name], store) if name in PICTURES else answered(was, store)
            if now != was:
                drifted.append(name)
                if not check:
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(now, encoding="utf-8", newline="\n")
    if check and drifted:
        sys.exit(f"what these documents show is no longer what is printed: {', '.join(drifted)}; run tasks.py docs")


if __name__ == "__main__":
    main()
