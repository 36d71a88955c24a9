"""Asking the Hugging Face Hub: where it is, who asks, and what its answers lead to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.sources.net.client import Answer, get_json, same_origin, shown
from weighbridge.sources.net.pages import BrokenPageError
from weighbridge.sources.net.retries import LATER, Say, meaning
from weighbridge.sources.net.settings import address_in

REFUSED = frozenset({400, 410})
"""Statuses by which the Hub refuses a question, or a place in a listing that it no longer knows."""
MOST = 48 * 2**20
"""Bytes of an answer: a page of a thousand models with their cards has a few million."""
HOST = re.compile(r"(?=.{1,253}$)[0-9a-z_]([0-9a-z_-]{0,62})(\.[0-9a-z_-]{1,63})*\.?|[0-9a-f:]*:[0-9a-f:.]*")
"""A host as `urlsplit` gives it: its name, or an address of IPv6."""
LINK = re.compile(r"""<([^<>]*)>((?:\s*;\s*[^\s=;,"<>]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"<>]*))?)*)\s*(?=,|$)""")
PARAMETER = re.compile(r""";\s*([^\s=;,"]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))""")
OTHER_RELATIONS = frozenset({"prev", "previous", "first", "last", "self", "up", "canonical"})
"""Relations of a link that the last page of a listing may have."""


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

    def onward(self, answer: Answer, path: str) -> str | None:
        """Where the next page is, by the `Link` header; null where it does not say that there is one.

        Args:
            answer: a page of a listing.
            path: of the listing, below the endpoint; no page of it is anywhere else.

        Raises:
            BrokenPageError: there is such a header and it cannot be read, or it leads elsewhere.
        """
        from huggingface_hub.utils import fix_hf_endpoint_in_url  # type: ignore[attr-defined]  # exported there

        link = next_of(answer.headers.get("link", ""))
        if link is None:
            return None
        try:
            place = fix_hf_endpoint_in_url(urljoin(answer.url, link), self.endpoint)
            parts, listing = urlsplit(place), urlsplit(self.place(path))
        except ValueError:
            raise BrokenPageError("leads to an address that cannot be read") from None
        if not same_origin(place, self.endpoint) or parts.path != listing.path:
            raise BrokenPageError(f"leads to {shown(place)}")
        return listing._replace(query=parts.query).geturl()  # without a user that the link may name


def next_of(header: str) -> str | None:
    """The address whose relation is `next` in a `Link` header (RFC 8288); null where all it gives is another one.

    Raises:
        BrokenPageError: it is not empty and gives neither.
    """
    rest, known = header.strip(), False
    while found := LINK.match(rest):
        words = {
            word.lower()
            for name, quoted, bare in PARAMETER.findall(found[2])
            if name.lower() == "rel"
            for word in (quoted or bare).split()
        }
        if "next" in words:
            return found[1].strip()
        known |= bool(words & OTHER_RELATIONS)
        rest = rest[found.end() :].lstrip(", \t")
    if rest or (header.strip() and not known):
        raise BrokenPageError("has a Link header that does not say where the next page is")
    return None


def endpoint() -> str:
    """The Hub's address: `HF_ENDPOINT`, else that of `huggingface_hub`.

    Raises:
        UsageError: it is no address, or names a user, whose password would be sent in the place of the token.
    """
    # Looked at before the Hub's client is imported, which it cannot be with an address that nobody can read.
    given = address_in("HF_ENDPOINT", "https://unset.invalid")
    if HOST.fullmatch(urlsplit(given).hostname or "") is None:
        raise UsageError("HF_ENDPOINT holds no host that there can be", "such as https://huggingface.co, or unset it")
    from huggingface_hub import constants

    return address_in("HF_ENDPOINT", constants.ENDPOINT)


def the_hub() -> Hub:
    """The Hub with the token that the Hub's own client finds: in the environment, or in the client's file.

    The token is taken by `get_token` and not within `build_hf_headers`, since that asks the Hub for the names of tools
    that may run us, to tell them to it.

    Raises:
        SourceFailed: the Hub's client was told to stay offline, or cannot give its token.
        UsageError: the endpoint or the token cannot be used.
    """
    where = endpoint()
    from huggingface_hub import constants, get_token

    if constants.is_offline_mode():
        raise offline()
    try:
        token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    except Exception as error:  # it may go over the network, and its errors may quote the token
        raise SourceFailed(
            f"the Hub's client cannot give its token ({type(error).__name__})", "`hf auth login`, or unset the token"
        ) from None
    if token and not (token.isascii() and token.isprintable()):
        raise UsageError("the Hub's token has characters that no token has", "copy HF_TOKEN anew, or `hf auth login`")
    return Hub(where, {"authorization": f"Bearer {token}"} if token else {})


def offline() -> SourceFailed:
    """What to say where the Hub's client was told to stay offline."""
    return SourceFailed("HF_HUB_OFFLINE says not to ask the Hub", "unset it to fetch")


def refusal(what: str, status: int, headers: Mapping[str, str]) -> SourceFailed:
    """What to say where the Hub refuses a repository, a revision or a file.

    Args:
        what: it was asked for, in words.
        status: of HTTP, from 400 on.
        headers: of the answer, names in lower case.
    """
    code = headers.get("x-error-code", "")
    if code == "GatedRepo" or status == 403:
        return SourceFailed(
            f"{what} is gated or closed", "ask for access on its page, then set HF_TOKEN (or `hf auth login`)"
        )
    if code == "RevisionNotFound":
        return SourceFailed(f"{what} has no such revision", "give a branch, tag or commit that it has")
    if code == "EntryNotFound":
        return SchemaChanged(f"{what} is not there", "its files may have been renamed")
    if status in (401, 404):
        return SourceFailed(
            f"{what} is not on the Hub, or not for who asks (HTTP {status})",
            "it may have been withdrawn or renamed; if it is closed, set HF_TOKEN (or `hf auth login`)",
        )
    return SourceFailed(f"the Hub does not give {what} (HTTP {status}, {meaning(status)})", LATER)


def client_name() -> str:
    """The library whose means are used, with its version."""
    from importlib.metadata import version

    return f"huggingface_hub {version('huggingface_hub')}"
