"""Numbers that a caller gives: Node's validateNumber and validateInteger.

Source: Node's lib/internal/validators.js
"""

from __future__ import annotations

import math
from typing import Any

from .errors import out_of_range, wrong_type


def number(name: str, value: Any, least: float = -math.inf, most: float = math.inf) -> Any:
    """`value`, a number from `least` to `most`. Raises ERR_INVALID_ARG_TYPE and ERR_OUT_OF_RANGE."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_type(name, "of type number", value)
    is_bounded = least > -math.inf or most < math.inf
    if is_bounded and not least <= value <= most:
        raise out_of_range(name, _range(least, most), value)
    return value


def integer(name: str, value: Any, least: float = -math.inf, most: float = math.inf) -> int:
    """`value`, an integer from `least` to `most`. Raises ERR_INVALID_ARG_TYPE and ERR_OUT_OF_RANGE."""
    number(name, value)
    if not math.isfinite(value) or value != int(value):
        raise out_of_range(name, "an integer", value)
    return int(number(name, value, least, most))


def _range(least: float, most: float) -> str:
    bounds = [f">= {least}"] if least > -math.inf else []
    return " && ".join([*bounds, f"<= {most}"] if most < math.inf else bounds)
