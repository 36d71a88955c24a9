"""Place countries on a grid of equal squares, roughly where they lie: `python -m bench.tiles` writes the chart's file.

The file holds each country's approximate middle (degrees, rounded); the places are worked out from these alone:

1. Longitude and latitude become places on a plane that is stretched where countries are dense, half by distance and
   half by rank, so that Europe and the Caribbean have room.
2. Each country takes the square that costs least in all: squared distance, by the Hungarian method (Kuhn, 1955).
3. Then single countries move and pairs change places as long as that keeps more directions between neighbours, and
   more sea between continents, at little cost of distance. Nothing is drawn at random, so the same file comes out on
   every machine.
"""

from __future__ import annotations

import csv
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FILE = Path(__file__).resolve().parent.parent / "src/weighbridge/charts/data/tiles.csv"
COLUMNS, ROWS = 25, 20
BY_RANK = 0.5
NEIGHBOURS = 5
TURNED = 1.2  # what a neighbour on the wrong side costs, in squares of distance squared
FAR = 3_300.0  # kilometres from which countries should not stand side by side, so that oceans are seen
BESIDE_FAR = 1.1  # what it costs if they do
APART = 0.25  # what a step beyond the first to a near neighbour costs
ROUNDS = 60
EARTH = 6_371.0
ATLANTIC, SEA = -32.0, 2.0  # west of this meridian all stands so many columns further west
WEST_END = -170.0  # where the map is cut, in the Pacific between Russia and Samoa


def wanted(latitude: Floats, longitude: Floats) -> Floats:
    """Places in squares, float64[n, 2] as column and row, that no two need have apart."""
    east = np.where(longitude < WEST_END, longitude + 360, longitude)
    across = _stretched(east) * (COLUMNS - 1 - SEA) + np.where(east > ATLANTIC, SEA, 0.0)
    return np.stack([across, _stretched(-latitude) * (ROWS - 1)], axis=1)


def _stretched(values: Floats) -> Floats:
    """Values from 0 to 1, partly by distance and partly by rank."""
    even = (values - values.min()) / (values.max() - values.min())
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable") / (len(values) - 1)
    return np.asarray((1 - BY_RANK) * even + BY_RANK * ranks, dtype=np.float64)


def assigned(cost: Floats) -> Ints:
    """The column of each row of a cost matrix, no two the same, of least cost in all (rows ≤ columns)."""
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows + 1), np.zeros(columns + 1)
    owner = np.zeros(columns + 1, np.int64)  # row of each column, from 1; 0: free
    for row in range(1, rows + 1):
        owner[0], at = row, 0
        least, from_, seen = np.full(columns + 1, np.inf), np.zeros(columns + 1, np.int64), np.zeros(columns + 1, bool)
        while owner[at]:
            seen[at] = True
            reduced = cost[owner[at] - 1] - row_price[owner[at]] - column_price[1:]
            better = ~seen[1:] & (reduced < least[1:])
            least[1:][better] = reduced[better]
            from_[1:][better] = at
            open_ = np.where(seen[1:], np.inf, least[1:])
            following = int(open_.argmin()) + 1
            step = open_[following - 1]
            row_price[owner[seen]] += step
            column_price[seen] -= step
            least[~seen] -= step
            at = following
        while at:
            owner[at] = owner[from_[at]]
            at = int(from_[at])
    place = np.zeros(rows, np.int64)
    place[owner[1:][owner[1:] > 0] - 1] = np.flatnonzero(owner[1:] > 0)
    return place


