"""A request as Python code with httpkit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from httpkit.draft import Delivery, Draft

from .parts import Part, text_of
from .shown import number, shown

# Characters of a call that one line takes, and bytes of a literal.
_WIDTH = 90
_BYTES = 22
# What no program can be given as text.
_LEFT_OUT = frozenset({"session", "agent"})


def python(draft: Draft, *, reveal: bool = False) -> str:
    """The request as a Python program; its secrets are hidden unless `reveal` is True."""
    draft = shown(draft, reveal=reveal)
    parts = draft.payload.parts
    target = (_literal(draft.method), _literal(draft.url))
    arguments = [*target, *_headers(draft), *_body(parts), *_options(draft.delivery)]
    lines = [*_imports(draft, parts), "", *_call(arguments), "print(exchange.status, exchange.text)"]
    return "\n".join(lines)


def _imports(draft: Draft, parts: tuple[Part, ...]) -> Iterator[str]:
    if draft.delivery.download is not None or any(isinstance(part, Path) for part in parts):
        yield "from pathlib import Path"
        yield ""
    yield "import httpkit as http"
    if len(parts) > 1:
        yield "from httpkit.payload import Payload"


def _call(arguments: list[str]) -> list[str]:
    line = f"exchange = http.send({', '.join(arguments)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return [line]
    return ["exchange = http.send(", *(f"{_indented(argument)}," for argument in arguments), ")"]


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _headers(draft: Draft) -> Iterator[str]:
    pairs = [f"({_literal(name)}, {_literal(value)})" for name, value in draft.raw_headers]
    if len(pairs) == 1:
        yield f"[{pairs[0]}]"
    elif pairs:
        yield "\n".join(["[", *(f"    {pair}," for pair in pairs), "]"])


def _body(parts: tuple[Part, ...]) -> Iterator[str]:
    if len(parts) == 1:
        only = parts[0]
        yield f"body={_path(only) if isinstance(only, Path) else _lines(_rows_of(only))}"
    elif parts:
        values = [_path(part) if isinstance(part, Path) else _lines(_rows_of_bytes(part)) for part in parts]
        yield "\n".join(["body=Payload(", *(f"{_indented(value)}," for value in values), ")"])


def _path(path: Path) -> str:
    return f"Path({_literal(str(path))})"


def _rows_of(data: bytes) -> list[str] | list[bytes]:
    """Text where it is one: `send` takes it for UTF-8."""
    text = text_of(data)
    return _rows_of_bytes(data) if text is None else text.splitlines(keepends=True)


def _rows_of_bytes(data: bytes) -> list[bytes]:
    if text_of(data) is not None:
        return data.splitlines(keepends=True)
    return [data[at : at + _BYTES] for at in range(0, len(data), _BYTES)]


def _lines(rows: list[str] | list[bytes]) -> str:
    """A literal, each row of it on a line of its own."""
    if len(rows) == 1:
        return _literal(rows[0])
    return "\n".join(["(", *(f"    {_literal(row)}" for row in rows), ")"])


def _literal(value: str | bytes) -> str:
    """A literal, in double quotes where no quote would need a backslash."""
    text = repr(value)
    return text if '"' in text else text.replace("'", '"')


def _options(delivery: Delivery) -> Iterator[str]:
    """The fields that are not as they are by default."""
    defaults = Delivery()
    for name in [field.name for field in fields(Delivery) if field.name not in _LEFT_OUT]:
        value = getattr(delivery, name)
        if value != getattr(defaults, name):
            yield f"{name}={_option(value)}"


def _option(value: object) -> str:
    if isinstance(value, Path):
        return _path(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(_option, value))})"
    return _literal(value) if isinstance(value, str) else repr(value)
