"""Asking the Hugging Face Hub: where it is, who asks, and what its answers lead to."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin

from weighbridge.errors import SchemaChanged, SourceFailed
from weighbridge.sources.net.client import Answer, Say, get_json, same_origin, shown

REFUSED = frozenset({400, 410})
"""Statuses by which the Hub refuses a question, or a place in a listing that it no longer knows."""
MOST = 48 * 2**20
"""Bytes of an answer: a page of a thousand models with their cards has a few million."""


@dataclass(frozen=True)
class Hub:
    """The Hub as it is asked in one run: its address, and the headers that go to it and nowhere else."""

    endpoint: str
    headers: Mapping[str, str] = field(repr=False)

    def place(self, path: str, parameters: Mapping[str, Any] | None = None) -> str:
        """An address of the API with its query; lists stand for repeated parameters."""
        query = urlencode(parameters or {}, doseq=True)
        return f"{self.endpoint}{path}{'?' if query else ''}{query}"

    def ask(self, url: str, say: Say, allow: Collection[int] = ()) -> tuple[Any, Answer]:
        """The JSON of an address of the Hub, and the answer that held it; null for a status in `allow`.

        Raises:
            SourceFailed: no whole answer came, or the Hub leads to another host.
            SchemaChanged: the Hub refuses the question.
        """
        if not same_origin(url, self.endpoint):
            raise SourceFailed(f"{shown(self.endpoint)} leads to {shown(url)}", "set HF_ENDPOINT to where the Hub is")
        value, answer = get_json(url, headers=self.headers, say=say, most=MOST, allow={*allow, *REFUSED}, stay=True)
        if answer.status in REFUSED and answer.status not in allow:
            raise SchemaChanged(
                f"{shown(url)} answers {answer.status} to what is asked of it", "the Hub's API has changed"
            )
        return value, answer

    def onward(self, answer: Answer) -> str | None:
        """Where the next page is, by the `Link` header; null where there is none."""
        import httpx2
        from huggingface_hub.utils import fix_hf_endpoint_in_url  # type: ignore[attr-defined]  # exported there

        link = httpx2.Response(200, headers={"link": answer.headers.get("link", "")}).links.get("next", {}).get("url")
        return fix_hf_endpoint_in_url(urljoin(answer.url, link), self.endpoint) if link else None


def endpoint() -> str:
    """The Hub's address: `HF_ENDPOINT`, else that of `huggingface_hub`."""
    from huggingface_hub import constants

    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


def the_hub() -> Hub:
    """The Hub with the token that the Hub's own client finds: in the environment, or in the client's file.

    The token is taken by `get_token` and not within `build_hf_headers`, since that asks the Hub for the names of tools
    that may run us, to tell them to it.

    Raises:
        SourceFailed: the Hub's client was told to stay offline, or cannot give its token.
    """
    from huggingface_hub import constants, get_token

    if constants.is_offline_mode():
        raise SourceFailed("HF_HUB_OFFLINE says not to ask the Hub", "unset it to fetch")
    try:
        token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    except Exception as error:  # it may go over the network, and its errors may quote the token
        raise SourceFailed(
            f"the Hub's client cannot give its token ({type(error).__name__})", "`hf auth login`, or unset the token"
        ) from None
    return Hub(endpoint(), {"authorization": f"Bearer {token}"} if token else {})


def client_name() -> str:
    """The library whose means are used, with its version."""
    from importlib.metadata import version

    return f"huggingface_hub {version('huggingface_hub')}"
