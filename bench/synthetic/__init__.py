"""A synthetic hub whose truth is known.

Large, for benchmarks: `population(models, weeks, seed)` draws models, organisations, attributes and lineage, and
`weekly_flows(population, week)` the downloads of one week; every week can be made alone and in any order.
`python -m bench.synthetic` prints how far both are from the published figures that they imitate.

Small, for tests of the measures: `observed` passes true daily flows through counters as hubs show them, with every
fault that the store knows, and `superpopulation` draws organisations from a law whose shares are known.

Nothing here is fitted to the answers of the package, and nothing of it is data about the world.
"""

from bench.synthetic.activity import weekly_flows
from bench.synthetic.hub import Population, population

__all__ = ["Population", "population", "weekly_flows"]
