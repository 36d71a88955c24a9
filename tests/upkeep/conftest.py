"""Fixtures of the upkeep."""

from __future__ import annotations

import pytest

from made_sources import registered as registered
from weighbridge.surfaces.cli.main import main


@pytest.fixture
def command_status():
    """Runs `weighbridge ARGUMENTS` in this process; returns its status."""

    def run(*arguments: object) -> object:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        return left.value.code

    return run
