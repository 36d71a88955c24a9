"""Made-up answers, one for each chart, in the form in which measures give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import model_documents
from drawn_rows import HOUSE as HOUSE
from drawn_rows import document, row


def share(**more: Any) -> dict[str, Any]:
    """A share of one window in which the US leads outside the bounds."""
    figures = {"US": 0.48, "DE": 0.17, "unaffiliated": 0.16, "CN": 0.05, "FR": 0.04, "INT": 0.01}
    rows = [row(group, value, hi=value + 0.09) for group, value in figures.items()]
    dark = [row("unknown", 0.04, lo=0.0), row("unregistered", 0.05, lo=0.0)]
    return document("share", [*rows, *dark], **more)


def families() -> dict[str, Any]:
    """Shares by family: what has no family could be of any."""
    rows = [row("BERT", 0.4, hi=0.55), row("Qwen", 0.3, hi=0.45), row("(none)", 0.15, lo=0.0), row("(several)", 0.15)]
    return document("share", rows, by="family")


def months(count: int) -> list[str]:
    """Names of months from January 2025 on."""
    return [f"2025-{month + 1:02}" for month in range(count)]


def periods(count: int, whole: Mapping[str, bool] | None = None) -> list[dict[str, Any]]:
    """Periods of an answer over months."""
    ends = [*months(count)[1:], f"2025-{count + 1:02}"]
    return [
        {"period": name, "from": f"{name}-01", "to": f"{end}-01", "total": 1000,
         "complete": (whole or {}).get(name, True), "kind": "measured"}
        for name, end in zip(months(count), ends, strict=True)
    ]  # fmt: skip


def series(count: int = 6, measure: str = "share", **more: Any) -> dict[str, Any]:
    """Shares over months: China gains on the US, the first and the last month are not whole."""
    names = months(count)
    rows = []
    for n, name in enumerate(names):
        figures = {"US": 0.6 - 0.03 * n, "CN": 0.25 + 0.03 * n, "FR": 0.06, "KR": 0.002, "unregistered": 0.05}
        for group, value in figures.items():
            lo = 0.0 if group == "unregistered" else value * 0.8
            rows.append(row(group, value, lo=lo, hi=value + 0.05, period=name))
    held = periods(count, {names[0]: False, names[-1]: False})
    return document(measure, rows, **{"periods": held, **more})


def choices() -> list[dict[str, Any]]:
    """A small grid of definitions."""
    return [
        {"max_age_days": age, "attribution": credit, "scope": scope, "clean": clean, "register": "house",
         "contested": contested}
        for age in (None, 365)
        for credit in ("uploader", "base")
        for scope in ("everything", "language")
        for clean in ("none", "house")
        for contested in ("main", "widest")
    ]  # fmt: skip


def matrix() -> dict[str, Any]:
    """Two groups under a grid: the lead turns with the age limit, and is not always outside the bounds."""
    rows = []
    for n, choice in enumerate(choices()):
        us = 0.5 - 0.005 * n
        cn = 0.3 if choice["max_age_days"] is None else 0.42 + 0.002 * n
        ahead = "US" if us > cn else "CN"
        sure = choice["contested"] == "main" and abs(us - cn) > 0.05
        rows.append(
            choice
            | {"values": {"CN": cn, "US": us}, "bounds": {"CN": [cn, cn + 0.05], "US": [us, us + 0.05]}}
            | {"leader": ahead, "outside_bounds": sure, "total": 1000, "part_of_largest": 1.0}
        )
    leaders = {group: sum(r["leader"] == group for r in rows) for group in ("US", "CN")}
    return document("matrix", rows, groups=["CN", "US"], leaders=leaders, summary={}, skipped=[])


def crossover() -> dict[str, Any]:
    """A grid in which the crossing depends on the scope and the age limit."""
    rows = []
    for choice in choices():
        crossed = "2025-04" if choice["scope"] == "everything" and choice["max_age_days"] else None
        late = choice["scope"] == "language"
        state = "passed and stayed ahead" if crossed else "passed, too few periods since" if late else "never ahead"
        rows.append(
            choice
            | {"crossed": crossed, "state": state, "outside_bounds": choice["contested"] == "main" and bool(crossed)}
            | {"passed": ["2025-06"] if late else [], "periods": 6, "last_period": "2025-06"}
            | {"values": {"CN": 0.4, "US": 0.38}}
        )
    return document("crossover", rows, groups=["CN", "US"], stays=3, periods=6)


def compared() -> dict[str, Any]:
    """Two groups under three definitions, of which one has no figure: the lead turns."""
    figures = {"house": (0.48, 0.05), "young-models": (0.12, 0.2)}
    rows = [
        {"definition": name, "group": group, "value": value, "lo": value, "hi": value + 0.06, "downloads": 10,
         "models": 3, "total": 100, "because": None}
        for name, pair in figures.items()
        for group, value in zip(("US", "CN"), pair, strict=True)
    ]  # fmt: skip
    silent = dict.fromkeys(("value", "lo", "hi", "downloads", "models", "total"))
    rows += [{"definition": "atom-like", "group": group, **silent, "because": "no dates"} for group in ("US", "CN")]
    return document("compare", rows, groups=["US", "CN"])


def influence() -> dict[str, Any]:
    """Models and organisations that pull both ways."""
    models = [
        ("google/alpha-7b", "US", 0.031),
        ("Qwen/beta-72b-it", "CN", -0.02),
        ("some/gamma", "DE", -0.004),
    ]
    makers = [("Google", "US", 0.06), ("Alibaba", "CN", -0.05), ("unregistered maker", "unregistered", 0.001)]
    rows = [
        {"what": what, "name": name, "group": group, "downloads": 100, "moves": moves}
        for what, found in (("model", models), ("organisation", makers))
        for name, group, moves in found
    ]
    return document("influence", rows, groups=["CN", "US"], difference=-0.12, leader="US",
                    breakdown={"models": 14, "organisations": 1}, exact=True)  # fmt: skip


def concentration() -> dict[str, Any]:
    """Indices over models."""
    figures = {"hhi": 0.12, "gini": 0.91, "top_1": 0.2, "top_10": 0.55, "top_100": 0.83, "top_1pct": 0.7,
               "effective_number": 8.3}  # fmt: skip
    rows = [row(name, value) | {"lo": None, "hi": None} for name, value in figures.items()]
    return document("concentration", rows, by="model", counted=5000, **figures)


def concentration_of_countries() -> dict[str, Any]:
    """Indices over countries, which have limits."""
    rows = [row("top_1", 0.48, 0.4, 0.6), row("top_10", 0.9, 0.7, 0.93), row("hhi", 0.3, 0.2, 0.4)]
    return document("concentration", rows, counted=40)


def concentration_over_months() -> dict[str, Any]:
    """Indices by month."""
    rows = [
        row(name, value + 0.01 * n, period=month) | {"lo": None, "hi": None}
        for n, month in enumerate(months(4))
        for name, value in {"top_1": 0.2, "top_10": 0.5, "gini": 0.9, "hhi": 0.1, "effective_number": 10.0}.items()
    ]
    return document("concentration", rows, by="organisation", periods=periods(4, {"2025-04": False}))


def outlier_curve() -> dict[str, Any]:
    """Shares of two countries over a grid of thresholds."""
    rows = [
        {"deviations": deviations, "material": material, "models": 9, "downloads": 90,
         "CN": 0.05 + 0.01 * deviations * material / 0.02, "US": 0.6 - 0.05 * deviations, "largest": ["a/b", "c/d"]}
        for deviations in (1.0, 2.0, 3.0, 3.5)
        for material in (0.005, 0.02, 0.05)
    ]  # fmt: skip
    return document("outlier-curve", rows)


def stability(of: str = "share") -> dict[str, Any]:
    """Intervals over resampled organisations."""
    if of == "difference":
        rows = [{"group": "CN - US", "period": None, "value": -0.13, "lo": -0.32, "hi": 0.07, "ahead": 0.1}]
    elif of == "hhi":
        rows = [{"group": "hhi of country", "period": None, "value": 0.31, "lo": 0.2, "hi": 0.5}]
    elif of == "crossover":
        rows = [{"group": "CN passes US", "period": None, "value": "2025-03", "lo": "2025-02", "hi": "2025-06",
                 "crosses": 0.62, "ahead_at_the_end": 0.7}]  # fmt: skip
    else:
        rows = [
            {"group": group, "period": None, "value": value, "lo": value / 2, "hi": value * 1.6}
            for group, value in {"US": 0.48, "DE": 0.17, "unaffiliated": 0.16, "unregistered": 0.05}.items()
        ]
    return document("stability", rows)


def reach() -> dict[str, Any]:
    """How far downloads reach."""
    figures = {"counted": 760_000.0, "without": 0.3, "below": 0.92, "largest": 0.7, "taking": 0.05}
    rows = [row(name, value) | {"lo": None, "hi": None} for name, value in figures.items()]
    return document("reach", rows, by="model", asked={"of": "models", "below": 200, "k": 200, "part": 0.99})


def revisions() -> dict[str, Any]:
    """One window as three readings knew it."""
    rows = [
        {"known": known, "group": group, "value": value, "lo": value, "hi": value + 0.1, "downloads": 10, "total": 100,
         "moved": moved}
        for known, us, moved in (("2024-07-12T00:00:00Z", 0.4, None), ("2024-08-01T00:00:00Z", 0.42, 0.02),
                                 ("2024-09-01T00:00:00Z", 0.36, -0.06))
        for group, value in (("US", us), ("CN", 0.2))
    ]  # fmt: skip
    return document("revisions", rows)


def claims() -> dict[str, Any]:
    """Published figures with each verdict."""
    base = {"comparison": "about", "unit": "percent", "lo": None, "hi": None, "because": "", "needs": [],
            "nearest": None, "no_nearest": "", "window": "2024", "definition": "d", "source": "s",
            "evidence": "e"}  # fmt: skip
    near = {"value": 11.86, "unit": "percent", "lo": 11.86, "hi": 19.55}
    return {
        "rows": [
            base | {"id": "a", "statement": "Share of the US", "published": 48, "ours": 47.6, "lo": 47, "hi": 51,
                    "verdict": "reproduced"},
            base | {"id": "b", "statement": "Share of China", "published": 30, "ours": 5.0, "lo": 5, "hi": 9,
                    "verdict": "differs"},
            base | {"id": "c", "statement": "Share of Hub model downloads that went to Chinese developers",
                    "published": 17.1, "ours": None, "verdict": "not testable", "nearest": near},
            base | {"id": "d", "statement": "Release interval", "published": 14, "unit": "days", "ours": None,
                    "verdict": "not testable"},
        ],
        "notes": [],
    }  # fmt: skip


def quality() -> dict[str, Any]:
    """Events of three kinds."""
    events = [("gap", None, "2025-02-01", "2025-02-09", 300, 0.3),
              ("spike", "a/b", "2025-03-05", "2025-03-06", 40, 0.04),
              ("spike", "c/d", "2025-05-01", "2025-05-02", None, None),
              ("impostor", "meta-1lama/x", "2025-01-01", "2025-06-01", 5, 0.001)]  # fmt: skip
    rows = [
        {"event": kind, "model": model, "from": start, "to": end, "weight": weight, "share": part, "detail": "seen"}
        for kind, model, start, end, weight, part in events
    ]
    summary = [
        {"event": kind, "events": count, "weight": 1, "share": part}
        for kind, count, part in (("gap", 1, 0.3), ("spike", 2, 0.04), ("fall", 0, None), ("impostor", 1, 0.001))
    ]
    return {"rows": rows, "summary": summary, "hub": "huggingface", "unit": "downloads", "population": "census",
            "vintages": ["hub-dump-20250601T000000Z-0a1b2c3d"], "as_of": "2025-06-01T00:00:00Z",
            "notes": []}  # fmt: skip


def counts() -> dict[str, Any]:
    """An answer of a measure that no chart knows: counts with limits, one below zero."""
    return document("made-up", [row("Qwen", 31.5, 20.0, 44.0), row("Llama", 12.0), row("(other)", 4.0)], by="family")


def countries() -> dict[str, Any]:
    """Shares by country of every class of the map, what is no country of it, and what is left for all others."""
    figures = {"US": 0.42, "DE": 0.13, "CN": 0.05, "FR": 0.02, "KR": 0.005, "SG": 0.002, "IS": 0.0004, "NZ": 0.0}
    rows = [row(group, value, hi=value + 0.09) for group, value in figures.items()]
    apart = [
        row("unaffiliated", 0.2),
        row("INT", 0.004),
        row("(europe)", 0.05),
        row("FO", 0.0006),
        row("(other)", 0.06),
    ]
    dark = [row("unknown", 0.05, lo=0.0), row("unregistered", 0.04, lo=0.0)]
    return document("share", [*rows, *apart, *dark])


def node(role: str, depth: int, name: str, weight: int | None, relation: str | None = None) -> dict[str, Any]:
    """A row of a lineage."""
    return {"role": role, "depth": depth, "model": name, "downloads": weight, "relation": relation, "inferred": False}


def lineage() -> dict[str, Any]:
    """A model with one parent and more children than are drawn."""
    rows = [
        node("ancestor", 1, "maker/base-7b", 90_000),
        node("ancestor", 2, "maker/first-7b", None),
        node("model", 0, "maker/base-7b-instruct", 50_000, "finetune"),
        *(node("child", -1, f"someone/copy-{n}-of-a-model-with-a-rather-long-name-GGUF", 900 - n, "quantized")
          for n in range(15)),
    ]  # fmt: skip
    return document("lineage", rows, by="model", name="maker/base-7b-instruct", children=1234, roots=[])


def lineage_of_a_merge() -> dict[str, Any]:
    """A merge whose parents share a root; nothing is built on it."""
    rows = [
        node("ancestor", 1, "a/left", 10),
        node("ancestor", 2, "b/root", 4000),
        node("ancestor", 1, "c/right", 20),
        node("ancestor", 2, "b/root", 4000),
        node("ancestor", 3, "d/older", 1),
        node("model", 0, "e/merged", 7, "merge"),
    ]
    return document("lineage", rows, by="model", name="e/merged", children=0, roots=[])


EVERY = {
    "share-bars": share(),
    "share-bars-of-families": families(),
    "share-over-time": series(),
    "new-models-over-time": series(5, "new-models", by="country", asked={"relation": None, "models": "all uploads"}),
    "compared-definitions": compared(),
    "matrix-map": matrix(),
    "crossover-map": crossover(),
    "influence-bars": influence(),
    "concentration-curve": concentration(),
    "concentration-curve-of-countries": concentration_of_countries(),
    "concentration-over-time": concentration_over_months(),
    "outlier-curve": outlier_curve(),
    "stability-intervals": stability(),
    "stability-intervals-of-a-difference": stability("difference"),
    "stability-intervals-of-an-index": stability("hhi"),
    "crossing-interval": stability("crossover"),
    "reach-bars": reach(),
    "revision-lines": revisions(),
    "claims-beside": claims(),
    "quality-events": quality(),
    "ranges": counts(),
    "country-tiles": countries(),
    "lineage-tree": lineage(),
    "lineage-tree-of-a-merge": lineage_of_a_merge(),
    **model_documents.EVERY,
}
"""A document for every chart; a name begins with the id of the chart that is the document's own, or asked for it."""
BY_NAME = {"country-tiles": "country-tiles"}
"""Charts that are no answer's own and must be asked for, by the name of the document."""
OWN = {"new-models-over-time": "share-over-time"}
"""Names that do not begin so."""


def own(name: str) -> str:
    """The id of the chart that is a document's own, or that is asked for it."""
    from weighbridge.charts import charts

    return OWN.get(name) or max((known for known in charts() if name.startswith(known)), key=len)
