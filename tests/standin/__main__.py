"""A stand-in as a process of its own: `python -m tests.standin --census FILE --day 2024-07-11 --faults cut:after=2`.

Prints its address on one line and answers until it is ended by a signal.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from . import FAULTS, ModelScope, Ollama, OpenRouter, prepared, prepared_site

EXAMPLE = """example:
  echo '[{"id": "a/b", "downloads": 3}]' > models.json
  python -m tests.standin --rows models.json --day 2024-07-11 --port 8080 --faults cut server-errors:times=2 &
  HF_ENDPOINT=http://127.0.0.1:8080 weighbridge sync hub-api --alone --store try

Other hubs are asked there with MODELSCOPE_ENDPOINT, WEIGHBRIDGE_OLLAMA_URL or WEIGHBRIDGE_OPENROUTER_URL."""


def main() -> None:
    """Read the arguments and answer."""
    asked = _arguments().parse_args()
    if asked.list_faults:
        for kind in FAULTS.values():
            print(f"{kind.name} ({kind.then}): {kind.about}")
        return
    said: dict[str, Any] = {"day": asked.day, "faults": asked.faults, "seed": asked.seed, "port": asked.port}
    if asked.hub == "huggingface":
        sets = {name: {path.name: path for path in map(Path, paths)} for name, *paths in asked.dataset}
        models = asked.census or (json.loads(asked.rows.read_text("utf-8")) if asked.rows else ())
        running = prepared(models, sets, quota=asked.quota, window=asked.window, **said)
    else:
        held = json.loads(asked.rows.read_text("utf-8")) if asked.rows else None
        site = {"modelscope": ModelScope, "ollama": Ollama, "openrouter": OpenRouter}[asked.hub]
        running = prepared_site(site(held) if held else site(), **said)
    running.run()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.standin",
        description="A hub on this machine. It prints its address and answers until it is ended (Ctrl-C).",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--hub", choices=("huggingface", "modelscope", "ollama", "openrouter"), default="huggingface")
    parser.add_argument("--census", type=Path, help="a Parquet file of models")
    parser.add_argument("--rows", type=Path, help="a JSON file of what the hub lists")
    parser.add_argument("--dataset", nargs="+", action="append", default=[], metavar=("NAME", "FILE"))
    parser.add_argument("--day", help="what the hub's Date says: a day, or an ISO time in UTC")
    parser.add_argument("--faults", nargs="*", default=[], help="name:key=value:…, see --list-faults")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--quota", type=int, help="requests allowed a window")
    parser.add_argument("--window", type=float, default=300.0, help="seconds of a window")
    parser.add_argument("--list-faults", action="store_true")
    return parser


if __name__ == "__main__":
    main()
