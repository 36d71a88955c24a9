"""The command run in process, and small stores made of invented models."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from weighbridge.register import files
from weighbridge.surfaces.cli.main import main

FIRST_DAY, SECOND_DAY = "2024-07-11", "2024-08-10"
FILLERS = 600  # the outlier rule stays silent below 500 models
HEADS = ("id", "downloads", "likes", "created_at", "pipeline_tag", "library_name", "license", "base_model", "tags")
OUTLIER = "nobody-looked-here/eta"
SAMPLE_NOTE = "The bundled sample answers"


@dataclass(frozen=True)
class Ran:
    """What one run of the command left behind."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document on standard output, which must be the only thing there."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


def run(*arguments: object) -> Ran:
    """Run `weighbridge ARGUMENTS` in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
    assert isinstance(left.value.code, int)
    return Ran(left.value.code, *texts)


@pytest.fixture(scope="session")
def command():
    """Runs the command in process; returns status, standard output and standard error."""
    return run


@pytest.fixture(autouse=True)
def _own_store(monkeypatch, tmp_path):
    """No test sees the reader's own store."""
    monkeypatch.setenv("WEIGHBRIDGE_STORE", str(tmp_path / "nothing-here"))
    monkeypatch.delenv("WEIGHBRIDGE_DEBUG", raising=False)


def namespace_with(**wanted: str) -> str:
    """A namespace of the register whose row has these cells."""
    for row in files.rows("namespaces"):
        if row["hub"] == "huggingface" and all(row[key] == value for key, value in wanted.items()):
            return row["namespace"]
    raise LookupError(wanted)


def models() -> list[dict[str, object]]:
    """A hub of invented models: registered, looked at in vain, persons, and many that nobody looked at.

    Downloads follow likes, but for one model that the outlier rule leaves out.
    """
    unknown, person = namespace_with(organisation="(unknown)"), namespace_with(organisation="(individuals)", country="")
    named = [
        ("google/alpha-7b", 5000, "2023-01-05", "text-generation", "mit", "", ""),
        ("google/beta-2b", 300, "2024-06-01", "fill-mask", "apache-2.0", "", ""),
        ("Qwen/Qwen2-7B", 2500, "2024-06-01", "text-generation", "apache-2.0", "", ""),
        ("Qwen/Qwen2-7B-GGUF", 700, "2024-06-02", "text-generation", "apache-2.0", "Qwen/Qwen2-7B", ""),
        ("mistralai/gamma-7b", 900, "2024-02-01", "text-generation", "", "", ""),
        (f"{unknown}/delta", 200, "2024-03-01", "", "mit", "", ""),
        (f"{person}/epsilon-merge", 401, "2024-03-02", "text-generation", "mit", "", "base_model:google/alpha-7b"),
        ("nobody-looked-here/zeta", 333, "", "image-classification", "other", "google/alpha-7b", ""),
    ]
    rows = [dict(zip(HEADS, (n, d, 5 * d, c, t, "", li, b, tags), strict=True)) for n, d, c, t, li, b, tags in named]
    rows.append(dict.fromkeys(HEADS, "") | {"id": OUTLIER, "downloads": 3000, "likes": 1, "created_at": "2024-01-01"})
    for number in range(FILLERS):
        likes = 10 + number % 90
        rows.append(
            dict.fromkeys(HEADS, "")
            | {"id": f"nobody-looked-there-{number % 40}/m{number:03}", "likes": likes}
            | {"downloads": likes * (1 + number % 3) // 10, "created_at": "2024-01-01"}
        )
    return rows


def write_csv(path: Path, rows: list[dict[str, object]]) -> Path:
    """Write rows that share their keys."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def csv_file():
    """Writes rows as a CSV file."""
    return write_csv


@pytest.fixture(scope="session")
def hub_file(tmp_path_factory):
    """A listing of the invented hub, without an observation time."""
    return write_csv(tmp_path_factory.mktemp("hub") / "hub.csv", models())


@pytest.fixture(scope="session")
def pulls_file(tmp_path_factory):
    """Daily pulls of two Ollama entries from April to June 2026, rounded as the library prints them."""
    rows = [
        {
            "date": f"2026-{4 + day // 30:02}-{1 + day % 30:02}",
            "model": name,
            "pull_count_text": f"{base + day * step}K",
        }
        for day in range(90)
        for name, base, step in (("qwen3", 300, 3), ("gemma3", 500, 2), ("llama3", 100, 1))
    ]
    return write_csv(tmp_path_factory.mktemp("pulls") / "pulls.csv", rows)


@pytest.fixture(scope="session")
def hub_store(tmp_path_factory, hub_file, pulls_file):
    """A store with two censuses of the invented hub, a chosen set of it, and the Ollama library. Only read it."""
    store = tmp_path_factory.mktemp("store") / "store"
    later = [row | {"downloads": int(str(row["downloads"])) * 2} for row in models()]
    second = write_csv(hub_file.with_name("second.csv"), later)
    chosen = write_csv(hub_file.with_name("chosen.csv"), models()[:3])
    for arguments in (
        ("hub-dump", hub_file, "--at", FIRST_DAY, "--known", "2024-07-12"),
        ("hub-dump", second, "--at", SECOND_DAY, "--known", "2024-08-11T10:00:00Z"),
        ("hub-dump", chosen, "--at", SECOND_DAY, "--known", "2024-08-12", "--selection"),
        ("ollama-pulls", pulls_file, "--known", "2026-07-01"),
    ):
        ran = run("ingest", *arguments, "--store", store)
        assert ran.status == 0, ran.err
    return store


@pytest.fixture(scope="session")
def pulls_store(tmp_path_factory, pulls_file):
    """A store that holds the Ollama library alone. Only read it."""
    store = tmp_path_factory.mktemp("pulls-store") / "store"
    assert run("ingest", "ollama-pulls", pulls_file, "--store", store).status == 0
    return store


@pytest.fixture
def no_store(tmp_path):
    """A path where no store is."""
    return tmp_path / "no-store"


@pytest.fixture(scope="session")
def sample_note() -> str:
    """How the note begins that says that the sample answers."""
    return SAMPLE_NOTE
