"""Nobody at an address is found out soon: that passes in hours, and every source would be waited for."""

from __future__ import annotations

import socket

import pytest
import stamina

from weighbridge.errors import SourceFailed
from weighbridge.sources.net import client
from weighbridge.sources.net.retries import TRIES, UNREACHED_TRIES


def closed() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{there.getsockname()[1]}/"


@pytest.mark.parametrize("host", ["closed", "unknown"])
def test_a_refused_connection_and_a_host_that_is_unknown_are_tried_twice(monkeypatch, host):
    tried, real = [], client._once
    if host == "unknown":

        def nowhere(*_, **__):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", nowhere)

    def once(request):
        tried.append(request)
        return real(request)

    monkeypatch.setattr(client, "_once", once)
    with stamina.set_testing(True, attempts=TRIES), pytest.raises(SourceFailed, match="the connection failed"):
        client.get(closed() if host == "closed" else "http://nowhere.invalid/")
    assert len(tried) == UNREACHED_TRIES == 2
