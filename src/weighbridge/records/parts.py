"""Tables that a reading may bring beside observations: a register, accounts, amounts, ratings, sizes."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

MOMENT = pa.timestamp("s", tz="UTC")


@dataclass(frozen=True)
class Part:
    """A table of a vintage: what it holds, and its columns. Null always means *not given*."""

    words: str
    schema: pa.Schema


PARTS = {
    "places": Part(
        "the register that the source brings: a namespace and an ISO code or a broad bucket such as `(europe)`",
        pa.schema([("namespace", pa.string()), ("place", pa.string()), ("note", pa.string())]),
    ),
    "accounts": Part(
        "what a hub says of the accounts behind namespaces; of persons nothing but that they are persons",
        pa.schema(
            [
                ("namespace", pa.string()),
                ("kind", pa.string()),  # organisation, user; absent: the hub knows no such account
                ("title", pa.string()),  # of an organisation, as it writes itself
                ("website", pa.string()),
                ("location", pa.string()),
                ("verified", pa.bool_()),  # the hub says that it knows who they are
                ("models", pa.int64()),  # how many the hub counts
                ("observed", MOMENT),
            ]
        ),
    ),
    "amounts": Part(
        "amounts of a period as the source gives them, such as tokens a day; periods are `start ≤ t < end`",
        pa.schema(
            [
                ("start", pa.int32()),  # UTC day number
                ("end", pa.int32()),
                ("level", pa.string()),  # model, author; rest: all that the source does not name
                ("name", pa.string()),
                ("amount", pa.int64()),  # in the unit of the source; null: only the share is given
                ("share", pa.float64()),  # of the period's total; null: only the amount is given
            ]
        ),
    ),
    "sizes": Part(
        "parameters of models that the source names, which need not be repositories of a hub",
        pa.schema(
            [
                ("name", pa.string()),
                ("organisation", pa.string()),  # as the source writes it; several with commas
                ("repositories", pa.list_(pa.string())),  # on the hub, as far as the source links them
                ("parameters", pa.int64()),  # a count
                ("active_parameters", pa.int64()),  # used for one token
                ("released", MOMENT),
                ("note", pa.string()),
            ]
        ),
    ),
    "ratings": Part(
        "what an index says of the openness of systems, one row a system and criterion",
        pa.schema(
            [
                ("system", pa.string()),
                ("organisation", pa.string()),
                ("repositories", pa.list_(pa.string())),  # on the hub, as far as the source links them
                ("criterion", pa.string()),
                ("grade", pa.string()),  # as the source writes it
                ("score", pa.float64()),  # 0 to 1, where the source gives one or its grades stand for one
                ("note", pa.string()),
            ]
        ),
    ),
}
"""By the name of the table."""
