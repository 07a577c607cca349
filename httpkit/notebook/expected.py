"""What a value is expected to be: itself, of a type, like a pattern, or whatever a function accepts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

# Nothing in particular: it is enough that there is a value.
ANYTHING: Any = object()

_TYPES: dict[type, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
    type(None): "null",
}


def is_same(value: Any, expected: Any) -> bool:
    """Whether two JSON values are the same: 1 and 1.0 are, 1 and true are not, however deep they stand."""
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(is_same(value[name], expected[name]) for name in value)
    if isinstance(value, list) and isinstance(expected, (list, tuple)):
        return len(value) == len(expected) and all(map(is_same, value, expected))
    return isinstance(value, bool) == isinstance(expected, bool) and bool(value == expected)


def fits(value: Any, expected: Any, same: Callable[[Any, Any], bool] = is_same) -> bool:
    """Whether `value` is what is expected; `same` compares it with a plain value.

    A pattern may match anywhere in it. A function that raises does not accept it.
    """
    if expected is ANYTHING:
        return True
    if isinstance(expected, type):
        return _is_of(value, expected)
    if isinstance(expected, re.Pattern):
        return isinstance(value, str) and expected.search(value) is not None
    if callable(expected):
        return not complaint(value, expected)
    return same(value, expected)


def _is_of(value: Any, kind: type) -> bool:
    # In JSON, true is no number, and 1 is as good a number as 1.5.
    if isinstance(value, bool):
        return kind in {bool, object}
    return isinstance(value, (int, float)) if kind is float else isinstance(value, kind)


def complaint(value: Any, accepts: Callable[[Any], Any]) -> str:
    """Why a function does not accept a value; '' where it does."""
    try:
        return "" if accepts(value) else "it answers no"
    except Exception as error:  # noqa: BLE001 - it was not made for such a value, which says that it is not right
        # What an assertion says is meant to be read as it stands.
        is_said = isinstance(error, AssertionError) and bool(str(error))
        return str(error) if is_said else f"it raises {type(error).__name__}: {error}"


def described(expected: Any) -> str:
    """What is expected, in words."""
    if expected is ANYTHING:
        return "there"
    if isinstance(expected, type):
        return _TYPES.get(expected, f"an instance of {expected.__name__}")
    if isinstance(expected, re.Pattern):
        return f"like /{expected.pattern}/"
    if callable(expected):
        name = getattr(expected, "__name__", type(expected).__name__)
        return "what the function accepts" if name == "<lambda>" else f"what {name}() accepts"
    return expected if isinstance(expected, str) else _spelled(expected)


def _spelled(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return repr(value)
