"""Weighbridge from Python: `weighbridge.open()` gives something that can be asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weighbridge.errors import UsageError
from weighbridge.measures import LISTED_MOST, Option, measures
from weighbridge.measures.asking import Backing, StoreBacking, ask, open_backing
from weighbridge.measures.questions import names_of_options, question, refuse_empty
from weighbridge.records.answer import Answer
from weighbridge.records.clock import parse_moment
from weighbridge.records.question import Question
from weighbridge.records.shown import plain

if TYPE_CHECKING:
    from weighbridge.charts.drawing import Drawing

TOP = Option("top", "How many rows.", number=True, most=LISTED_MOST)


@dataclass(frozen=True, repr=False)
class Result(Answer):
    """An answer that can be drawn and cited."""

    def __repr__(self) -> str:
        """One line: what it says under which terms; `to_dict()` has all of it."""
        simulated = " (SIMULATED DATA)" if self.simulated else ""
        rows = f"{len(self.rows):,} row{'' if len(self.rows) == 1 else 's'}"
        return f"<{plain(self.title)}{simulated}: {rows}. {plain(self.headline())}>"

    def chart(self, name: str | None = None, theme: str = "light", width: int = 900) -> Drawing:
        """The answer as a picture: `.svg()`, `.png()`, `.save(path)`, `.spec`; a notebook shows it.

        Args:
            name: of the chart; null: the answer's own.
            theme: light or dark.
            width: in pixels.

        Raises:
            UsageError: there is no such chart of this answer, theme or width.
            DataMissing: the answer has no figure.
        """
        return drawing(self.to_dict() | {"title": self.title}, name, theme, width)

    def cite(self, style: str = "line") -> str:
        """A citation with the vintage: one line, or style bibtex or apa.

        Raises:
            UsageError: there is no such style.
        """
        from weighbridge.surfaces.citing import cited

        return cited(self, style)


def drawing(document: Mapping[str, Any], name: str | None = None, theme: str = "light", width: int = 900) -> Drawing:
    """The picture of a document, such as that of `claims` or `quality`.

    Raises:
        UsageError: there is no such chart, theme or width.
        DataMissing: the document has no figure.
    """
    from weighbridge.charts.drawing import Drawing

    made = Drawing(document, name, theme, width)
    made.check()
    return made


class Observatory:
    """A store or a cube file, asked with the options of the command line: the measure's own, and those in `question`.

    What a share does not need is imported where it is used, so that a share answers quickly.
    """

    def __init__(self, backing: Backing) -> None:
        self.backing = backing

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands on every answer, such as that the bundled sample answers."""
        return tuple(getattr(self.backing, "notes", ()))

    def share(self, by: str = "country", top: int | None = None, **options: Any) -> Result:
        """Share of each group.

        Args:
            by: country, region, organisation, type, namespace, family, task, library, licence, size, quantised
                or model.
            top: keep so many groups; the rest is summed as `(other)`.
        """
        return self.ask("share", {"by": by, "top": top}, **options)

    def top(self, of: str = "models", top: int | None = None, **options: Any) -> Result:
        """The largest models, organisations or families."""
        return self.ask("top", {"of": of, "top": top}, **options)

    def concentration(self, of: str = "models", **options: Any) -> Result:
        """HHI, Gini and the parts of the largest, over models, organisations or countries."""
        return self.ask("concentration", {"of": of}, **options)

    def influence(self, groups: Sequence[str] | None = None, by: str = "country", **options: Any) -> Result:
        """The models and organisations that carry the difference between two groups, and how few turn it."""
        return self.ask("influence", {"groups": groups, "by": by}, **options)

    def compare(self, groups: Sequence[str] | None = None, by: str = "country", **options: Any) -> Result:
        """Shares of up to six groups under every named definition."""
        return self.ask("compare", {"groups": groups, "by": by}, **options)

    def matrix(self, groups: Sequence[str] | None = None, by: str = "country", **options: Any) -> Result:
        """Shares of some groups under every defensible definition."""
        return self.ask("matrix", {"groups": groups, "by": by}, **options)

    def crossover(self, groups: Sequence[str] | None = None, by: str = "country", **options: Any) -> Result:
        """When the first of two groups passes the second, under every defensible definition."""
        return self.ask("crossover", {"groups": groups, "by": by}, **options)

    def stability(self, of: str = "share", by: str = "country", **options: Any) -> Result:
        """How much a share, difference, hhi or crossover hangs on which organisations there are."""
        return self.ask("stability", {"of": of, "by": by}, **options)

    def revisions(self, groups: Sequence[str] | None = None, by: str = "country", **options: Any) -> Result:
        """How the shares of one window moved as readings came in."""
        return self.ask("revisions", {"groups": groups, "by": by}, **options)

    def reach(self, of: str = "models", **options: Any) -> Result:
        """How many models or namespaces have downloads, and how few take most of them."""
        return self.ask("reach", {"of": of}, **options)

    def size(self, of: str = "downloads", show: str = "figures", by: str = "none", **options: Any) -> Result:
        """Mean, quantiles and classes of parameters by weight, with the part that is not known.

        Args:
            of: `downloads`, `models` (each once) or `active-parameters`.
            show: `figures`, `classes`, `kinds` or `origins`.
            by: none, or a dimension.
            options: `model="org/name"`, `top=5` and those of a question.
        """
        return self.ask("size", {"of": of, "show": show, "by": by}, **options)

    def openness(self, of: str = "downloads", by: str = "none", **options: Any) -> Result:
        """How open models are: a ladder of recorded facts, from the gate to training data and code."""
        return self.ask("openness", {"of": of, "by": by}, **options)

    def licence_drift(self, of: str = "downloads", by: str = "none", **options: Any) -> Result:
        """What becomes of licences from parents to children: kept, tightened, dropped, contradictory, ..."""
        return self.ask("licence-drift", {"of": of, "by": by}, **options)

    def usage(self, by: str = "country", top: int | None = None, **options: Any) -> Result:
        """Shares in downloads, pulls and tokens side by side, each of its own total.

        Args:
            by: country, organisation or family.
            top: how many groups.
        """
        return self.ask("usage", {"by": by, "top": top}, **options)

    def new_models(self, by: str = "family", relation: str | None = None, **options: Any) -> Result:
        """Part of each group in the models that were created in a period, or in the derivatives among them.

        Args:
            by: family, country, region, organisation, type, namespace, task, library, licence, size or quantised.
            relation: null: all uploads; `none`: first releases; `any`: all derivatives; finetune, adapter, quantized,
                merge.
        """
        return self.ask("new-models", {"by": by, "relation": relation}, **options)

    def derivatives(self, by: str = "family", of: str | None = None, **options: Any) -> Result:
        """How many models descend from each group's own, and what part of its weight goes through them.

        Args:
            by: family, organisation, namespace or model.
            of: one group by its name; null: all.
            options: `show="detail"` or `"intermediaries"`, `count="new"`, `inferred="yes"` and those of a question.
        """
        return self.ask("derivatives", {"by": by, "of": of}, **options)

    def cadence(self, by: str = "organisation", of: str = "all", **options: Any) -> Result:
        """Days between the releases that organisations made themselves.

        Args:
            by: organisation, country or type.
            of: `companies` or `all`.
        """
        return self.ask("cadence", {"by": by, "of": of}, **options)

    def explain(self, model: str, **options: Any) -> dict[str, Any]:
        """Why a model's downloads go to this organisation, country, family and root, or are left out."""
        from weighbridge.measures.explaining import explain

        return explain(self.backing, model, self.question(**options))

    def lineage(
        self, model: str, hub: str | None = None, as_of: str | None = None, vintage: str | None = None
    ) -> dict[str, Any]:
        """Parents, roots with weights, and children of a model."""
        from weighbridge.measures.explaining import lineage_of

        refuse_empty(self.backing.hubs(), hub=hub, vintage=vintage)
        when = parse_moment(as_of, "--as-of", end_of_day=True) if as_of is not None else None
        return lineage_of(self.backing, model, hub, when, vintage)

    def doctor(self, quick: bool = False) -> dict[str, Any]:
        """What can be answered: hubs, populations and windows; what is stale, and what is damaged.

        Args:
            quick: do not read every file to compare it with its digest.
        """
        from weighbridge.measures.condition import condition

        return condition(self.backing, digests=not quick)

    def quality(
        self,
        hub: str | None = None,
        event: str | None = None,
        as_of: str | None = None,
        vintage: str | None = None,
        top: int | None = None,
    ) -> dict[str, Any]:
        """Events about the readings (gaps, falls, restatements, spikes, ...), each with the weight it touches."""
        from weighbridge.quality import ledger

        refuse_empty(self.backing.hubs(), hub=hub, vintage=vintage)
        when = parse_moment(as_of, "--as-of", end_of_day=True) if as_of is not None else None
        return ledger.answer(self.backing, hub, event, when, vintage, TOP.checked(top))

    def history(self, hub: str | None = None, **asked: Any) -> dict[str, Any]:
        """Shares week by week from a weighed history; `asked` as in `weighbridge.measures.history.Asked`.

        Raises:
            DataMissing: the history was not weighed yet.
            UsageError: this is a cube file, or a choice is not there.
        """
        from weighbridge.cubes.windows import choose_hub
        from weighbridge.measures.history import Asked, history

        if not isinstance(self.backing, StoreBacking):
            raise UsageError("a cube file holds no history of weeks", "open a store's folder")
        unknown = set(asked) - {field.name for field in fields(Asked)}
        if unknown:
            there = ", ".join(field.name for field in fields(Asked))
            raise UsageError(f"history has no option {', '.join(sorted(unknown))}", f"it has: hub, {there}")
        return history(self.backing.store, choose_hub(self.backing.hubs(), hub), Asked(**asked))

    def differences(self, a: str, b: str, top: int | None = 1000, only: Collection[str] = ()) -> dict[str, Any]:
        """What differs from one vintage of a hub to another.

        Args:
            a, b: ids of vintages.
            top: so many rows, the heaviest first; null: all.
            only: names of changes; empty: all.

        Raises:
            DataMissing: there is no such vintage.
            UsageError: the vintages are of different hubs, this is a cube file, or `top` is no number of rows.
        """
        from weighbridge.cubes.frame import links
        from weighbridge.store.differences import differences

        if not isinstance(self.backing, StoreBacking):
            raise UsageError("a cube file holds no vintages", "open a store's folder")
        most = TOP.checked(top)
        first, second = (self.backing.store.vintage(name) for name in (a, b))
        return differences(first, second, links(first.hub)).to_dict(most, only)

    def check_register(self, path: str | Path) -> dict[str, Any]:
        """One's own rows for the register: faults, what they change, and how much weight they touch."""
        from weighbridge.measures.corrections import check_corrections

        return check_corrections(Path(path), self.backing) | {"notes": list(self.notes)}

    def suggest_register(self, top: int = 50, **options: Any) -> Answer:
        """The heaviest namespaces that nobody has looked at, with what is known of them, as rows to review."""
        from weighbridge.measures.suggestions import suggest

        return suggest(self.backing, self.question(**options), TOP.checked(top))

    def ask(self, measure: str, own: Mapping[str, Any] | None = None, **options: Any) -> Result:
        """Any registered measure.

        Args:
            measure: its id.
            own: options of the measure.
            options: more of them, and those of `question`.

        Raises:
            UsageError: there is no such measure or option, or an option has no such value.
        """
        known = measures().get(measure)
        names = [option.name for option in known.options] if known else []
        mine = {name: value for name, value in options.items() if name in names}
        rest = {name: value for name, value in options.items() if name not in names}
        _refuse_strange(measure, rest, (*names, *names_of_options()))
        found = ask(self.backing, measure, self.question(**rest), {**(own or {}), **mine})
        return Result(**{field.name: getattr(found, field.name) for field in fields(found)})

    def claims(self, *ids: str) -> dict[str, Any]:
        """Published figures (all, or those named): verdict, reason, and the nearest thing that can be said here."""
        from weighbridge.claims.check import check

        return {"rows": check(self.backing, ids), "notes": list(self.notes)}

    def question(self, **options: Any) -> Question:
        """The question that options make; see `weighbridge.measures.questions.question` for their names.

        Raises:
            UsageError: there is no such option, or it has no such value.
        """
        _refuse_strange("a question", options, names_of_options())
        return question(self.backing.hubs(), **options)


def _refuse_strange(what: str, options: Collection[str], there: Collection[str]) -> None:
    strange = [name for name in options if name not in there]
    if strange:
        raise UsageError(f"{what} has no option {', '.join(strange)}", f"it has: {', '.join(there)}")


def open_observatory(path: str | Path | None = None) -> Observatory:
    """Open a store, a cube file, or the bundled sample where the store holds nothing.

    Args:
        path: null: `WEIGHBRIDGE_STORE`, else the user data folder.
    """
    return Observatory(open_backing(Path(path) if path else None))
