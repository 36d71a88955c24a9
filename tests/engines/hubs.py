"""Hubs drawn from a seed: registered, contested, personal and unknown namespaces; merges, cycles, lost parents."""

from __future__ import annotations

import numpy as np

from weighbridge.register import files

FIRST, WEEKS = np.datetime64("2024-01-01"), 9
TASKS = ("text-generation", "fill-mask", "image-classification", "")
FILLERS = 500  # the outlier rule is silent below


def namespaces() -> list[str]:
    """Some of the register, of every sort, and some that nobody has registered."""
    rows = [row for row in files.rows("namespaces") if row["hub"] == "huggingface"]
    behind = {row["organisation"]: row for row in files.rows("organisations")}
    disputed = [r["namespace"] for r in rows if behind.get(r["organisation"], {}).get("alternatives")]
    sorts = {(r["organisation"] in behind, r["grade"], r["organisation"].startswith("(")): r["namespace"] for r in rows}
    return ["google", "meta-llama", "Qwen", "mistralai", *sorted(sorts.values()), *sorted(disputed)[:4], "nobody-1"]


def listing(seed: int, models: int = 40, fillers: int = FILLERS) -> list[dict]:
    """Rows of a census read weekly, with 30-day and cumulative counters."""
    random = np.random.default_rng(seed)
    holders = namespaces()
    names = [f"{holders[n % len(holders)]}/{('Qwen2', 'Llama-3', 'thing')[n % 3]}-{n}-7B" for n in range(models)]
    rows = []
    for number, name in enumerate(names):
        parents = [names[p] for p in random.choice(models, random.integers(0, 4), replace=False)]  # also cycles
        if random.random() < 0.2:
            parents.append("gone/away")
        about = {
            "id": name,
            "created_at": str(FIRST - int(random.integers(0, 800))) if random.random() < 0.9 else None,
            "pipeline_tag": TASKS[number % 4],
            "library_name": ("transformers", "gguf", "")[number % 3],
            "license": ("mit", "apache-2.0", "")[number % 3],
            "likes": int(random.integers(0, 500)),
            "base_model": parents if number % 2 else None,
            "tags": ["base_model:quantized:google/away"] if number % 11 == 0 else None,
        }
        rows += _weekly(about, int(random.integers(1, 10**5)), random)
    for number in range(fillers):
        about = {"id": f"nobody-{2 + number % 20}/m{number}", "created_at": "2023-12-01", "likes": 10 + number % 90}
        rows += _weekly(about, about["likes"] // 10 * 7, random)
    rows += _weekly({"id": "nobody-1/outlier", "created_at": "2023-12-01", "likes": 1}, 10**6, random)
    return rows


def pulls(seed: int) -> list[dict]:
    """Daily readings of some Ollama entries, rounded as the library prints them."""
    random = np.random.default_rng(seed)
    pace = {name: int(random.integers(1, 9)) for name in ("qwen3", "gemma3", "llama3", "alfred", "mistral")}
    return [
        {"date": str(FIRST + day), "model": name, "pull_count_text": f"{500 + day * step}K"}
        for day in range(7 * WEEKS)
        for name, step in pace.items()
    ]


def _weekly(about: dict, pace: int, random: np.random.Generator) -> list[dict]:
    total, rows = 10 * pace, []
    for week in range(WEEKS):
        rows.append(about | {"date": str(FIRST + 7 * week), "downloads": 4 * pace, "downloads_all_time": total})
        total += int(random.integers(0, 2 * pace + 1))
    return rows
