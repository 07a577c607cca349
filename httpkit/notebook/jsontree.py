"""JSON as it arrived, laid out to be read.

Numbers keep their spelling and repeated keys stay: what is shown is what was sent, not what Python makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .html import Html, folded, join, tag

# Beyond these a tree helps nobody, and slows the notebook.
MAX_NODES = 600
MAX_DEPTH = 24
# What stands before the number of nodes that are not shown.
LEFT_OUT = "… "
_OPEN_DEPTH = 3


class Number(str):
    """A number as it is spelt, also NaN and Infinity."""

    __slots__ = ()


class Members(list[tuple[str, Any]]):
    """The members of an object, in order, repeated keys and all."""


def parse(text: str) -> Any:
    """Raises ValueError where `text` is not JSON."""
    try:
        return json.loads(text, object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=Number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def spelling(value: Any) -> str:
    """A scalar as JSON spells it."""
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def _entries(value: list[Any]) -> Iterator[tuple[str | None, Any]]:
    return iter(value) if isinstance(value, Members) else ((None, item) for item in value)


def _brackets(value: list[Any]) -> str:
    return "{}" if isinstance(value, Members) else "[]"


def outline(value: Any, depth: int = 0) -> str:
    """`value` as indented text."""
    if not isinstance(value, list) or not value:
        return _brackets(value) if isinstance(value, list) else spelling(value)
    if depth >= MAX_DEPTH:
        return "…"
    first, last = tuple(_brackets(value))
    pad = "  " * (depth + 1)
    lines = (f"{pad}{_label(key)}{outline(item, depth + 1)}" for key, item in _entries(value))
    return f"{first}\n" + ",\n".join(lines) + f"\n{'  ' * depth}{last}"


def _label(key: str | None) -> str:
    return "" if key is None else f"{spelling(key)}: "


class _Tree:
    """One tree; `room` is how many nodes it may still show."""

    def __init__(self) -> None:
        self.room = MAX_NODES

    def node(self, key: str | None, value: Any, depth: int) -> Html:
        self.room -= 1
        name = "" if key is None else join((tag("span", spelling(key), class_="httpkit-key"), ": "))
        if not isinstance(value, list) or not value or depth >= MAX_DEPTH:
            return join((name, _leaf(value)))
        first, last = tuple(_brackets(value))
        summary = join((name, first, " ", tag("small", _count(value)), " ", last))
        return folded(summary, self.children(value, depth), unfolded=depth < _OPEN_DEPTH)

    def children(self, value: list[Any], depth: int) -> Html:
        shown = list(self._children(value, depth))
        left = len(value) - len(shown)
        more = [tag("li", tag("small", f"{LEFT_OUT}{left:,} more"))] if left else []
        return tag("ul", *shown, *more)

    def _children(self, value: list[Any], depth: int) -> Iterator[Html]:
        for key, item in _entries(value):
            if self.room <= 0:
                return
            yield tag("li", self.node(key, item, depth + 1))


def _leaf(value: Any) -> Html:
    if isinstance(value, list):
        return tag("span", _brackets(value) if not value else "…")
    kind = "number" if isinstance(value, Number) else "string" if isinstance(value, str) else "word"
    return tag("span", spelling(value), class_=f"httpkit-{kind}")


def _count(value: list[Any]) -> str:
    noun = "key" if isinstance(value, Members) else "item"
    return f"{len(value):,} {noun}{'' if len(value) == 1 else 's'}"


def tree(value: Any) -> Html:
    """`value` as a tree whose branches open and close."""
    return tag("div", _Tree().node(None, value, 0), class_="httpkit-json")
