"""HTTPie's way of writing a request in one line: `POST :3000/people name=Ann age:=30 X-Token:abc page==2`.

The first separator of an item decides what it is:

    name=text   a string field of the JSON body      name=@file   the text of a file
    name:=json  any JSON: age:=30 tags:='["a"]'      name:=@file  the JSON in a file
    name==text  a query parameter                    name==@file  the text of a file
    Name:text   a header                             Name;        a header with an empty value
    @file       the file itself is the body

A backslash makes a separator part of the name: 'a\\:b:=1'. `{{expression}}` is the value of a Python expression:
X-Token:{{token}} or, as JSON, people:={{people}}. Source: https://httpie.io/docs/cli/request-items
"""

from __future__ import annotations

import json
import mimetypes
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from httpkit.constants import METHODS

from .drafts import Draft
from .mistakes import Mistake
from .templates import fill, hide, only_value, reveal
from .urls import expand, with_query

_ITEM = re.compile(r"(?P<name>(?:\\.|[^\\:=@])*?)(?P<kind>:=@|==@|=@|:=|==|=|:|@|;$)(?P<value>.*)", re.DOTALL)
_USAGE = "%http [METHOD] URL [name=text] [name:=json] [name==query] [Header:text] [@file]"


@dataclass
class _Items:
    """What the items of a line add up to."""

    namespace: Mapping[str, Any]
    headers: list[tuple[str, str]] = field(default_factory=list)
    query: list[tuple[str, str]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    file: Path | None = None

    def header(self, name: str, value: str) -> None:
        self.headers.append((name, value))

    def parameter(self, name: str, value: str) -> None:
        self.query.append((name, value))

    def text(self, name: str, value: str) -> None:
        self.put(name, value)

    def json(self, name: str, value: str) -> None:
        try:
            self.put(name, json.loads(value))
        except ValueError as error:
            hint = f"For a string write {name}={value}." if value.isalpha() else "Quote it: name:='[1, 2]'."
            raise Mistake(f"{name}:= is not followed by JSON ({error}). {hint}") from None

    def put(self, name: str, value: Any) -> None:
        if name in self.fields:
            raise Mistake(f"{name} is given twice, and a JSON object has it once. For a list write {name}:='[…]'.")
        self.fields[name] = value

    def upload(self, name: str, value: str) -> None:
        if name:
            raise Mistake(
                f"{name}@{value} would upload a file in a form, which %http cannot do. For its text in a JSON field "
                f"write {name}=@{value}; for the file as the whole body, @{value}."
            )
        self.file = Path(value).expanduser()


_KINDS: dict[str, Callable[[_Items, str, str], None]] = {
    ":": _Items.header,
    ";": _Items.header,
    "==": _Items.parameter,
    "=": _Items.text,
    ":=": _Items.json,
    "@": _Items.upload,
}


def parse_line(line: str, namespace: Mapping[str, Any] | None = None) -> Draft:
    """The request that a line describes, its templates filled with names of `namespace`. Raises Mistake."""
    words, timeout = _take_timeout(_split(hide(line)))
    method, words = _take_method(words)
    if not words:
        raise Mistake(f"{line.strip() or '%http'} has no URL. Expected {_USAGE}")
    items = _Items(namespace or {})
    for word in words[1:]:
        _add(items, word)
    return _draft(method, expand(fill(words[0], items.namespace)), items, timeout)


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        raise Mistake(
            'A quote is opened and not closed. To send one quote, put it in the other kind: "it\'s".'
        ) from None


def _take_timeout(words: list[str]) -> tuple[list[str], float]:
    if "--timeout" not in words:
        return words, Draft.timeout
    at = words.index("--timeout")
    try:
        seconds = float(words[at + 1])
    except (IndexError, ValueError):
        raise Mistake("--timeout needs a number of seconds, as in --timeout 60.") from None
    return words[:at] + words[at + 2 :], seconds * 1000


def _take_method(words: list[str]) -> tuple[str | None, list[str]]:
    first = words[0] if words else ""
    if first.upper() in METHODS:
        return first.upper(), words[1:]
    if len(words) > 1 and first.isalpha() and first.isupper():
        close = get_close_matches(first, METHODS, 1)
        hint = f"Did you mean {close[0]}?" if close else "Expected GET, POST, PUT, DELETE, …"
        raise Mistake(f"{first} is not a method. {hint}")
    return None, words


def _add(items: _Items, word: str) -> None:
    found = _ITEM.fullmatch(word)
    if found is None:
        raise Mistake(
            f"“{reveal(word)}” is not an item. Expected name=text, name:=json, name==query, Header:text or @file."
        )
    name, kind, value = re.sub(r"\\(.)", r"\1", found["name"]), found["kind"], found["value"]
    if not name and kind != "@":
        raise Mistake(f"“{reveal(word)}” has no name before {kind}. Expected something like name{kind}value.")
    name = fill(name, items.namespace)
    if kind == ":=" and (python := only_value(value, items.namespace)):
        items.put(name, *python)
        return
    value = fill(value, items.namespace)
    if len(kind) > 1 and kind.endswith("@"):
        kind, value = kind[:-1], _read(Path(value).expanduser()).decode()
    _KINDS[kind](items, name, value)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Mistake(f"{path} cannot be read: {error.strerror or error}.") from None


def _draft(method: str | None, url: str, items: _Items, timeout: float) -> Draft:
    if items.fields and items.file:
        fields = ", ".join(items.fields)
        raise Mistake(f"There are two bodies: the fields {fields} and the file {items.file}. Leave one out.")
    body, implied = _body(items)
    given = {name.lower() for name, _ in items.headers}
    headers = [*((name, value) for name, value in implied if name.lower() not in given), *items.headers]
    has_data = bool(items.fields) or items.file is not None
    return Draft(method or ("POST" if has_data else "GET"), with_query(url, items.query), headers, body, timeout)


def _body(items: _Items) -> tuple[bytes, list[tuple[str, str]]]:
    if items.file:
        kind, _ = mimetypes.guess_type(items.file.name)
        return _read(items.file), [("Accept", "*/*"), ("Content-Type", kind or "application/octet-stream")]
    if items.fields:
        return _json(items.fields), [("Accept", "application/json, */*;q=0.5"), ("Content-Type", "application/json")]
    return b"", [("Accept", "*/*")]


def _json(fields: dict[str, Any]) -> bytes:
    try:
        return json.dumps(fields, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise Mistake(f"The fields {', '.join(fields)} cannot be sent as JSON ({error}).") from None
