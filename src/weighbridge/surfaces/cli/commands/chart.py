"""`weighbridge chart`: a command below it for each measure, and for the claims and the quality ledger."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weighbridge.records.shown import plain
from weighbridge.surfaces.cli import measured, options, output

if TYPE_CHECKING:
    from weighbridge.charts.drawing import Drawing

OTHERS = {
    "claims": "Published figures beside ours.",
    "quality": "What is wrong or odd in the readings, over time.",
}
THEMES = ("light", "dark")
LEAST_WIDTH, MOST_WIDTH = 300, 2_000
DRAWING = (
    click.option("-o", "--output", "path", type=options.StorePath(path_type=Path, dir_okay=False), required=True,
                 help="File to write, by its ending: .svg, .png, .html, .json (the Vega-Lite specification), .csv."),
    click.option("--chart", "name", metavar="ID", help="Another chart than the measure's own."),
    click.option("--theme", type=click.Choice(THEMES), default="light", show_default=True, help="Light or dark."),
    click.option("--width", type=click.IntRange(LEAST_WIDTH, MOST_WIDTH), default=900, show_default=True,
                 help="Width of the picture in pixels."),
)  # fmt: skip


class Charts(click.Group):
    """A group with a command for all that can be drawn, made when it is asked for.

    Attributes:
        as_measures: its commands take what those of the measures take, so the reference does not say it again.
    """

    as_measures = True

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all that can be drawn."""
        return sorted([*measured.titles(), *OTHERS])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list with one line each."""
        lines = {**{name: f"{title}." for name, title in measured.titles().items()}, **OTHERS}
        with formatter.section("Measures"):
            formatter.write_dl(sorted(lines.items()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command that draws a measure, or null."""
        if cmd_name == "claims":
            return claims
        if cmd_name == "quality":
            return quality
        return _of_measure(cmd_name) if cmd_name in measured.titles() else None


@click.command("chart", cls=Charts, short_help="Draw an answer as SVG, PNG, a page, JSON or CSV.")
def command() -> None:
    """Draw what a measure answers, with title, bounds, definition, source and vintage.

    A measure is drawn with its own options and those of the question, as in its own command, and -o FILE (ending in
    .svg, .png, .html, .json: the Vega-Lite specification, or .csv: the rows), --chart ID for another chart than its
    own, --theme light|dark and --width PIXELS. A file is written whole or not at all.

    Example: weighbridge chart share --by country -o share.svg
    """


def _drawn(function: Callable[..., None]) -> Callable[..., None]:
    """Options of what is written, and --store and --json."""
    for option in reversed((*DRAWING, options.store, options.as_json)):
        function = option(function)
    return function


def _of_measure(name: str) -> click.Command:
    """The command that draws a measure: its own options and those of the question."""
    from weighbridge.measures import measures

    measure = measures()[name]

    @_drawn
    def draw(
        path: Path, name: str | None, theme: str, width: int, store: Path | None, as_json: bool, **asked: Any
    ) -> None:
        from weighbridge.charts.drawing import ending
        from weighbridge.surfaces.cli.opening import opened

        ending(path)  # a wrong name is wrong whatever is held
        own = {option.name: asked.pop(option.keyword) for option in measure.options}
        observatory = opened(store)
        with output.waiting("weighing"):
            made = observatory.ask(measure.id, own, **asked).chart(name, theme, width)
            _save(made, path)
        _tell(made, path, as_json)

    for option in reversed((*options.QUESTION, *options.ENGINE)):
        draw = option(draw)
    for own in reversed(measure.options):
        draw = options.parameter(own)(draw)
    return click.command(measure.id, short_help=measure.title, help=f"{measure.title}.\n\n{measure.words}")(draw)


@click.command("claims", short_help=OTHERS["claims"])
@click.argument("ids", nargs=-1, metavar="[ID]...")
@_drawn
def claims(
    ids: tuple[str, ...], path: Path, name: str | None, theme: str, width: int, store: Path | None, as_json: bool
) -> None:
    """Published figures (all, or those named) beside ours, or beside the nearest that can be said."""
    from weighbridge.charts.drawing import ending
    from weighbridge.claims.ledger import claims as published
    from weighbridge.surfaces.cli.opening import opened
    from weighbridge.surfaces.python import drawing

    ending(path)
    published(ids)
    observatory = opened(store)
    with output.waiting("checking"):
        made = drawing(observatory.claims(*ids), name, theme, width)
        _save(made, path)
    _tell(made, path, as_json)


@click.command("quality", short_help=OTHERS["quality"])
@click.option("--hub", help="Hub to ask about. [default: the only one held, else huggingface]")
@click.option("--event", metavar="KIND", help="Only events of this kind.")
@click.option("--as-of", metavar="DATE", help="Only what was known then.")
@click.option("--vintage", metavar="ID", help="Events of this vintage alone; needed for a chosen set.")
@_drawn
def quality(
    hub: str | None, event: str | None, as_of: str | None, vintage: str | None, path: Path, name: str | None,
    theme: str, width: int, store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """The quality ledger over time, a lane a kind of event."""
    from weighbridge.charts.drawing import ending
    from weighbridge.surfaces.cli.opening import opened
    from weighbridge.surfaces.python import drawing

    ending(path)
    observatory = opened(store)
    with output.waiting("looking for events"):
        made = drawing(observatory.quality(hub, event, as_of, vintage), name, theme, width)
        _save(made, path)
    _tell(made, path, as_json)


def _save(made: Drawing, path: Path) -> None:
    made.save(path)


def _tell(made: Drawing, path: Path, as_json: bool) -> None:
    """What was written, on standard output; the title says what the data say."""
    said = made.spec["usermeta"]["weighbridge"]
    found = {"path": os.fspath(path), "bytes": path.stat().st_size, "chart": said["chart"], "title": said["title"],
             "subtitle": said["subtitle"], "source": said["source"], "note": said["note"]}  # fmt: skip
    if as_json:
        output.document(found)
        return
    print(output.said(said["title"], "text"))
    print(f"{plain(str(path))}: {found['bytes']:,} bytes", file=sys.stdout)
