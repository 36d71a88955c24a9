"""What can go wrong between a hub and its reader: every kind by name, with one line about it."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from .messages import HTML, JSON, Reply, Row, Stored, compact
from .plan import ALTERS, HEALS, STANDS, Hit, kind

# ---- the hub does not answer, or not yet


@kind("too-many-requests", "429 with Retry-After in seconds", HEALS, times=2, wait=1)
def _too_many(hit: Hit) -> Reply:
    wait = hit["wait"]
    return hit.error(429, "Too many requests", ("Retry-After", str(wait)), *hit.site.limited(wait))


@kind("too-many-requests-until", "429 with Retry-After as an HTTP date by the reader's clock", HEALS, wait=1)
def _too_many_until(hit: Hit) -> Reply:
    until = datetime.now(UTC) + timedelta(seconds=hit["wait"] + 1)  # an HTTP date has no fractions of a second
    return hit.error(429, "Too many requests", ("Retry-After", format_datetime(until, usegmt=True)))


@kind("too-many-requests-bare", "429 that does not say how long, as the Hub's delivery network sends it", HEALS)
def _too_many_bare(hit: Hit) -> Reply:
    return Reply(429, HTML, b"<html><body>429 Too Many Requests</body></html>")


@kind("too-many-requests-long", "429 that asks for a wait of hours", STANDS, times=None, wait=86400)
def _too_many_long(hit: Hit) -> Reply:
    return _too_many(hit)


@kind("server-errors", "a burst of 500, 502, 503 and 504 in turn", HEALS, times=3)
def _server_errors(hit: Hit) -> Reply:
    status = (500, 502, 503, 504)[hit.number % 4]
    return Reply(status, HTML, b"<html><body><h1>Something went wrong</h1></body></html>")


@kind("server-error-always", "500 at every request", STANDS, times=None)
def _server_error_always(hit: Hit) -> Reply:
    return hit.error(500, "Internal Error - We're working hard to fix this as soon as possible!")


@kind("unavailable", "503 with Retry-After", HEALS, wait=1)
def _unavailable(hit: Hit) -> Reply:
    return hit.error(503, "Service unavailable", ("Retry-After", str(hit["wait"])))


@kind("slow", "the answer begins only after some seconds", HEALS, seconds=0.5)
def _slow(hit: Hit) -> Reply:
    return replace(hit.reply, delay=hit["seconds"])


@kind("stalled", "the answer stops for some seconds in the middle of its body", HEALS, seconds=0.5)
def _stalled(hit: Hit) -> Reply:
    return replace(hit.reply, pause=hit["seconds"])


@kind("no-answer", "the connection is closed before a byte of the answer", HEALS)
def _no_answer(hit: Hit) -> Reply:
    return replace(hit.reply, dropped=True)


@kind("dead", "every connection is closed without an answer", STANDS, times=None)
def _dead(hit: Hit) -> Reply:
    return replace(hit.reply, dropped=True)


# ---- the body is not what was promised


@kind("cut", "the connection is cut in the middle of a body whose length was promised", HEALS, at=0.5)
def _cut(hit: Hit) -> Reply:
    return replace(hit.reply, cut=hit["at"])


@kind("not-json", "a page of HTML with status 200 in the place of the answer", HEALS)
def _not_json(hit: Hit) -> Reply:
    return Reply(200, HTML, b"<!doctype html><html><body>Please stand by</body></html>")


@kind("malformed-json", "JSON with a stray character inside", HEALS)
def _malformed(hit: Hit) -> Reply:
    body = _bytes(hit.reply)
    middle = len(body) // 2
    return replace(hit.reply, rows=None, body=body[:middle] + b'}{"' + body[middle:])


@kind("truncated-json", "JSON that ends in the middle, with the length that says so", HEALS, at=0.5)
def _truncated(hit: Hit) -> Reply:
    body = _bytes(hit.reply)
    return replace(hit.reply, rows=None, body=body[: int(len(body) * hit["at"])])


@kind("nothing", "status 200 and no body at all", HEALS)
def _nothing(hit: Hit) -> Reply:
    return replace(hit.reply, rows=None, body=b"")


@kind("other-shape", "well-formed JSON that is not the shape of the answer", STANDS, times=None)
def _other_shape(hit: Hit) -> Reply:
    return Reply(200, JSON, compact({"message": "this is another answer", "items": 3}))


@kind("not-utf-8", "bytes that are not UTF-8", HEALS)
def _not_utf8(hit: Hit) -> Reply:
    body = _bytes(hit.reply)
    return replace(hit.reply, rows=None, body=body[:-2] + b"\xff\xfe" + body[-2:])


@kind("corrupted", "a body of the right length with one wrong byte", HEALS)
def _corrupted(hit: Hit) -> Reply:
    body = bytearray(_bytes(hit.reply))
    if body:
        body[len(body) // 2] ^= 0xFF
    return replace(hit.reply, rows=None, body=bytes(body))


@kind("endless", "a body far larger than any page, without a length", STANDS, times=None, megabytes=64)
def _endless(hit: Hit) -> Reply:
    return replace(hit.reply, rows=None, body=b"[" + b" " * (hit["megabytes"] << 20), unsized=True)


@kind("bomb", "a small compressed body that unpacks to a very large one", STANDS, times=None, megabytes=64)
def _bomb(hit: Hit) -> Reply:
    packed = gzip.compress(b"[" + b" " * (hit["megabytes"] << 20))
    return replace(hit.reply.having(("Content-Encoding", "gzip")), rows=None, body=packed)


# ---- the rows say something else


@kind("field-appears", "every row has a field that nobody has heard of", ALTERS, times=None)
def _field_appears(hit: Hit) -> Reply:
    return hit.rewritten(lambda row: {**row, "somethingNew": {"value": [1, None]}})


@kind("optional-field-vanishes", "no row has a field that a reader can do without", ALTERS, times=None)
def _optional_vanishes(hit: Hit) -> Reply:
    return hit.rewritten(lambda row: {key: value for key, value in row.items() if key != hit.site.optional})


@kind("counter-vanishes", "no row has the counter", STANDS, times=None)
def _counter_vanishes(hit: Hit) -> Reply:
    return hit.rewritten(lambda row: {key: value for key, value in row.items() if key != hit.site.counter})


@kind("key-vanishes", "no row says which model it is", STANDS, times=None)
def _key_vanishes(hit: Hit) -> Reply:
    names = {hit.site.key, "modelId", "_id"}
    return hit.rewritten(lambda row: {key: value for key, value in row.items() if key not in names})


@kind("counter-changes-type", "the counter is a rounded text in every row", STANDS, times=None)
def _counter_type(hit: Hit) -> Reply:
    return hit.rewritten(lambda row: {**row, hit.site.counter: f"about {row.get(hit.site.counter, 0)}"})


@kind("bad-rows", "one row in ten has a negative counter", ALTERS, times=None)
def _bad_rows(hit: Hit) -> Reply:
    def worse(row: Row) -> Row:
        wrong = "-1" if isinstance(row.get(hit.site.counter), str) else -1
        return {**row, hit.site.counter: wrong} if _draw(hit, row) % 10 == 0 else row

    return hit.rewritten(worse)


@kind("counters-fall", "every counter is a tenth of what it was", ALTERS, times=None)
def _counters_fall(hit: Hit) -> Reply:
    def less(row: Row) -> Row:
        value = row.get(hit.site.counter)
        if isinstance(value, str):  # OpenRouter's are texts of digits
            return {**row, hit.site.counter: str(int(value) // 10) if value.isdigit() else value}
        return {**row, hit.site.counter: value // 10} if isinstance(value, int) else row

    return hit.rewritten(less)


@kind("rows-vanish", "half of the rows are not listed", ALTERS, times=None)
def _rows_vanish(hit: Hit) -> Reply:
    if hit.reply.rows is None:
        return hit.reply
    return replace(hit.reply, rows=[row for row in hit.reply.rows if _draw(hit, row) % 2])


@kind("rows-twice", "every row is listed twice", ALTERS, times=None)
def _rows_twice(hit: Hit) -> Reply:
    return replace(hit.reply, rows=None if hit.reply.rows is None else [row for row in hit.reply.rows for _ in (0, 1)])


# ---- the way from page to page


@kind("empty-page", "a page without rows that promises one more", HEALS)
def _empty_page(hit: Hit) -> Reply:
    if hit.reply.rows is None:
        return hit.reply
    return replace(hit.reply, rows=[]).having(*hit.site.next_page(hit.asked, hit.reply))


@kind("page-repeated", "a page has the rows of the page before; its own are never listed", ALTERS)
def _page_repeated(hit: Hit) -> Reply:
    before = hit.before.rows if hit.before is not None else hit.reply.rows
    return hit.reply if hit.reply.rows is None else replace(hit.reply, rows=before)


@kind("circle", "the next page is the page itself, without end", STANDS, times=None)
def _circle(hit: Hit) -> Reply:
    return hit.reply.having(("Link", f'<{hit.asked.endpoint}{hit.asked.target}>; rel="next"'))


@kind("cursor-refused", "400: the cursor is no longer valid", HEALS)
def _cursor_refused(hit: Hit) -> Reply:
    return hit.error(400, "Invalid cursor")


@kind("cursor-gone", "410: the page is no longer there", HEALS)
def _cursor_gone(hit: Hit) -> Reply:
    return hit.error(410, "This page is gone")


@kind("redirected", "307 to the same address with one parameter more, on the same host", HEALS)
def _redirected(hit: Hit) -> Reply:
    mark = "&" if "?" in hit.asked.target else "?"
    return Reply(307, (("Location", f"{hit.asked.target}{mark}moved=1"),), b"")


@kind("redirected-elsewhere", "307 to another host, which should not be shown a token", STANDS, times=None, to="")
def _redirected_elsewhere(hit: Hit) -> Reply:
    return Reply(307, (("Location", f"{hit['to'] or 'http://127.0.0.1:9'}{hit.asked.target}"),), b"")


@kind("redirected-for-ever", "307 to itself", STANDS, times=None)
def _redirected_for_ever(hit: Hit) -> Reply:
    return Reply(307, (("Location", hit.asked.target),), b"")


# ---- the hub says no


@kind("bad-token", "401: the token is not known", STANDS, times=None)
def _bad_token(hit: Hit) -> Reply:
    message = "Invalid credentials in Authorization header"
    return hit.error(401, message, ("X-Error-Message", message), ("WWW-Authenticate", "Bearer"))


@kind("forbidden", "403: the token may not do this", STANDS, times=None)
def _forbidden(hit: Hit) -> Reply:
    return hit.error(403, "Forbidden", ("X-Error-Message", "Forbidden"))


@kind("not-found", "404", STANDS, times=None)
def _not_found(hit: Hit) -> Reply:
    return hit.error(404, "Not found", ("X-Error-Message", "Not found"))


# ---- the hub's clock


@kind("no-date", "no Date header", ALTERS, times=None)
def _no_date(hit: Hit) -> Reply:
    return replace(hit.reply, date="")


@kind("odd-date", "a Date header that is not a date", ALTERS, times=None)
def _odd_date(hit: Hit) -> Reply:
    return replace(hit.reply, date="yesterday evening")


@kind("next-day", "the Date header is a day later", ALTERS, times=None)
def _next_day(hit: Hit) -> Reply:
    return replace(hit.reply, date="+1")


def _bytes(reply: Reply) -> bytes:
    body = reply.written().body
    if isinstance(body, Stored):
        with Path(body.path).open("rb") as file:
            file.seek(body.start)
            return file.read(body.length)
    return body


def _draw(hit: Hit, row: Row) -> int:
    name = str(row.get(hit.site.key, ""))
    return int(hashlib.sha256(f"{hit.seed}/{name}".encode()).hexdigest()[:8], 16)
