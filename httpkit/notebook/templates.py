"""`{{…}}` in a request stands for a value: of a Python expression of the notebook, a variable, an earlier response.

    {{token}}  {{user["id"] + 1}}            a Python expression
    {{login.response.body.$.token}}          a part of an earlier exchange (references.py)
    {{$guid}}  {{$randomInt 1 6}}            made anew each time (system_variables.py)

A line is cut at spaces and quotes, and an expression may have both. So `hide` first moves the expressions' characters
out of the way, into Unicode's private area, and `fill` moves them back when it is time to look at their values. Neither
changes how long a text is: positions stay right.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from httpkit import redact

from .mistakes import Mistake
from .references import is_reference, reference
from .system_variables import system_value

_PRIVATE = 0xE000
_AWAY = {code: _PRIVATE + code for code in range(128)}
_BACK = {private: code for code, private in _AWAY.items()}

# The second way takes what is never closed to the line's end at once: it would be looked through again from each brace.
_TEMPLATE = re.compile(r"\{\{(?:(?P<inside>.+?)\}\}|.*)")
# An expression as it is once it is hidden.
HIDDEN = re.compile("{{(.+?)}}".translate({ord("{"): _AWAY[ord("{")], ord("}"): _AWAY[ord("}")]}))
_NAME = re.compile(r"[^\W\d]\w*")

Names = Mapping[str, Any]


def hide(text: str) -> str:
    """`text` with its expressions made of characters that mean nothing to anybody.

    Raises Mistake where it has such characters already: what does not look like an expression must not count as one.
    """
    if (at := next((at for at, character in enumerate(text) if ord(character) in _BACK), None)) is not None:
        raise Mistake(f"Character U+{ord(text[at]):04X} cannot stand in a request: it belongs to nobody.").at(at)
    return _TEMPLATE.sub(lambda found: found[0].translate(_AWAY) if found["inside"] else found[0], text)


def reveal(text: str) -> str:
    """What was typed, for messages."""
    return text.translate(_BACK)


def fill(text: str, names: Names, folder: Path | None = None) -> str:
    """`text` with the values of its expressions in their places; `folder` is where `.env` is looked for.

    Raises Mistake where there is none, with its place in the text.
    """

    def value(found: re.Match[str]) -> str:
        try:
            return _in_a_text(evaluate(reveal(found[1]), names, folder))
        except Mistake as mistake:
            raise mistake.at(found.start()) from None

    return HIDDEN.sub(value, text)


def fill_names(text: str, names: Names) -> str:
    """As `fill`, but only names, their parts, as in user["id"], and parts of exchanges; other braces stay as they are.

    For a command that was copied: its text may be a page's, and is never executed. Raises Mistake.
    """

    def value(found: re.Match[str]) -> str:
        is_known = _is_name(reveal(found[1]).strip(), names)
        return fill(found[0], names) if is_known else reveal(found[0])

    return HIDDEN.sub(value, text)


def _is_name(expression: str, names: Names) -> bool:
    if expression in names or is_reference(expression):
        return True
    try:
        node = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    while isinstance(node, ast.Attribute) or (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)):
        node = node.value
    return isinstance(node, ast.Name) and node.id in names


def _in_a_text(value: Any) -> str:
    """A value as a part of a text; what has a way to be written in JSON is written in it."""
    if not isinstance(value, (dict, list, bool)) and value is not None:
        return str(value)
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return str(value)


def only_value(text: str, names: Names) -> tuple[Any, ...]:
    """The value, of whatever type, of a text that is one expression and nothing else; () for any other text."""
    found = HIDDEN.match(text)
    return (evaluate(reveal(found[1]), names),) if found and found.end() == len(text) else ()


def evaluate(expression: str, names: Names, folder: Path | None = None) -> Any:
    """The value of what stands between the braces. Raises Mistake where it has none."""
    expression = expression.strip()
    if expression.startswith("$"):
        return system_value(expression, folder)
    refers = reference(expression, names)
    value = refers[0] if refers else _python_value(expression, names)
    if any(map(redact.is_secret, _NAME.findall(expression))):
        # Whoever calls it `token` says that it is one.
        redact.remember(str(value))
    return value


def _python_value(expression: str, names: Names) -> Any:
    if expression in names:
        # The names of other tools' variables need not be Python's: `base-url`.
        return names[expression]
    try:
        tree = ast.parse(expression, "<{{…}}>", "eval")
        used = {node.id: names[node.id] for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in names}
        for name in filter(redact.is_secret, used):
            # Also where the expression fails: the error may quote it.
            redact.remember(str(used[name]))
        return eval(compile(tree, "<{{…}}>", "eval", dont_inherit=True), used)
    except Mistake:
        raise
    except Exception as error:  # noqa: BLE001 - it is the user's expression, and may raise anything
        raise Mistake(f"{{{{{expression}}}}} has no value ({_reason(error, names)}).") from None


def _reason(error: Exception, names: Names) -> str:
    missing = error.name if isinstance(error, NameError) else None
    there = [name for name in names if not name.startswith("__")]
    close = get_close_matches(missing, there, 1) if missing else []
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{type(error).__name__}: {error}{hint}"
