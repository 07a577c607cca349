"""What is a number, and what an integer, to Node."""

from __future__ import annotations

import math
from typing import Any

import pytest

from httpkit.checks import integer, number


@pytest.mark.parametrize(("value", "as_integer"), [(0, 0), (5, 5), (5.0, 5)])
def test_what_is_in_range_is_given_back(value: float, as_integer: int) -> None:
    assert number("n", value, 0, 5) == value
    assert integer("n", value, 0, 5) == as_integer


@pytest.mark.parametrize("value", ["5", None, True, [5]])
def test_what_is_no_number_is_of_the_wrong_type(value: Any) -> None:
    for check in (number, integer):
        with pytest.raises(TypeError, match='The "n" argument must be of type number'):
            check("n", value)


@pytest.mark.parametrize("value", [1.5, math.inf, math.nan])
def test_what_is_no_integer_is_out_of_range(value: float) -> None:
    with pytest.raises(ValueError, match="It must be an integer"):
        integer("n", value)


@pytest.mark.parametrize(
    ("bounds", "words"), [((0,), ">= 0"), ((0, 4), ">= 0 && <= 4"), ((-math.inf, 4), "<= 4")], ids=str
)
def test_the_range_is_told(bounds: tuple[float, ...], words: str) -> None:
    value = -1 if words == ">= 0" else 5
    for check in (number, integer):
        with pytest.raises(ValueError, match=f"It must be {words}. Received {value}"):
            check("n", value, *bounds)
