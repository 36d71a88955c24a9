"""Organisations and their namespaces: countries, types, and which of them somebody has looked up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

COUNTRIES = (
    "US", "CN", "FR", "DE", "GB", "KR", "JP", "IN", "CA", "CH", "IL", "SG", "NL", "AE", "SE", "ES", "IT", "BR",
    "VN", "FI", "INT", "unknown", "unaffiliated",
)  # fmt: skip
COUNTRY_PARTS = (
    0.36, 0.22, 0.06, 0.06, 0.06, 0.03, 0.03, 0.03, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01,
    0.01, 0.01, 0.01, 0.00, 0.00,
)  # fmt: skip
TYPES = ("company", "nonprofit", "academic", "government", "community", "individual")
TYPES_OF_LARGE = (0.55, 0.06, 0.14, 0.01, 0.06, 0.18)
TYPES_OF_SMALL = (0.09, 0.01, 0.06, 0.00, 0.04, 0.80)

MODELS_EACH = 10  # an organisation
LARGE = 1_000  # the first organisations, from which most large models come
SECOND_NAMESPACE = 0.03
HEAVY_PART = 0.0005  # of the models, drawn towards few organisations
MIDDLE = 30.0  # of these, ((MIDDLE / (MIDDLE + k)) ** STEEPNESS) come from organisations after the k-th
STEEPNESS = 1.2
KNOWN_PART = 0.01  # the namespaces with most weight; nearly all of them are registered
KNOWN_THERE, KNOWN_ELSEWHERE = 0.97, 0.004
COUNTRY_UNKNOWN = 0.03


@dataclass(frozen=True)
class Holders:
    """Organisations and namespaces, in columns.

    Attributes:
        organisation: of each namespace, int32[namespaces].
        registered: whether a register holds the namespace, bool[namespaces].
        country: of each organisation, index into `COUNTRIES`, int8[organisations]; the truth, `unknown` included.
        type: of each organisation, index into `TYPES`, int8[organisations].
    """

    organisation: Ints
    registered: Flags
    country: Codes
    type: Codes


@dataclass(frozen=True)
class Held:
    """Holders, and the namespace of each model, int32[models]."""

    holders: Holders
    namespace: Ints


def holders(place: npt.NDArray[np.int64], random: np.random.Generator) -> Held:
    """Organisations for models whose place in the order of downloads is given, int64[models]."""
    models = len(place)
    count = max(models // MODELS_EACH, 10)
    owner = _owners(place, count, random)
    large = np.arange(count) < LARGE
    kind = np.where(
        large,
        random.choice(len(TYPES), count, p=TYPES_OF_LARGE),
        random.choice(len(TYPES), count, p=TYPES_OF_SMALL),
    )
    country = random.choice(len(COUNTRIES), count, p=COUNTRY_PARTS)
    country[random.random(count) < COUNTRY_UNKNOWN] = COUNTRIES.index("unknown")
    country[kind >= TYPES.index("community")] = COUNTRIES.index("unaffiliated")
    second = np.flatnonzero(random.random(count) < SECOND_NAMESPACE)
    organisation = np.append(np.arange(count), second)
    other = np.full(count, -1)
    other[second] = count + np.arange(len(second))
    moved = (other[owner] >= 0) & (random.random(models) < 0.3)
    namespace = np.where(moved, other[owner], owner)
    first = np.full(len(organisation), models)
    np.minimum.at(first, namespace, place)
    known = first.argsort().argsort() < KNOWN_PART * len(organisation)
    chance = np.where(known, KNOWN_THERE, KNOWN_ELSEWHERE)
    found = Holders(
        organisation=organisation.astype(np.int32),
        registered=random.random(len(organisation)) < chance,
        country=country.astype(np.int8),
        type=kind.astype(np.int8),
    )
    return Held(found, namespace.astype(np.int32))


def _owners(place: npt.NDArray[np.int64], count: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Most heavy models come from few organisations, light ones from anybody; organisation 0 is the largest."""
    chance = random.random(len(place))
    heavy = random.random(len(place)) < 1 / (1 + place / len(place) / HEAVY_PART)
    near = MIDDLE * (chance ** (-1 / STEEPNESS) - 1)
    far = count * chance**2
    drawn = np.where(heavy, near, far).astype(np.int64)
    return np.where(drawn < count, drawn, (far).astype(np.int64))
