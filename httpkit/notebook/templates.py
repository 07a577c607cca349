"""`{{expression}}` in a request stands for the value of a Python expression of the notebook.

A line is cut at spaces and quotes, and an expression may have both. So `hide` first moves the expressions' characters
out of the way, into Unicode's private area, and `fill` moves them back when it is time to look at their values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .mistakes import Mistake

_PRIVATE = 0xE000
_AWAY = {code: _PRIVATE + code for code in range(128)}
_BACK = {private: code for code, private in _AWAY.items()}

_TEMPLATE = re.compile(r"\{\{.+?\}\}")
_HIDDEN = re.compile("{{(.+?)}}".translate({ord("{"): _AWAY[ord("{")], ord("}"): _AWAY[ord("}")]}))


def hide(text: str) -> str:
    """`text` with its expressions made of characters that mean nothing to anybody."""
    return _TEMPLATE.sub(lambda found: found[0].translate(_AWAY), text)


def reveal(text: str) -> str:
    """What was typed, for messages."""
    return text.translate(_BACK)


def fill(text: str, namespace: Mapping[str, Any]) -> str:
    """`text` with the values of its expressions in their places. Raises Mistake where there is none."""
    return _HIDDEN.sub(lambda found: str(_evaluate(found[1], namespace)), text)


def only_value(text: str, namespace: Mapping[str, Any]) -> tuple[Any, ...]:
    """The value, of whatever type, of a text that is one expression and nothing else; () for any other text."""
    found = _HIDDEN.fullmatch(text)
    return (_evaluate(found[1], namespace),) if found else ()


def _evaluate(hidden: str, namespace: Mapping[str, Any]) -> Any:
    expression = reveal(hidden).strip()
    try:
        return eval(expression, dict(namespace))
    except Exception as error:  # noqa: BLE001 - it is the user's expression, and may raise anything
        raise Mistake(f"{{{{{expression}}}}} has no value ({type(error).__name__}: {error}).") from None
