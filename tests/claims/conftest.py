"""Claims made for a test, and the command run in this process."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest

from weighbridge.claims.answers import Answers
from weighbridge.claims.check import checked
from weighbridge.claims.ledger import Claim, read
from weighbridge.measures.asking import StoreBacking
from weighbridge.surfaces.cli.main import main


def made(**changes: Any) -> Claim:
    """A claim on the Chinese share of the 30-day counters of a day; keys of its test may be given as `test`."""
    test: dict[str, Any] = {
        "measure": "share",
        "options": {"by": "country"},
        "question": {"definition": "raw"},
        "window": {"at": "2024-07-11"},
        "counter": "30-day",
        "figure": {"row": "CN"},
        "scale": 100,
        "tolerance": 0.5,
        "tolerance_because": "rounding",
        "sources": ["hub-stats"],
        **changes.pop("test", {}),
    }
    table: dict[str, Any] = {
        "id": "made",
        "statement": "Chinese share",
        "value": 20,
        "comparison": "equal",
        "unit": "percent",
        "window": {"words": "to 2024-07-11"},
        "definition": "all downloads",
        "source": "a test",
        "evidence": "primary",
        "test": test,
        **changes,
    }
    return read(table)


@pytest.fixture
def row(store):
    """A function that checks a made claim against the store."""

    def checked_row(**changes: Any) -> dict[str, Any]:
        return checked(made(**changes), Answers(StoreBacking(store)))

    return checked_row


@pytest.fixture
def read_day(read_hub):
    """A function that reads a census with downloads by namespace."""

    def read_one(weights: dict[str, int], **choices: Any) -> None:
        read_hub([{"id": f"{name}/m", "downloads": weight} for name, weight in weights.items()], **choices)

    return read_one


@pytest.fixture
def read_counters(read_hub):
    """A function that reads cumulative counters, `{day: {namespace: counter}}`, as one census."""

    def read_all(days: dict[str, dict[str, int]]) -> None:
        rows = [
            {"id": f"{name}/m", "downloads_all_time": counter, "observed_at": day, "created_at": "2023-01-01"}
            for day, counters in days.items()
            for name, counter in counters.items()
        ]
        read_hub(rows, at=None)

    return read_all


def run(*arguments: object) -> tuple[int, str]:
    """Exit status and standard output of the command."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()), pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    assert isinstance(left.value.code, int)
    return left.value.code, out.getvalue()


@pytest.fixture(scope="session")
def command():
    """Runs the command in process; returns status and standard output."""
    return run
