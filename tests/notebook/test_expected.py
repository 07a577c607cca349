"""What a value is expected to be."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from httpkit.notebook.expected import ANYTHING, complaint, described, fits, is_same


@pytest.mark.parametrize(
    ("value", "expected", "does"),
    [
        (None, ANYTHING, True),
        (7, 7, True),
        (7, 7.0, True),
        (1, True, False),
        (True, 1, False),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": [1]}, {"a": (1,)}, True),
        ({"a": [1]}, {"a": [True]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1], [1, 2], False),
        ("7", 7, False),
        (None, None, True),
        (7, int, True),
        (True, int, False),
        (True, bool, True),
        (7, float, True),
        (1.5, float, True),
        (True, float, False),
        (1.5, int, False),
        ("a", str, True),
        (None, type(None), True),
        ({}, dict, True),
        ("hello", re.compile("l+"), True),
        ("hello", re.compile("^l"), False),
        (7, re.compile("7"), False),
        (7, lambda value: value > 3, True),
        (2, lambda value: value > 3, False),
        ("7", lambda value: value > 3, False),
    ],
)
def test_what_fits(value: Any, expected: Any, does: bool) -> None:
    assert fits(value, expected) is does


def test_a_plain_value_can_be_compared_in_another_way() -> None:
    assert fits("hello", "ell", lambda value, part: part in value)
    assert not is_same("hello", "ell")


def test_why_a_function_does_not_accept_a_value() -> None:
    assert complaint(7, lambda value: value > 3) == ""
    assert complaint(2, lambda value: value > 3) == "it answers no"
    assert complaint("a", int).startswith("it raises ValueError: invalid literal")


def is_even(value: int) -> bool:
    return value % 2 == 0


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (ANYTHING, "there"),
        (int, "a whole number"),
        (Decimal, "an instance of Decimal"),
        (re.compile("a+"), "like /a+/"),
        (is_even, "what is_even() accepts"),
        (lambda value: value, "what the function accepts"),
        ("text", "text"),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        ({1}, "{1}"),
    ],
)
def test_in_words(expected: Any, words: str) -> None:
    assert described(expected) == words
