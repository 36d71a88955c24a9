"""A call of a tool: from given arguments to the answer as JSON and in words, fitted, marked, or refused with a hint."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from weighbridge.errors import UsageError, WeighbridgeError
from weighbridge.surfaces.mcp.arguments import checked
from weighbridge.surfaces.mcp.fitting import PAGING, fitted
from weighbridge.surfaces.mcp.tool import Tool
from weighbridge.surfaces.mcp.untrusted import WARNING, cleaned, hinted, marked, visible
from weighbridge.surfaces.mcp.words import text
from weighbridge.surfaces.views.shelf import Shelf

FAULT = "this is a fault of the program; what it was stands in the log, please report it"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answered:
    """What an assistant gets.

    Attributes:
        structured: the JSON document with `page`, `shortened` and `untrusted`; or `error` and `untrusted`.
        text: the same in words.
        failed: whether it is an error.
    """

    structured: dict[str, Any]
    text: str
    failed: bool = False


def answered(shelf: Callable[[], Shelf], tools: Mapping[str, Tool], name: str, given: Mapping[str, Any]) -> Answered:
    """The answer of a tool; errors are answers too.

    Args:
        shelf: gives what is asked.
        tools: by name.
        name: of the tool.
        given: its arguments, unchecked.
    """
    try:
        return _answered(shelf, tools, name, given)
    except WeighbridgeError as error:
        return _refused(error.kind, error.message, error.hint)
    except Exception as error:
        log.exception("the tool %s failed", visible(name))
        return _refused("internal", type(error).__name__, FAULT)


def _answered(shelf: Callable[[], Shelf], tools: Mapping[str, Tool], name: str, given: Mapping[str, Any]) -> Answered:
    tool = tools.get(name)
    if tool is None:
        raise UsageError(f"there is no tool {name[:100]!r}", f"one of: {', '.join(tools)}")
    paging = {option.name for option in tool.paging}
    page = checked(PAGING, (), {key: value for key, value in given.items() if key in paging})
    reply = tool.answer(shelf(), {key: value for key, value in given.items() if key not in paging})
    shown = fitted(cleaned(reply.document), page["limit"], page["offset"])
    hubs = marked(shown.document)
    told = {"page": shown.page, "shortened": shown.shortened, "untrusted": hubs}
    return Answered({**shown.document, **told}, text(reply, shown, hubs))


def _refused(kind: str, message: str, hint: str) -> Answered:
    flat = hint.replace("\n", " ")
    shown = hinted(flat)
    hubs = ["error.hint"] if shown != flat else []
    message, hint = visible(message), visible(shown)
    told = f"error: {message}" + (f"\nhint: {hint}" if hint else "") + (f"\n{WARNING}" if hubs else "")
    structured = {"error": {"kind": kind, "message": message, "hint": hint}, "untrusted": hubs}
    return Answered(structured, told, failed=True)
