"""Print how far a synthetic hub is from what it imitates: `python -m bench.synthetic --scale 0.05`."""

from __future__ import annotations

import argparse
import time

from bench.synthetic.figures import figures, span, table, tally
from bench.synthetic.hub import population

MODELS, WEEKS = 2_500_000, 300


def main() -> None:
    """Draw a hub, make all its weeks, and print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.synthetic", description=__doc__)
    asked.add_argument("--scale", type=float, default=0.05, help=f"times {MODELS:,} models")
    asked.add_argument("--weeks", type=int, default=WEEKS)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--growth", choices=("published", "level"), default="published")
    given = asked.parse_args()
    started = time.perf_counter()
    hub = population(round(MODELS * given.scale), given.weeks, given.seed, given.growth)
    drawn = time.perf_counter() - started
    sums = tally(hub)
    print(
        f"{hub.models:,} models, {hub.weeks} weeks ({span(hub)}), seed {hub.seed}, growth {given.growth}.\n"
        f"Models drawn in {drawn:.1f} s; {sums.rows:,} rows (week, model) with downloads in {sums.seconds:.1f} s, "
        f"{sums.rows / max(sums.seconds, 1e-9) / 1e6:.1f} million a second.\n"
        f"At scale 1 that is {sums.rows / given.scale / 1e6:.0f} million rows.\n"
    )
    print("\n".join(table(figures(hub, sums))))


if __name__ == "__main__":
    main()
