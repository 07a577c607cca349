"""A change from one value to another, and how values are told without their secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from .redact import HIDDEN, is_secret
from .unseen import UNSEEN
from .veil import Veil

# Characters of a value that are kept.
MAX_VALUE = 2_000

# In place of a value that there is not.
ABSENT: Any = object()


class Change(NamedTuple):
    """One difference: where it is, its kind ('added', 'removed', 'changed' or 'more'), and the text of both values.

    `volatile` is what differs each time, such as Date. 'more' stands for differences that are not listed.
    """

    where: str
    kind: str
    before: str | None = None
    after: str | None = None
    volatile: bool = False

    def __str__(self) -> str:
        lines = [f"{self.where}{' (differs each time)' if self.volatile else ''}"]
        for sign, value in (("-", self.before), ("+", self.after)):
            lines += [f"  {sign} {line}" for line in (value or "").split("\n")] if value is not None else []
        return "\n".join(lines)


def kept(text: str) -> str:
    """So much of a text as is kept, its control characters made visible."""
    text = text.translate(UNSEEN)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}… ({len(text):,} characters)"


@dataclass(frozen=True)
class Words:
    """Turns values into the text that is kept."""

    veil: Veil

    def named(self, name: str, value: str) -> str:
        return kept(self.veil.field(name, value))

    def several(self, name: str, several: list[str]) -> str:
        return ", ".join(self.named(name, value) for value in several)

    def headers(self, name: str, several: list[str]) -> str:
        return "\n".join(self.header(name, value) for value in several)

    def header(self, name: str, value: str) -> str:
        return kept(self.veil.header(name, value))

    def text(self, value: str) -> str:
        return self.named("", value)

    def json(self, parts: tuple[str | int, ...], value: Any) -> str:
        hidden = any(isinstance(part, str) and is_secret(part) for part in parts)
        return kept(json.dumps(self.veil.json(value, hidden=hidden), ensure_ascii=False))

    def lines(self, text: str, media_type: str) -> tuple[list[str], list[str]]:
        """The lines to compare, and as many to show."""
        lines = text.splitlines()
        shown = self.veil.body(text, media_type).splitlines()
        # Where a secret had lines, only what is left of it can be compared.
        return (lines, shown) if len(lines) == len(shown) else (shown, shown)


def values(
    where: str, before: Any, after: Any, show: Callable[[Any], str], *, volatile: bool = False
) -> Iterator[Change]:
    """The change from one value to another, of which one may be ABSENT."""
    if before == after and type(before) is type(after):
        return
    if before is ABSENT or after is ABSENT:
        kind = "added" if before is ABSENT else "removed"
        shown = [None if value is ABSENT else show(value) for value in (before, after)]
        yield Change(where, kind, shown[0], shown[1], volatile)
        return
    old, new = show(before), show(after)
    yield Change(where, "changed", old, new if new != old else differs(new), volatile)


def differs(shown: str) -> str:
    """What to show of a second value that looks like the first."""
    return f"{shown} differs ({'secret' if HIDDEN in shown else 'not in what is shown'})"


def by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """All values of each name."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def fields(
    what: str, before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]], words: Words
) -> Iterator[Change]:
    """The changes of names with values, in whatever order, such as those of a query."""
    old, new = by_name(before), by_name(after)
    for name in {**old, **new}:
        where = f"{what} {words.text(name)}"
        yield from values(where, old.get(name, ABSENT), new.get(name, ABSENT), partial(words.several, name))
