"""A webhook is signed so that its receiver can check it, goes only where it was sent, and is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time

import pytest
import stamina
from receiving import receiver

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.upkeep import webhook
from weighbridge.upkeep.webhook import SECRET, keys_in, signed, webhook_to

KEY = bytes(range(32))
WRITTEN = "whsec_" + base64.b64encode(KEY).decode()
ALERT = {"id": "0123456789abcdef", "kind": "event", "found": "2026-01-01T00:00:00Z", "title": "naïve <b>&"}


@pytest.fixture(autouse=True)
def _secret_and_no_waits(monkeypatch):
    monkeypatch.setenv(SECRET, WRITTEN)
    stamina.set_testing(True, attempts=webhook.TRIES, cap=True)
    yield
    stamina.set_testing(False)


def verified(headers: dict[str, str], body: bytes, key: bytes) -> bool:
    """As a receiver checks it: Standard Webhooks 1.0.0."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = [part.split(",", 1) for part in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(signature, wanted) for version, signature in given)


def test_the_signature_is_the_one_of_the_standards_own_example():
    # id, time, body, secret and signature of the reference implementation's test
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', (key,))
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_what_it_gets():
    with receiver() as there:
        webhook_to(there.url).send(ALERT)
    headers, body = there.got[0]
    assert verified(headers, body, KEY)
    assert not verified(headers, body + b" ", KEY)
    assert not verified(headers, body, KEY[::-1])
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    document = json.loads(body)
    assert document == {"type": "alert.event", "timestamp": ALERT["found"], "data": ALERT}
    assert headers["content-type"] == "application/json"


def test_while_a_secret_is_replaced_both_sign(monkeypatch):
    other = b"x" * 24
    monkeypatch.setenv(SECRET, f"{WRITTEN} whsec_{base64.b64encode(other).decode()}")
    with receiver() as there:
        webhook_to(there.url).send(ALERT)
    assert all(verified(*there.got[0], key) for key in (KEY, other))


def test_a_passing_failure_is_tried_again_with_the_same_id():
    with receiver(503, 429) as there:
        webhook_to(there.url).send(ALERT)
    assert len(there.got) == 3
    assert {headers["webhook-id"] for headers, _ in there.got} == {"alert_0123456789abcdef"}
    assert all(verified(headers, body, KEY) for headers, body in there.got)


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (401, 1), (410, 1), (500, webhook.TRIES)])
def test_who_does_not_take_it_is_an_error_that_hides_the_address(status, tries):
    with receiver(*[status] * 10) as there, pytest.raises(SourceFailed, match=str(status)) as caught:
        webhook_to(there.url).send(ALERT)
    assert len(there.got) == tries
    assert "hidden" not in caught.value.message + caught.value.hint


def test_a_redirect_is_not_followed():
    with (
        receiver() as elsewhere,
        receiver(307, Location=elsewhere.url) as there,
        pytest.raises(SourceFailed, match="307"),
    ):
        webhook_to(there.url).send(ALERT)
    assert not elsewhere.got


def test_a_long_wait_is_left_for_the_next_watch():
    with receiver(429, retry_after="3600") as there, pytest.raises(SourceFailed):
        webhook_to(there.url).send(ALERT)
    assert len(there.got) == 1


def test_nobody_at_the_address_is_an_error():
    with receiver() as there:
        pass
    with pytest.raises(SourceFailed, match="cannot be reached"):
        webhook_to(there.url).send(ALERT)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/x", "ftp://example.org", "example.org", "", "https://", "http://localhost.example.org/",
     "http://127.0.0.1.example.org/", "file:///etc/passwd", "https://[", "http://10.0.0.1/"],
)  # fmt: skip
def test_an_address_that_is_not_encrypted_is_refused(url):
    with pytest.raises(UsageError):
        webhook_to(url)


@pytest.mark.parametrize("url", ["https://example.org/x", "http://localhost:9/", "http://127.0.0.1/", "http://[::1]/"])
def test_an_encrypted_address_and_this_machine_are_taken(url):
    assert webhook_to(url).keys == (KEY,)


@pytest.mark.parametrize("secret", ["", "   ", "whsec_", "whsec_c2hvcnQ=", "not base64 at all!", "whsec_" + "A" * 400])
def test_a_secret_that_is_none_is_refused_and_not_shown(secret):
    with pytest.raises(UsageError) as caught:
        keys_in(secret)
    assert not secret.strip() or secret.strip() not in caught.value.message


def test_what_may_be_printed_of_a_webhook_holds_no_secret():
    shown = repr(webhook_to("https://user:pass@example.org/hidden?token=hidden"))
    assert "hidden" not in shown
    assert "pass" not in shown
    assert WRITTEN[6:12] not in shown


def test_trying_again_prints_nothing_of_its_own():
    program = (
        "import sys; from weighbridge.upkeep.webhook import Webhook; import stamina\n"
        "stamina.set_testing(True, attempts=3, cap=True)\n"
        f"Webhook(sys.argv[1], ({KEY!r},)).send({ALERT!r})"
    )
    with receiver(503, 503) as there:
        run = subprocess.run([sys.executable, "-c", program, there.url], capture_output=True, text=True, timeout=60)
    assert len(there.got) == 3
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
