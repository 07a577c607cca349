"""JSON as it arrived, laid out to be read.

Numbers keep their spelling and repeated keys stay: what is shown is what was sent, not what Python makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from httpkit import redact
from httpkit.veil import Veil

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


def outline(value: Any, veil: Veil | None = None) -> str:
    """`value` as indented text, so much of it as a tree would show."""
    return _Outline(veil or Veil()).node(None, value, 0, secret=False)


def tree(value: Any, veil: Veil | None = None) -> Html:
    """`value` as a tree whose branches open and close."""
    return tag("div", _Tree(veil or Veil()).node(None, value, 0, secret=False), class_="httpkit-json")


class _Shown:
    """What is shown of a value behind a veil; `room` is how many nodes it may still show."""

    def __init__(self, veil: Veil) -> None:
        self.room = MAX_NODES
        self._veil = veil

    def is_secret(self, key: str | None) -> bool:
        return key is not None and not self._veil.reveal and redact.is_secret(key)

    def key(self, key: str) -> str:
        return spelling(self._veil.text(key))

    def scalar(self, value: Any, *, secret: bool) -> Any:
        """A leaf as it may be shown: what is under the name of a secret is one, but for null, true and false."""
        if not isinstance(value, str) or not value:
            return value
        if secret:
            return redact.HIDDEN
        return value if isinstance(value, Number) else self._veil.text(value)

    def entries(self, value: list[Any]) -> Iterator[tuple[str | None, Any]]:
        """So many entries as there is room for."""
        for key, item in _entries(value):
            if self.room <= 0:
                return
            self.room -= 1
            yield key, item


class _Outline(_Shown):
    def node(self, key: str | None, value: Any, depth: int, *, secret: bool) -> str:
        secret = secret or self.is_secret(key)
        label = "" if key is None else f"{self.key(key)}: "
        if not isinstance(value, list) or not value:
            leaf = _brackets(value) if isinstance(value, list) else spelling(self.scalar(value, secret=secret))
            return f"{label}{leaf}"
        if depth >= MAX_DEPTH:
            return f"{label}…"
        first, last = tuple(_brackets(value))
        pad = "  " * (depth + 1)
        shown = [f"{pad}{self.node(key, item, depth + 1, secret=secret)}" for key, item in self.entries(value)]
        if left := len(value) - len(shown):
            shown.append(f"{pad}{LEFT_OUT}{left:,} more")
        return f"{label}{first}\n" + ",\n".join(shown) + f"\n{'  ' * depth}{last}"


class _Tree(_Shown):
    def node(self, key: str | None, value: Any, depth: int, *, secret: bool) -> Html:
        secret = secret or self.is_secret(key)
        name = "" if key is None else join((tag("span", self.key(key), class_="httpkit-key"), ": "))
        if not isinstance(value, list) or not value or depth >= MAX_DEPTH:
            return join((name, _leaf(self.scalar(value, secret=secret))))
        first, last = tuple(_brackets(value))
        summary = join((name, first, " ", tag("small", _count(value)), " ", last))
        return folded(summary, self.children(value, depth, secret=secret), unfolded=depth < _OPEN_DEPTH)

    def children(self, value: list[Any], depth: int, *, secret: bool) -> Html:
        shown = [tag("li", self.node(key, item, depth + 1, secret=secret)) for key, item in self.entries(value)]
        left = len(value) - len(shown)
        more = [tag("li", tag("small", f"{LEFT_OUT}{left:,} more"))] if left else []
        return tag("ul", *shown, *more)


def _leaf(value: Any) -> Html:
    if isinstance(value, list):
        return tag("span", _brackets(value) if not value else "…")
    kind = "number" if isinstance(value, Number) else "string" if isinstance(value, str) else "word"
    return tag("span", spelling(value), class_=f"httpkit-{kind}")


def _count(value: list[Any]) -> str:
    noun = "key" if isinstance(value, Members) else "item"
    return f"{len(value):,} {noun}{'' if len(value) == 1 else 's'}"
