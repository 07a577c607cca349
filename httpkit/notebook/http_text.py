"""What a `.http` text holds: requests, variables and notes, as texts and where they stand.

Nothing is filled in here, and nothing is read: `http_reader.py` finds them, `http_drafts.py` makes drafts of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from .mistakes import Mistake, pointed_out
from .shown import Shown

# Lines end as REST Client has it, or as on an old Mac; what else Unicode calls a line end is a character like others.
LINE_END = re.compile(r"\r\n|\n|\r")


class Text(NamedTuple):
    """A piece of the text, its templates hidden, and where it begins: line and column, from 1."""

    text: str
    line: int
    column: int

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character of it."""
        before = self.text[:offset]
        newlines = before.count("\n")
        return self.line + newlines, (offset - before.rfind("\n") if newlines else self.column + offset)

    @property
    def lines(self) -> list[Text]:
        """Its lines, each in its place."""
        first, *others = self.text.split("\n")
        following = (Text(text, number, 1) for number, text in enumerate(others, self.line + 1))
        return [Text(first, self.line, self.column), *following]


_NOWHERE = Text("", 0, 0)


class FileText(NamedTuple):
    """`< path` in a body: the bytes of a file, or with `filled` its text with its templates filled in."""

    path: Text
    filled: bool
    encoding: str


class Prompt(NamedTuple):
    """`# @prompt name description`: a value to ask for."""

    name: str
    description: str
    line: int


@dataclass(frozen=True)
class Note(Shown):
    """What stands in the text and is not done, with the reason."""

    line: int
    message: str


@dataclass
class RequestText:
    """One request of a text; `name` is what `# @name` calls it, `title` what stands behind `###`."""

    title: str = ""
    name: str = ""
    line: int = 0
    method: str = ""
    url: Text = _NOWHERE
    headers: list[tuple[Text, Text]] = field(default_factory=list)
    body: list[Text | FileText] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    fault: Mistake | None = None
    prompts: list[Prompt] = field(default_factory=list)

    def header(self, name: str) -> str:
        """The value of a header as it stands there; '' for none."""
        return next((value.text for each, value in self.headers if each.text.lower() == name.lower()), "")

    @property
    def called(self) -> str:
        """What a person would call it."""
        return self.name or self.title or f"the request in line {self.line}"


@dataclass
class HttpText:
    """What a text holds; `where` is what the text is called in messages, `first_line` the number of its first line."""

    source: str
    where: str = "the text"
    first_line: int = 1
    requests: list[RequestText] = field(default_factory=list)
    variables: dict[str, Text] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @cached_property
    def lines(self) -> list[str]:
        """Its lines by their numbers less one; those that stand before it are empty."""
        return [""] * (self.first_line - 1) + LINE_END.split(self.source)

    def mistake(self, message: str, line: int, column: int = 1) -> Mistake:
        """A mistake in a place of this text."""
        return pointed_out(message, self.lines, line, column, self.where)

    def named(self, name: str) -> list[RequestText]:
        """The requests with that name or title."""
        return [each for each in self.requests if name in (each.name, each.title)]
