"""Made-up answers of measures of single models: lineage, releases, sizes, licences, and units side by side."""

from __future__ import annotations

from typing import Any

from drawn_rows import document, row


def derivatives(count: str = "all") -> dict[str, Any]:
    """Families that overlap, the one with most descendants with the least of its weight in them."""
    figures = {"Qwen": (0.2, 0.15, 0.4, 900), "Llama": (0.55, 0.3, 0.7, 600), "BERT": (0.004, 0.001, 0.3, 20)}
    rows = [row(name, value, lo, hi, models=models) for name, (value, lo, hi, models) in figures.items()]
    asked = {"by": "family", "of": None, "show": "groups", "count": count}
    return document("derivatives", rows, by="family", title="Models that descend from others, by family", asked=asked)


def intermediaries() -> dict[str, Any]:
    """Accounts whose copies have known bases, and one whose have none."""
    figures = {"packer": (0.02, 0.019, 40, 30), "somebody": (0.01, 0.0, 25, 0)}
    rows = [
        row(name, value, lo, value, copies=copies, bases=bases) for name, (value, lo, copies, bases) in figures.items()
    ]
    asked = {"by": "family", "of": None, "show": "intermediaries", "count": "all"}
    return document("derivatives", rows, by="namespace", title="Who repackages", asked=asked, accounts=7,
                    through_intermediaries=0.036)  # fmt: skip


def releases(by: str = "organisation") -> dict[str, Any]:
    """Who releases every day, every week, and seldom."""
    figures = {"US": (12.0, 2, 15, 6, 29), "CN": (1.0, 0, 1, 1, 2), "unknown": (6.5, 0, 8, 2.75, 12.25)}
    rows = [
        row(name, value, lo, hi, p25=p25, median=value, p75=p75) | ({"organisations": 4} if by == "country" else {})
        for name, (value, lo, hi, p25, p75) in figures.items()
    ]
    return document("cadence", rows, by=by, unit="models", title="Days between own releases",
                    asked={"by": by, "of": "all" if by == "organisation" else "companies"})  # fmt: skip


def sizes() -> dict[str, Any]:
    """Figures that the unknown sizes leave nearly open."""
    figures = {"mean": (17.0, 1.6, None), "p10": (0.35, 0, 7.0), "p25": (6, 0, None), "median": (7, 0, None),
               "p75": (13, 0.4, None), "p90": (70, 1.5, None), "part unknown": (0.91, 0.91, 0.91)}  # fmt: skip
    rows = [row(name, value) | {"lo": lo, "hi": hi} for name, (value, lo, hi) in figures.items()]
    asked = {"of": "downloads", "show": "figures", "by": "none"}
    return document("size", rows, by="figures", title="How large the models are", asked=asked)


def sizes_by_country() -> dict[str, Any]:
    """Strips of two countries and of the unregistered."""
    rows = [
        {"period": None, "group": name, "part": 0.3, "unknown": unknown, "mean": mean, "p10": 0.1, "p25": 0.6,
         "median": median, "p75": 13.0, "p90": 30.0, "median_lo": 0.0, "median_hi": None, "downloads": 9, "models": 2}
        for name, median, mean, unknown in (("US", 7.0, 8.5, 0.5), ("CN", 1.5, 14.0, 0.999), ("unregistered", 7, 9, 0))
    ]  # fmt: skip
    asked = {"of": "models", "show": "figures", "by": "country"}
    return document("size", rows, title="How large the models are", asked=asked)


def size_classes() -> dict[str, Any]:
    """Classes of size, most of the weight in none."""
    rows = [row("<0.1", 0.01, hi=0.71), row("1-9", 0.2, hi=0.9), row(">100", 0.09, hi=0.79), row("unknown", 0.7, 0.0)]
    asked = {"of": "downloads", "show": "classes", "by": "none"}
    return document("size", rows, by="classes", title="How large the models are: classes of size", asked=asked)


