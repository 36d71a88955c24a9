"""An address is an address and nothing else, a key can be sent, and neither error shows what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import UsageError
from weighbridge.sources.net.settings import address_in, checked_address, key_in


def test_a_variable_that_holds_nothing_stands_for_the_usual_address(monkeypatch):
    for value in ("", "  "):
        monkeypatch.setenv("MADE_URL", value)
        assert address_in("MADE_URL", "https://usual.example/") == "https://usual.example"
    monkeypatch.setenv("MADE_URL", " http://127.0.0.1:8080/mirror/ ")
    assert address_in("MADE_URL", "https://usual.example") == "http://127.0.0.1:8080/mirror"


@pytest.mark.parametrize(
    "address",
    ["ftp://x", "x", "http://", "http://[", "http://x:99999", "http://a b", "http://a/\x1b[31m", "file:///etc"],
)
def test_what_is_no_web_address_is_refused(address):
    with pytest.raises(UsageError, match="MADE_URL holds no web address"):
        checked_address(address, "MADE_URL")


@given(st.text("abcXYZ0189", min_size=6), st.sampled_from(["{}:{}@h", "{}@h", ":{}@h", "h/?{}", "h/a?b={}", "h/#{}"]))
def test_a_secret_beside_an_address_is_refused_and_not_shown(secret, form):
    with pytest.raises(UsageError) as raised:
        checked_address(f"https://{form.format(secret, secret)}", "MADE_URL")
    assert secret not in raised.value.message + raised.value.hint


@given(st.text(max_size=30).filter(lambda text: not text.strip().isascii() and "\0" not in text))
def test_a_key_with_other_signs_than_those_of_ascii_is_refused_and_not_shown(key):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.environ", {"MADE_KEY": key})
        with pytest.raises(UsageError) as raised:
            key_in("MADE_KEY")
    assert raised.value.message == "MADE_KEY holds what cannot be a key"


def test_no_key_is_null_and_one_is_taken_without_the_space_around_it(monkeypatch):
    monkeypatch.delenv("MADE_KEY", raising=False)
    assert key_in("MADE_KEY") is None
    monkeypatch.setenv("MADE_KEY", " sk-or-v1-0~!\n")
    assert key_in("MADE_KEY") == "sk-or-v1-0~!"
