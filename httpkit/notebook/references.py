"""`{{login.response.body.$.token}}`: a part of an earlier exchange, in the way of VS Code's REST Client.

NAME.response.headers.NAME    NAME.response.body      NAME.response.body.$.json.path
NAME.request.headers.NAME     NAME.request.body       NAME.response.body.*
"""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.jsonpath import first
from httpkit.veil import Veil

from .mistakes import Mistake

_REFERENCE = re.compile(
    r"(?P<name>[^\W\d][\w-]*)\.(?P<side>request|response)\.(?P<part>headers|body)(?:(?:\.|(?=\[))(?P<path>.+))?",
    re.DOTALL,
)


def is_reference(expression: str) -> bool:
    """Whether it has the form of a part of an exchange."""
    return _REFERENCE.fullmatch(expression) is not None


def reference(expression: str, names: Mapping[str, Any]) -> tuple[Any, ...]:
    """The value in a tuple, or () where `expression` is no reference.

    Raises Mistake where there is no such exchange, or it has no such part.
    """
    found = _REFERENCE.fullmatch(expression)
    if found is None:
        return ()
    name, path = found["name"], found["path"]
    exchange = names.get(name)
    if not isinstance(exchange, Exchange):
        if name in names and path is None:
            # An object of the notebook's that happens to have such attributes.
            return ()
        raise _not_there(expression, name, names)
    message = exchange.response if found["side"] == "response" else exchange.request
    if found["part"] == "headers":
        return (_header(expression, message.headers, path),)
    try:
        text = exchange.text if found["side"] == "response" else message.body.decode("utf-8", "replace")
    except (NodeError, OSError) as error:
        raise Mistake(f"{{{{{expression}}}}} has no value: {error}") from None
    return (text if path in (None, "*") else _inside(expression, text, path, exchange.veil),)


def _not_there(expression: str, name: str, names: Mapping[str, Any]) -> Mistake:
    if name in names:
        return Mistake(f"{{{{{expression}}}}} has no value: {name} is no exchange but {type(names[name]).__name__}.")
    close = get_close_matches(name, list(_exchanges(names)), 1)
    hint = f"Did you mean {close[0]}?" if close else f"Run the request that says `# @name {name}` first."
    return Mistake(f"{{{{{expression}}}}} has no value: no request called {name} was answered yet. {hint}")


def _exchanges(names: Mapping[str, Any]) -> Iterator[str]:
    """The names of exchanges, looked for where values are there already: others are worked out when asked for."""
    if isinstance(names, ChainMap):
        for each in names.maps:
            yield from _exchanges(each)
    elif isinstance(names, dict):
        yield from (name for name, value in names.items() if isinstance(value, Exchange))


def _header(expression: str, headers: Mapping[str, Any], name: str | None) -> str:
    if name is None:
        raise Mistake(f"{{{{{expression}}}}} names no header. Expected something like {expression}.Content-Type.")
    name = name.strip("[]'\"")
    value = headers.get(name)
    if value is None:
        there = ", ".join(sorted(headers)) or "none"
        raise Mistake(f"{{{{{expression}}}}} has no value: there is no header {name}. There are: {there}.")
    return ", ".join(value) if isinstance(value, list) else str(value)


def _inside(expression: str, text: str, path: str, veil: Veil) -> Any:
    if path.startswith("/"):
        raise Mistake(f"{{{{{expression}}}}}: XPath is not understood. Expected a JSON path, as in $.token.")
    if not path.startswith("$"):
        path = f"${path}" if path.startswith("[") else f"$.{path}"
    try:
        return first(json.loads(text), path)
    except (ValueError, RecursionError) as error:
        raise Mistake(f"{{{{{expression}}}}} has no value: the body is not JSON ({error}).") from None
    except (LookupError, NodeError) as error:
        raise Mistake(f"{{{{{expression}}}}} has no value: {veil.text(str(error.args[0]))}") from None