RUNGS = {"gated": (0.0, 0.0, 1.0), "no licence": (0.2, 0.0, 0.2), "open licence": (0.4, 0.0, 0.45),
         "training data declared": (0.35, 0.0, 0.4), "unknown licence": (0.05, 0.0, 0.05)}  # fmt: skip


def openness() -> dict[str, Any]:
    """A ladder on which every model may be gated."""
    rows = [row(name, *figures) for name, figures in RUNGS.items()]
    notes = ["Whether a model is gated is not known of 100.0% of the weight: value takes these as not gated."]
    return document("openness", rows, by="rung", title="How open the models are, by downloads", notes=notes,
                    asked={"step": "ladder", "by": "none"},
                    at_least=[row("open licence", 0.75, 0.0, 0.8)])  # fmt: skip


def openness_by_country() -> dict[str, Any]:
    """The ladder within three countries, in one of which a rung is missing."""
    rows = [
        row(country, *figures, rung=name, part=0.4)
        for country in ("US", "CN", "unregistered")
        for name, figures in RUNGS.items()
        if (country, name) != ("CN", "no licence")
    ]
    return document("openness", rows, title="How open the models are, by downloads",
                    asked={"step": "ladder", "by": "country"})  # fmt: skip


def drift() -> dict[str, Any]:
    """Kinds of drift, one of which nothing is sure to be."""
    figures = {"kept": (0.7, 0.7, 0.8), "loosened": (0.0, 0.0, 0.1), "contradictory": (0.2, 0.2, 0.3),
               "unknown": (0.1, 0.0, 0.1)}  # fmt: skip
    rows = [row(name, *limits) for name, limits in figures.items()]
    title = "What becomes of licences along lineage, by downloads"
    return document("licence-drift", rows, by="drift", title=title, asked={"of": "downloads", "by": "none"})


def pairs() -> dict[str, Any]:
    """Pairs of licences."""
    rows = [
        {"parent": parent, "child": child, "drift": kind, "because": None, "value": value, "downloads": 9, "models": 2}
        for parent, child, kind, value in (("mit", "mit", "kept", 0.6), ("other", "(none)", "dropped", 0.1))
    ]
    return document("licence-drift", rows, by="pair", title="What becomes of licences along lineage, by downloads",
                    asked={"of": "downloads", "by": "pair"})  # fmt: skip


def usage() -> dict[str, Any]:
    """Three units, one of them without a figure for a group, one with a part that the router does not name."""
    figures = {"US": (0.5, 0.45, 0.4), "CN": (0.03, 0.42, None), "(rest)": (0.0, 0.0, 0.2), "unknown": (0.1, 0.0, 0.0)}
    rows = [
        {"group": group}
        | {
            f"{unit}{end}": None if value is None else min(value * more, 1.0)
            for unit, value in zip(("downloads", "pulls", "tokens"), values, strict=True)
            for end, more in (("", 1.0), ("_lo", 0.8), ("_hi", 1.3))
        }
        for group, values in figures.items()
    ]
    sides = [
        {"column": unit, "hub": hub, "unit": unit, "vintages": [f"{hub}-20240711"],
         "window": {"from": "2024-06-11", "to": "2024-07-11", "kind": "measured", "complete": unit != "tokens"}}
        for unit, hub in (("downloads", "huggingface"), ("pulls", "ollama"), ("tokens", "openrouter"))
    ]  # fmt: skip
    return document("usage", rows, title="Downloads, pulls and router tokens side by side", sides=sides)


EVERY = {
    "derivative-bars": derivatives(),
    "derivative-bars-of-new-models": derivatives("new"),
    "intermediary-bars": intermediaries(),
    "release-intervals": releases(),
    "release-intervals-by-country": releases("country"),
    "size-quantiles": sizes(),
    "size-quantiles-by-country": sizes_by_country(),
    "size-classes": size_classes(),
    "openness-ladder": openness(),
    "divided-columns": openness_by_country(),
    "licence-drift": drift(),
    "licence-drift-of-pairs": pairs(),
    "usage-columns": usage(),
}
"""A document for every chart of these measures; names as in `documents.EVERY`."""
