"""Shares of one window by country as a map of equal squares: small countries are seen as well as large ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import bars, wording
from weighbridge.charts.colours import mixed, readable
from weighbridge.charts.sheet import Layer, Picture, Sheet, coloured, shapes, texts
from weighbridge.charts.subject import OTHER, Subject, number
from weighbridge.charts.text import NBSP, percent, shortened, width
from weighbridge.charts.theme import SMALL, Theme
from weighbridge.charts.tiles import extent, places

BREAKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
"""Shares at which a class begins, each about three times the one before; below the first is a class too."""
LEAST_TONE = 0.2
"""Part of the full colour that the lowest class has."""
LARGEST_SQUARE = 34.0
KEY, KEY_GAP, KEY_STEP = 214.0, 28.0, 23.0
NAMED_FROM = 1
"""On a narrow sheet only countries of this class and higher have their code in the square."""
BOUNDS_SAID = 3
GAP = 1.0
APART_MOST = 12
NOTE = "Equal squares, each country roughly where it lies."


class CountryTiles:
    """A square a country, roughly where it lies, in the tone of its share; what is no country stands apart."""

    id = "country-tiles"
    title = "Shares of one window as a map of equal squares"
    answers = ("share", "new-models")
    rank = 200

    def fits(self, subject: Subject) -> bool:
        """Whether it is of one window, by country, and has the share of one that is on the map."""
        return (
            subject.by == "country"
            and not subject.document.get("periods")
            and subject.is_part
            and any(number(row.get("value")) is not None and row.get("group") in places() for row in subject.rows)
        )

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme, (columns, rows) = sheet.theme, extent()
        beside = 0.0 if sheet.narrow else KEY + KEY_GAP
        step = min(LARGEST_SQUARE, (sheet.inner - beside) / columns)
        shares = {str(row["group"]): value for row in subject.rows if (value := number(row.get("value"))) is not None}
        squares: list[dict[str, Any]] = [
            {"x": x * step, "y": y * step, "size": step - GAP, "code": code} | _look(theme, shares.get(code))
            for code, (x, y) in places().items()
        ]
        named = [one for one in squares if not sheet.narrow or one["place"] >= NAMED_FROM]
        size = min([SMALL, *((step - 2 * GAP) / width(one["code"], 1.0) for one in named)])
        left, top = (0.0, rows * step + KEY_GAP) if sheet.narrow else (columns * step + KEY_GAP, 0.0)
        room = sheet.inner - left if sheet.narrow else KEY
        key = _key(theme, left, top, sheet.narrow, sheet.inner)
        end = max((one["y"] for one in key), default=top) + KEY_STEP * 1.6
        apart = _apart(subject, theme, shares, left, end, room)
        boxes = [*squares, *key, *apart]
        data: dict[str, list[dict[str, Any]]] = {
            "rows": bars.table(subject),
            "filled": [_box(one) for one in boxes if one["place"] >= 0],
            "empty": [_box(one) for one in boxes if one["place"] < 0 and not one.get("dark")],
            "hollow": [_box(one) for one in boxes if one.get("dark")],
            "codes": [
                {"x": one["x"] + one["size"] / 2, "y": one["y"] + one["size"] / 2, "text": one["code"],
                 "colour": one["ink"]}
                for one in named
            ],
            "names": [
                {"x": one["x"] + one["size"] + 8, "y": one["y"] + one["size"] / 2, "text": one["text"]}
                for one in (*key, *apart)
            ],
        }  # fmt: skip
        layers: list[Layer] = [
            coloured(shapes("filled", "rect")),
            shapes("empty", "rect", fill=theme.shade, stroke=theme.grid, strokeWidth=1),
            shapes("hollow", "rect", fill="transparent", stroke=theme.dark, strokeDash=[3, 2], strokeWidth=1.2),
            texts("codes", size, "center"),
            texts("names", SMALL, fill=theme.soft),
        ]
        bottom = max(one["y"] + one["size"] for one in boxes)
        what = wording.whole(subject)
        return Picture(
            title=wording.leading(subject, subject.rows, what),
            subtitle=wording.terms(subject, f"Share of {what} by country"),
            height=round(bottom),
            layers=[layer for layer in layers if data[layer["data"]["name"]]],
            data=data,
            note=" ".join(filter(None, (NOTE, _bounds(subject), _left_out(subject, shares), wording.doubt(subject)))),
        )


def _look(theme: Theme, share: float | None) -> dict[str, Any]:
    """Class, colour and ink of a square; class -1 without a share."""
    if not share or share < 0:
        return {"place": -1, "colour": theme.shade, "ink": theme.faint}
    place = sum(share >= limit for limit in BREAKS)
    colour = tone(theme, place)
    return {"place": place, "colour": colour, "ink": readable(colour, theme)}


def tone(theme: Theme, place: int) -> str:
    """The colour of a class: the further from the ground the larger the share, in one hue."""
    return mixed(theme.ground, theme.marks[0], LEAST_TONE + (1 - LEAST_TONE) * place / len(BREAKS))


def _box(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"x": one["x"], "x2": one["x"] + one["size"], "y": one["y"], "y2": one["y"] + one["size"],
            "colour": one["colour"]}  # fmt: skip


def _key(theme: Theme, left: float, top: float, narrow: bool, inner: float) -> list[dict[str, Any]]:
    """A square and its meaning for each class, and for none; in two columns on a narrow sheet."""
    told = [_range(place) for place in range(len(BREAKS), -1, -1)]
    looks = [{"place": place, "colour": tone(theme, place)} for place in range(len(BREAKS), -1, -1)]
    half = (len(told) + 2) // 2
    found = []
    for n, (text, look) in enumerate(
        zip([*told, "none of its own"], [*looks, {"place": -1, "colour": theme.shade}], strict=True)
    ):
        x, y = (left + (n // half) * inner / 2, top + n % half * KEY_STEP) if narrow else (left, top + n * KEY_STEP)
        found.append({"x": x, "y": y, "size": 15.0, "text": text, **look})
    return found


def _range(place: int) -> str:
    """The shares of a class in words."""
    if place == len(BREAKS):
        return f"{_plain(BREAKS[-1])} and more"
    return f"{_plain(BREAKS[place - 1])} to {_plain(BREAKS[place])}" if place else f"under {_plain(BREAKS[0])}"


def _plain(limit: float) -> str:
    return f"{100 * limit:g}{NBSP}%"


def _apart(
    subject: Subject, theme: Theme, shares: Mapping[str, float], left: float, top: float, room: float
) -> list[dict[str, Any]]:
    """Squares of what is no country of the map: the unregistered, the unaffiliated and the like, the largest first."""
    groups = sorted((group for group in shares if group not in places()), key=lambda group: -shares[group])
    found = []
    for n, group in enumerate(groups[:APART_MOST]):
        dark = subject.nobody_knows(group)
        look = {"place": -1, "colour": theme.shade} if dark else _look(theme, shares[group])
        share = wording.figure(subject, shares[group])
        beside = room - 15 - 8 - width(f"{NBSP}{share}", SMALL)
        text = f"{shortened(subject.name(group), beside, SMALL)}{NBSP}{share}"
        found.append({"x": left, "y": top + n * KEY_STEP, "size": 15.0, "text": text, **look, "dark": dark})
    return found


def _bounds(subject: Subject) -> str:
    """Least and most of the largest countries."""
    known = [row for row in subject.rows if number(row.get("value")) and row.get("group") in places()]
    largest = sorted(known, key=lambda row: -row["value"])[:BOUNDS_SAID]
    told = []
    for row in largest:
        lo, hi = number(row.get("lo")), number(row.get("hi"))
        if lo is not None and hi is not None and (lo, hi) != (row["value"], row["value"]):
            told.append(f"{wording.named(subject, row['group'])} {percent(lo)} to {percent(hi)}")
    return f"Bounds: {', '.join(told)}." if told else ""


def _left_out(subject: Subject, shares: Mapping[str, float]) -> str:
    """What the signs apart from the map mean, said only of those that are there."""
    said = []
    if any(subject.nobody_knows(group) for group in shares if group not in places()):
        said.append("Dashed squares are weight that could be any country's.")
    if OTHER in shares:
        said.append("Countries without a tone are part of all others.")
    return " ".join(said)


CHART = CountryTiles()
