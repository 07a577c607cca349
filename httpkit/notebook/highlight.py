"""Text in five quiet colours: what is a string, a number, a word of the language, a key, or only in between.

Pygments, which comes with IPython, reads the languages; forms and tables of values are read here. Whatever cannot be
read stays plain: colours are a help, never a condition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

from .html import Html, escaped, join, tag

# Characters that are coloured; more would slow the notebook, and nobody reads them.
MAX_TEXT = 8_000

Pieces = Iterator[tuple[str, str]]

# The language of each media type.
# fmt: off
_LANGUAGES = {
    "application/ecmascript": "javascript", "application/graphql": "graphql", "application/graphql-query": "graphql",
    "application/http": "http", "application/javascript": "javascript", "application/json": "json",
    "application/sql": "sql", "application/toml": "toml", "application/x-httpd-php": "php",
    "application/x-javascript": "javascript", "application/x-ndjson": "json", "application/x-python": "python",
    "application/x-sh": "bash", "application/x-www-form-urlencoded": "form", "application/x-yaml": "yaml",
    "application/xhtml+xml": "html", "application/xml": "xml", "application/yaml": "yaml", "message/http": "http",
    "text/css": "css", "text/csv": "csv", "text/ecmascript": "javascript", "text/graphql": "graphql",
    "text/html": "html", "text/javascript": "javascript", "text/json": "json", "text/python": "python",
    "text/sql": "sql", "text/tab-separated-values": "csv", "text/x-http": "http", "text/x-python": "python",
    "text/x-sh": "bash", "text/x-shellscript": "bash", "text/x-sql": "sql", "text/x-yaml": "yaml",
    "text/xml": "xml", "text/yaml": "yaml",
}
# fmt: on
_SUFFIXES = {"+json": "json", "+xml": "xml", "+yaml": "yaml"}


def language_of(media_type: str) -> str | None:
    """The language of a media type, parameters or not; None where it has no colours."""
    name = media_type.partition(";")[0].strip().lower()
    suffix = name[name.rfind("+") :] if "+" in name else ""
    return _LANGUAGES.get(name) or _SUFFIXES.get(suffix)


def highlighted(text: str, media_type: str) -> Html:
    """`text` as HTML, its first 8,000 characters in the colours of its language."""
    language = language_of(media_type)
    if language is None:
        return escaped(text)
    # Lexers know line ends by \n alone.
    text = text.replace("\r\n", "\n")
    start, rest = text[:MAX_TEXT], text[MAX_TEXT:]
    return join((*_coloured(_pieces(start, language)), rest))


def _coloured(pieces: Iterable[tuple[str, str]]) -> Iterator[object]:
    """Neighbours of one colour become one element."""
    for kind, group in groupby(pieces, key=lambda piece: piece[0]):
        text = "".join(piece for _, piece in group)
        yield tag("span", text, class_=f"httpkit-{kind}") if kind and text.strip() else text


def _pieces(text: str, language: str) -> list[tuple[str, str]]:
    try:
        pieces = list(_READERS.get(language, _read_by_pygments)(text, language))
    except Exception:  # noqa: BLE001 - a lexer may fail on what it was not made for
        return [("", text)]
    # A lexer that swallows or invents something does not know the language.
    return pieces if "".join(piece for _, piece in pieces) == text else [("", text)]


# --- by Pygments


def _read_by_pygments(text: str, language: str) -> Pieces:
    colour = _colours(language)
    for _, kind, piece in _lexer(language).get_tokens_unprocessed(text):
        yield colour(kind), piece


@lru_cache
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(language)


@lru_cache
def _colours(language: str) -> Callable[[Any], str]:
    """Which colour a kind of token has: that of its nearest ancestor in the table."""
    from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String, Token

    table: dict[Any, str] = {
        Token: "",
        Comment: "dim",
        Comment.Preproc: "word",
        Keyword: "key" if language == "css" else "word",
        Keyword.Constant: "word",
        Name: "",
        Name.Attribute: "key",
        Name.Builtin: "word",
        Name.Class: "key",
        Name.Decorator: "word",
        Name.Entity: "number",
        Name.Function: "key",
        Name.Property: "key",
        Name.Tag: "key" if language in {"json", "yaml"} else "word",
        Literal.Date: "number",
        Number: "number",
        Operator.Word: "word",
        String: "string",
        String.Doc: "dim",
    }

    @lru_cache
    def colour(kind: Any) -> str:
        return next(table[each] for each in reversed(kind.split()) if each in table)

    return colour


# --- by hand


def _reader(*forms: tuple[str, str]) -> Callable[[str, str], Pieces]:
    """Reads a text as pieces of these forms, each the colour and a pattern; what is between them is plain."""
    pattern = re.compile(
        "|".join(f"(?P<{colour}_{at}>{form})" for at, (colour, form) in enumerate(forms)), re.MULTILINE
    )

    def read(text: str, language: str) -> Pieces:
        at = 0
        for found in pattern.finditer(text):
            yield "", text[at : found.start()]
            yield (found.lastgroup or "").partition("_")[0], found[0]
            at = found.end()
        yield "", text[at:]

    return read


_READERS: dict[str, Callable[[str, str], Pieces]] = {
    "form": _reader(("key", r"(?<![^&\n])[^=&\n]+"), ("dim", r"[=&]"), ("string", r"(?<==)[^&\n]+")),
    "csv": _reader(
        ("string", r'"(?:[^"]|"")*"'),
        ("number", r"(?<![^,;\t\n])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?=[,;\t\n]|\Z)"),
        ("dim", r"[,;\t]"),
    ),
    "http": _reader(
        ("dim", r"^(?:#|//).*$"),
        ("word", r"^@[\w.-]+(?=\s*=)|^[A-Z]+(?= \S)|^HTTP/\d(?:\.\d)?(?= \d)|(?<= )HTTP/\d(?:\.\d)?$"),
        ("number", r"(?<=^HTTP/1\.\d )\d{3}|(?<=^HTTP/\d )\d{3}|\{\{[^{}\n]*\}\}"),
        ("key", r"^[\w!#$%&'*+.^`|~-]+(?=:)"),
        ("string", r"(?:(?<=[A-Z] )|^)(?:https?://|/(?!/))[^\s{]*|(?<=\}\})[/?:][^\s{]*"),
    ),
}
