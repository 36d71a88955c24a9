"""Which names can be taken for one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.quality.likeness import edits, folded, misspelt

TEXT = st.text("abc01-", max_size=8)


def slow_edits(a: str, b: str) -> int:
    """The same distance from its definition."""
    if not a or not b:
        return len(a) + len(b)
    ways = [slow_edits(a[1:], b) + 1, slow_edits(a, b[1:]) + 1, slow_edits(a[1:], b[1:]) + (a[0] != b[0])]
    if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
        ways.append(slow_edits(a[2:], b[2:]) + 1)
    return min(ways)


@given(st.text("ab", max_size=5), st.text("ab", max_size=5), st.integers(0, 5))
def test_the_distance_is_that_of_the_definition(a: str, b: str, most: int):
    assert edits(a, b, most) == min(slow_edits(a, b), most + 1)


@given(TEXT, TEXT)
def test_the_distance_is_the_same_both_ways(a: str, b: str):
    assert edits(a, b, 3) == edits(b, a, 3)


@given(st.text("abOSl-_.", max_size=8))
def test_separators_between_letters_and_letter_case_are_passed_over(name: str):
    assert folded(name) == folded("".join(letter for letter in name.lower() if letter.isalpha()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Llama-3", "llama_3"),
        ("GPT-0SS", "gpt-oss"),
        ("Mistra1-7B", "mistral-7b"),
        ("DeepSeekR1", "DeepSeek-R1"),
        ("mistral7b", "mistral-7b"),
    ],
)
def test_names_that_the_eye_takes_for_one_another_are_equal_when_folded(one: str, other: str):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("llama-2-7b", "llama-27b"), ("phi-2", "phi-3"), ("phi-3.5", "phi-35"), ("bge-m3", "bge-m")]
)
def test_numbers_are_told_apart_when_folded(one: str, other: str):
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("word", "right", "is_it"),
    [
        ("mistarl", "mistral", True),
        ("mistrall", "mistral", True),
        ("stabel", "stable", True),
        ("difusoin", "diffusion", True),
        ("deberta", "roberta", False),
        ("cased", "uncased", False),
        ("bart", "bert", False),
        ("qwen2", "qwen3", False),
        ("mistral", "mistral", False),
    ],
)
def test_a_slip_is_a_misspelling_and_another_word_is_none(word: str, right: str, is_it: bool):
    assert misspelt(word, right) is is_it
