"""What the browser visits: a made hub with hostile names, served by the command and published into a folder."""

from __future__ import annotations

import contextlib
import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import making
from bench import load
from weighbridge.sources import checks, source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

BELOW = "some/where"
"""Folders above the published one: nothing may rest on being at the root of a host."""
MARKUP = "<script>alert(1)</script>"
BROKEN_OUT = '"><img src=x onerror=alert(1)>'
OVERRIDE = "txet\u202egnp.exe"
ISOLATES = "a\u2067b\u2066c"
CONTROL = "bell\x07null\x1b[31mred"
EMOJI = "🦙-مرحبا-模型"
LONG = "L" + "o" * 298 + "g"
HOSTILE = {
    "markup": MARKUP,
    "broken out": BROKEN_OUT,
    "override": OVERRIDE,
    "isolates": ISOLATES,
    "control characters": CONTROL,
    "emoji": EMOJI,
    "300 characters": LONG,
    "a path": "../../etc/passwd",
    "an encoded path": "..%2f..%2fetc%2fpasswd",
    "a formula": "=cmd|' /C calc'!A0",
    "a script's address": "javascript:alert(1)",
    "a template": "{{7*7}}${7*7}",
}
"""Texts that want to be more than text, by what they try."""
OWN = "google/gemma-2-9b"
"""A model of a registered organisation with a family, parents' children and a licence."""
FILLERS = 60


@dataclass(frozen=True)
class Site:
    """Where pages are.

    Attributes:
        url: the first page's address, with a slash at its end.
        published: whether files are served, with nobody who computes.
        of_sample: whether the bundled sample answers, which holds no models.
    """

    url: str
    published: bool = False
    of_sample: bool = False

    def __truediv__(self, address: str) -> str:
        return self.url + address


def hub(day: int) -> list[dict[str, Any]]:
    """Rows of an invented hub, whose second census differs from its first."""
    named = [
        (OWN, 90_000, "2024-06-27", "text-generation", "gemma", "", 9e9),
        ("google/gemma-2-9b-it", 70_000, "2024-06-27", "text-generation", "gemma", OWN, 9e9),
        ("meta-llama/Meta-Llama-3-8B", 120_000, "2024-04-17", "text-generation", "llama3", "", 8e9),
        ("meta-llama/Meta-Llama-3-70B", 30_000, "2024-04-17", "text-generation", "llama3", "", 70e9),
        ("Qwen/Qwen2-7B", 80_000, "2024-06-04", "text-generation", "apache-2.0", "", 7e9),
        ("Qwen/Qwen2-7B-Instruct", 60_000, "2024-06-04", "text-generation", "apache-2.0", "Qwen/Qwen2-7B", 7e9),
        ("mistralai/Mistral-7B-v0.3", 50_000, "2024-05-22", "text-generation", "apache-2.0", "", 7e9),
        ("deepseek-ai/DeepSeek-V2", 20_000, "2024-05-06", "text-generation", "other", "", 236e9),
        ("openai/whisper-large-v3", 95_000, "2023-11-07", "automatic-speech-recognition", "apache-2.0", "", 1.5e9),
        ("microsoft/phi-2", 40_000, "2023-12-13", "text-generation", "mit", "", 2.7e9),
    ]
    heads = ("id", "downloads", "created_at", "pipeline_tag", "license", "base_model", "parameters")
    rows = [dict(zip(heads, row, strict=True)) | {"likes": row[1] // 50} for row in named]
    for number, text in enumerate(HOSTILE.values()):
        rows.append(
            {"id": f"nobody-{number}/{text}", "downloads": 9_000 - 100 * number, "likes": 200, "license": text}
            | {"pipeline_tag": text, "library_name": text, "base_model": OWN, "created_at": "2024-03-01"}
        )
        rows.append({"id": f"{text}/plain-{number}", "downloads": 5_000 - 100 * number, "likes": 100})
    for number in range(FILLERS):
        likes = 10 + number % 90
        rows.append(
            {"id": f"someone-{number % 10}/m{number:03}", "downloads": likes * (1 + number % 3), "likes": likes}
            | {"created_at": "2024-01-01", "base_model": "Qwen/Qwen2-7B" if number % 5 == 0 else None}
        )
    for row in rows:
        row["downloads"] = int(row["downloads"] * (1 + day * (len(row["id"]) % 7) / 10))
    return rows


def pulls() -> list[dict[str, Any]]:
    """Daily pulls of three Ollama entries over a quarter, as the library rounds them."""
    return [
        {"date": day.isoformat(), "model": name, "pull_count_text": f"{base + number * step}K"}
        for number, day in enumerate(date(2026, 4, 1) + timedelta(days=n) for n in range(90))
        for name, base, step in (("qwen3", 300, 3), ("gemma3", 500, 2), ("llama3", 100, 1))
    ]


def hostile_store(folder: Path) -> Path:
    """A store as a reader would leave it that lets every text through.

    Ours refuses most of these names. The pages must not rest on that.
    """
    held = Store(folder / "store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "NAME", r"(?s)^.+$")
        patch.setattr(checks, "CONTROLS", "\ue000")
        for number, (at, known) in enumerate((("2024-07-11", "2024-07-12"), ("2024-08-10", "2024-08-11"))):
            path = making.csv_file(folder / f"hub{number}.csv", hub(number))
            read = ingest(held, source("hub-dump"), path, at=making.moment(at), known=making.moment(known))
            assert read.rejected == 0, "a hostile name was refused"
    path = making.csv_file(folder / "pulls.csv", pulls())
    ingest(held, source("ollama-pulls"), path, at=None, known=making.moment("2026-07-01"))
    return folder / "store"


@contextlib.contextmanager
def served(store: Path, of_sample: bool = False) -> Iterator[Site]:
    """`weighbridge serve` on a free port of this machine."""
    with load.server(store) as (host, port):
        yield Site(f"http://{host}:{port}/", of_sample=of_sample)


@contextlib.contextmanager
def folder(store: Path, place: Path) -> Iterator[Site]:
    """What `weighbridge publish` writes, on a file server that knows nothing of it."""
    with files(place) as url:
        site = Site(f"{url}{BELOW}/", published=True)
        (place / BELOW).parent.mkdir(parents=True)
        words = ["publish", str(place / BELOW), "--base-url", site.url, "--store", str(store)]
        ran = subprocess.run([sys.executable, "-m", "weighbridge", *words], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr[-3000:]
        yield site


@contextlib.contextmanager
def files(place: Path) -> Iterator[str]:
    """A folder's files on a free port; the address of its root."""
    handler = functools.partial(_Quiet, directory=str(place))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/"
        finally:
            listening.shutdown()
            thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Writes no line a request."""

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Nothing."""
