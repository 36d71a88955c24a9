"""A client without any patience: one request, no retries, no redirects, every connection its own."""

from __future__ import annotations

import httpx2

CLIENT = httpx2.Client(limits=httpx2.Limits(max_keepalive_connections=0), timeout=10.0)
"""Made once, as making one reads the certificates of the machine."""
get, head, put, stream = CLIENT.get, CLIENT.head, CLIENT.put, CLIENT.stream
