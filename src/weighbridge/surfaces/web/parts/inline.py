"""Pictures as part of a page: without what repeats the page's own words, and with ids that no other picture has."""

from __future__ import annotations

from xml.etree import ElementTree

from htpy import Node, div
from markupsafe import Markup

from weighbridge.charts.drawing import SVG


def inline(svg: str, key: str, width: str, theme: str) -> Node:
    """A picture for one width and theme.

    Args:
        svg: as `Drawing.svg` makes it.
        key: of the figure, other than that of any other figure of the page.
        width: `wide` or `narrow`.
        theme: `light` or `dark`.
    """
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(svg)  # noqa: S314, made by Vega just before
    for name in ("title", "desc"):  # its figure has them as text
        for element in root.findall(f"{{{SVG}}}{name}"):
            root.remove(element)
    prefix = f"{key}-{width}-{theme}-"
    for element in root.iter():
        for attribute, value in element.attrib.items():
            if attribute == "id":
                element.set(attribute, prefix + value)
            elif attribute.endswith("href") and value.startswith("#"):
                element.set(attribute, f"#{prefix}{value[1:]}")
            elif "url(#" in value:
                element.set(attribute, value.replace("url(#", f"url(#{prefix}"))
    picture = Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704, written by ElementTree, which escapes
    return div(class_=["drawn", width, theme])[picture]
