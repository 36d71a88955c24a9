"""How quick search is: `python -m bench.search [STORE] [--hub HUB] [--rounds N]`, over a store with a census."""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np

from weighbridge.measures.asking import open_backing
from weighbridge.measures.search import KINDS, LIMIT_MOST, LONGEST, SearchIndex

QUERIES = (
    "q", "a", "7", "qwen", "meta-llama", "bert base uncased", "llama 3 8b instruct gguf", "mistralai/Mistral-7B-v0.1",
    "google", "deepseek", "stable diffusion xl", "gguf", "GGUF q4", "-", "/", "model", "zzzzqqqq", "no such model",
    "uncased bert", "東京", "'; drop table models; --", "<script>alert(1)</script>", "a b c d e f g h i j k l m n o p",
    "x" * 400, " ".join(str(n) for n in range(100)), "e a", "1 2 3 4 5 6 7 8 9 0", "Phi-3", "whisper large v3",
)  # fmt: skip


def main() -> None:
    """Build the index, look every query up several times, and print what it took."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("store", nargs="?", type=Path)
    wanted.add_argument("--hub")
    wanted.add_argument("--rounds", type=int, default=10)
    asked = wanted.parse_args()
    backing = open_backing(asked.store)
    began = time.perf_counter()
    index = SearchIndex.of(backing, asked.hub)
    built = time.perf_counter() - began
    took: list[tuple[float, str, str | None]] = []
    for _ in range(asked.rounds):
        for query in QUERIES:
            for kind in (None, *KINDS):
                began = time.perf_counter()
                index.find(query, kind)
                took.append((1_000 * (time.perf_counter() - began), query[:LONGEST], kind))
    every = np.array([took_ms for took_ms, _, _ in took])
    slowest = max(took)
    began = time.perf_counter()
    index.find("e", limit=LIMIT_MOST)
    print(
        json.dumps(
            {
                "hub": index.hub,
                "models": index.models,
                "build_seconds": round(built, 2),
                "queries": len(took),
                "p50_ms": round(float(np.percentile(every, 50)), 1),
                "p95_ms": round(float(np.percentile(every, 95)), 1),
                "slowest_ms": round(slowest[0], 1),
                "slowest": slowest[1][:60],
                "most_hits_ms": round(1_000 * (time.perf_counter() - began), 1),
                "index_mb": round(index.bytes / 2**20),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
