"""Drawings: a specification as SVG, PNG, a page, JSON and CSV, and as a notebook shows it.

`vl-convert-python` draws without a browser and without a network. It is imported only when something is drawn.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from weighbridge.charts import WIDTH, chosen, page, sheet_of, specification
from weighbridge.charts.theme import DRAWN_FONT, FONT
from weighbridge.errors import UsageError
from weighbridge.records.shown import plain
from weighbridge.records.written import csv_text, spread

SVG = "http://www.w3.org/2000/svg"
VEGA_LITE = "6.4"
"""Version of Vega-Lite that draws; of those that come with `vl-convert-python` 1.9."""
NOTEBOOK_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
NOTEBOOK_TYPE = "application/vnd.vegalite.v5+json"
"""What JupyterLab and VS Code render themselves; the specifications use nothing that version 5 lacks."""
PNG_SCALE = 2.0
ENDINGS = (".svg", ".png", ".html", ".json", ".csv")


@dataclass(frozen=True)
class Drawing:
    """A chart of an answer.

    Attributes:
        document: the answer's.
        name: of the chart; null: the answer's own.
        theme: light or dark.
        width: in pixels.
        head: whether title, subtitle and source line are drawn.
    """

    document: Mapping[str, Any]
    name: str | None = None
    theme: str = "light"
    width: int = WIDTH
    head: bool = True

    @property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification, made anew at each call.

        Raises:
            UsageError: there is no such chart, theme or width.
            DataMissing: the answer has no figure.
        """
        return specification(self.document, self.name, self.theme, self.width, self.head)

    def check(self) -> None:
        """Refuse what cannot be drawn; see `spec` for the errors."""
        chosen(self.document, self.name)
        sheet_of(self.theme, self.width)

    @property
    def title(self) -> str:
        """What the data say, in one sentence."""
        return str(self.spec["usermeta"]["weighbridge"]["title"])

    def svg(self) -> str:
        """The picture as SVG: the same bytes on every machine, no script, nothing fetched, named for screen readers."""
        spec = self.spec
        return accessible(drawn(spec), spec)

    def png(self, scale: float = PNG_SCALE) -> bytes:
        """The picture as PNG, so many pixels for one of the SVG's."""
        picture = self.svg().replace(FONT, DRAWN_FONT)
        return bytes(_converter().svg_to_png(picture, scale=scale))

    def html(self) -> str:
        """One page that needs nothing else: the picture, and the table below it."""
        return page.page(self.document, self.spec, self.svg())

    def csv(self) -> str:
        """All rows of the answer, as they are."""
        return csv_text([spread(row, whole=True) for row in self.document.get("rows") or ()])

    def save(self, path: str | Path) -> Path:
        """Write a file of the kind that its ending names, whole or not at all.

        Raises:
            UsageError: the ending is none of `ENDINGS`.
        """
        where = Path(path)
        make: dict[str, Callable[[], str | bytes]] = {
            ".svg": self.svg,
            ".png": self.png,
            ".html": self.html,
            ".json": lambda: json.dumps(self.spec, ensure_ascii=False, indent=1) + "\n",
            ".csv": self.csv,
        }
        kind = ending(where)
        made = make[kind]()
        write(where, made.encode("utf-8") if isinstance(made, str) else made)
        return where

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """What a notebook shows: the specification where it renders Vega-Lite, else the picture."""
        return {
            NOTEBOOK_TYPE: self.spec | {"$schema": NOTEBOOK_SCHEMA},
            "text/plain": f"{self.title} ({self.spec['usermeta']['weighbridge']['chart']})",
            "image/svg+xml": self.svg(),
        }


def ending(path: Path) -> str:
    """The ending of a file that can be written.

    Raises:
        UsageError: it is none of `ENDINGS`.
    """
    kind = path.suffix.lower()
    if kind not in ENDINGS:
        raise UsageError(f"a chart cannot be written as {path.name!r}", f"end the name with {', '.join(ENDINGS)}")
    return kind


def drawn(spec: Mapping[str, Any]) -> str:
    """A specification as the SVG that Vega makes of it."""
    return str(_converter().vegalite_to_svg(json.dumps(spec), vl_version=VEGA_LITE, allowed_base_urls=[]))


def accessible(svg: str, spec: Mapping[str, Any]) -> str:
    """An SVG as one picture with a name and a description, for those who do not see it."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(svg)  # noqa: S314, made by Vega just before
    for element in root.iter():  # a picture has no parts for screen readers; the table has
        for name in [name for name in element.attrib if name == "role" or name.startswith("aria-")]:
            del element.attrib[name]
    said = spec["usermeta"]["weighbridge"]
    title, description = ElementTree.Element(f"{{{SVG}}}title"), ElementTree.Element(f"{{{SVG}}}desc")
    title.text = said["title"]
    description.text = " ".join(filter(None, (said["subtitle"], said["note"], said["source"])))
    root.insert(0, title)
    root.insert(1, description)
    root.set("role", "img")
    root.set("aria-label", said["title"])
    root.attrib.pop("class", None)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _converter() -> Any:
    import vl_convert

    return vl_convert


def check_folder(path: Path) -> None:
    """Refuse a file in a folder that is not there.

    Raises:
        UsageError: its folder does not exist.
    """
    if not path.parent.is_dir():
        raise UsageError(f"the folder {plain(str(path.parent))} does not exist", "make it first, or give another")


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        UsageError: its folder does not exist.
        OSError: it cannot be written; the error names it.
    """
    check_folder(path)
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
