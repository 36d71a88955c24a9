"""The tree of errors. Each says what was wrong (`message`) and what would be valid or what to do (`hint`)."""

from __future__ import annotations

KINDS = (
    "usage", "data-missing", "source-failed", "schema-changed", "store-damaged", "store-busy", "interrupted",
    "internal",
)  # fmt: skip
"""The closed list of error kinds that `--json` may print."""


class WeighbridgeError(Exception):
    """Anything that stops a command; `kind` is one of `KINDS`, `exit_code` the process status."""

    kind = "internal"
    exit_code = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def to_dict(self) -> dict[str, dict[str, str]]:
        """`{"error": {"kind", "message", "hint"}}`, the shape every surface prints."""
        return {"error": {"kind": self.kind, "message": self.message, "hint": self.hint}}


class UsageError(WeighbridgeError):
    """The question itself is not valid: an unknown option, dimension, date or name."""

    kind = "usage"
    exit_code = 2


class DataMissing(WeighbridgeError):
    """The question is valid, but what is held cannot answer it."""

    kind = "data-missing"
    exit_code = 3


class SourceFailed(WeighbridgeError):
    """A file or a hub could not be read; nothing was written."""

    kind = "source-failed"
    exit_code = 4


class SchemaChanged(SourceFailed):
    """A file or a hub answers, but no longer in the form that is known; nothing was written."""

    kind = "schema-changed"


class StoreDamaged(WeighbridgeError):
    """A file of the store is not what its datapackage says."""

    kind = "store-damaged"
    exit_code = 5


class StoreBusy(WeighbridgeError):
    """Another process is writing to the store."""

    kind = "store-busy"
    exit_code = 4
