"""What a person got wrong, in one line and without a traceback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from httpkit import redact

from .html import visible


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
    text = redact.values(lines[line - 1].expandtabs(1)) if 0 < line <= len(lines) else ""
    start = max(0, column - 60)
    shown = f"{'…' if start else ''}{text[start : start + 100]}"
    pointer = " " * (column - 1 - start + bool(start)) + "^"
    return Mistake(f"Line {line}, column {column} of {where}: {message}\n{shown}\n{pointer}")