def kilometres(latitude: Floats, longitude: Floats) -> Floats:
    """Great-circle distances, float64[n, n]."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    point = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    return np.asarray(EARTH * np.arccos(np.clip(point @ point.T, -1, 1)), dtype=np.float64)


def neighbours(distance: Floats) -> list[tuple[int, int]]:
    """Pairs of countries of which one is among the nearest few of the other."""
    near = np.argsort(distance + np.diag(np.full(len(distance), np.inf)), axis=1, kind="stable")[:, :NEIGHBOURS]
    return sorted({(min(a, int(b)), max(a, int(b))) for a, row in enumerate(near) for b in row})


class Grid:
    """Places on the grid, and what they cost."""

    def __init__(self, target: Floats, distance: Floats, place: Ints) -> None:
        self.target, self.place, self.far = target, place, distance > FAR
        self.of: list[list[int]] = [[] for _ in target]
        for a, b in neighbours(distance):
            self.of[a].append(b)
            self.of[b].append(a)

    def _one(self, country: int) -> float:
        column, row = self.place[country]
        x, y = self.target[country]
        cost = float((column - x) ** 2 + (row - y) ** 2)
        for other in self.of[country]:
            gap, wish = self.place[other] - self.place[country], self.target[other] - self.target[country]
            turned = max(-(gap[0] * wish[0] + gap[1] * wish[1]) / (float(np.hypot(*wish)) + 0.1), 0.0)
            cost += TURNED * min(turned, 2.0) + APART * max(float(np.abs(gap).max()) - 1, 0.0)
        beside = np.abs(self.place - self.place[country]).max(axis=1) == 1
        return cost + BESIDE_FAR * int((beside & self.far[country]).sum())

    def cost(self, countries: set[int]) -> float:
        """What some countries and their neighbours cost."""
        touched = countries.union(*(self.of[country] for country in countries))
        return sum(self._one(country) for country in sorted(touched))

    def improved(self) -> bool:
        """One round of moves to free squares near by and of exchanges; whether any was made."""
        changed = False
        for country in range(len(self.place)):
            taken = {(int(c), int(r)): n for n, (c, r) in enumerate(self.place)}
            column, row = map(int, self.place[country])
            best, move = -1e-9, None
            for dx, dy in ((x, y) for x in range(-3, 4) for y in range(-3, 4) if x or y):
                there = (column + dx, row + dy)
                if not (0 <= there[0] < COLUMNS and 0 <= there[1] < ROWS):
                    continue
                other = taken.get(there)
                both = {country} | ({other} if other is not None else set())
                before = self.cost(both)
                self._swap(country, there, other, (column, row))
                gain = self.cost(both) - before
                self._swap(country, (column, row), other, there)
                if gain < best:
                    best, move = gain, (there, other)
            if move is not None:
                self._swap(country, move[0], move[1], (column, row))
                changed = True
        return changed

    def _swap(self, country: int, there: tuple[int, int], other: int | None, here: tuple[int, int]) -> None:
        self.place[country] = there
        if other is not None:
            self.place[other] = here


def placed(latitude: Floats, longitude: Floats) -> Ints:
    """Column and row of each country, int64[n, 2]."""
    target = wanted(latitude, longitude)
    squares = np.array([(column, row) for row in range(ROWS) for column in range(COLUMNS)])
    cost = ((target[:, None, :] - squares[None, :, :]) ** 2).sum(axis=2)
    grid = Grid(target, kilometres(latitude, longitude), squares[assigned(cost)].copy())
    for _ in range(ROUNDS):
        if not grid.improved():
            break
    return np.asarray(grid.place - grid.place.min(axis=0), dtype=np.int64)


def kept(latitude: Floats, longitude: Floats, place: Ints) -> float:
    """Part of the pairs of neighbours whose direction on the grid is within a right angle of that on the plane."""
    target, pairs = wanted(latitude, longitude), neighbours(kilometres(latitude, longitude))
    return sum(float((place[b] - place[a]) @ (target[b] - target[a])) > 0 for a, b in pairs) / len(pairs)


def main() -> None:
    """Place the countries of the file and write it anew."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    latitude, longitude = (np.array([float(row[name]) for row in rows]) for name in ("latitude", "longitude"))
    place = placed(latitude, longitude)
    if any((a == b).all() for a, b in combinations(place, 2)):
        sys.exit("two countries share a square")
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "column", "row", "latitude", "longitude"])
        for row, (column, line) in zip(rows, place.tolist(), strict=True):
            writer.writerow([row["code"], column, line, row["latitude"], row["longitude"]])
    print(f"{len(rows)} countries; {kept(latitude, longitude, place):.1%} of neighbours on their side")


if __name__ == "__main__":
    main()
