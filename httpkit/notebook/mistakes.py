"""What a person got wrong, in one line and without a traceback."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Self

from httpkit import redact

from .html import visible

# What may be shown of the line of a secret header: its name, the scheme, and templates.
_WORDS = re.compile(
    r"(?P<plain>^[\w-]+[ \t]*:|\{\{.{0,100}?(?:\}\}|$)|\b(?:basic|bearer|digest|token)\b|\s)|[^\s{]+|\{", re.IGNORECASE
)


class Mistake(Exception):
    """The message says what was got, what was expected and what to do; it is all that a notebook shows.

    `offset` is where it is in the text that was looked at, if somebody knows.
    """

    offset: int | None = None

    def at(self, offset: int) -> Self:
        """The same mistake, in a place; one that has a place keeps it."""
        if self.offset is None:
            self.offset = offset
        return self

    def __str__(self) -> str:
        # What was typed is quoted in it, and may have been a secret, or something that a terminal would obey.
        return visible(redact.values(super().__str__()))

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def pointed_out(message: str, lines: Sequence[str], line: int, column: int, where: str = "the cell") -> Mistake:
    """A mistake in line `line`, column `column` (from 1) of a text, which is shown with a pointer."""
    text = lines[line - 1].expandtabs(1) if 0 < line <= len(lines) else ""
    start = max(0, column - 60)
    name = text.partition(":")[0] if ":" in text else ""
    before, after = (_quoted(piece, name) for piece in (text[start : column - 1], text[column - 1 : start + 100]))
    before = f"{'…' if start else ''}{before}"
    pointer = " " * len(before) + "^"
    return Mistake(f"Line {line}, column {column} of {where}: {message}\n{before}{after}\n{pointer}")


def _quoted(piece: str, name: str) -> str:
    """A piece of a line as it may be shown; of a secret header only what kind it is, and its templates."""
    if not redact.is_secret(name.strip()):
        return redact.text(piece)
    return _WORDS.sub(lambda found: found[0] if found["plain"] else redact.HIDDEN, piece)
