"""HTTPie's way of writing a request in one line: `POST :3000/people name=Ann age:=30 X-Token:abc page==2`.

The first separator of an item decides what it is:

    name=text   a field of the JSON body, or form     name=@file   the text of a file
    name:=json  any JSON: age:=30 tags:='["a"]'       name:=@file  the JSON in a file
    name==text  a query parameter                     name==@file  the text of a file
    Name:text   a header                              Name:@file   the text of a file
    Name:       no header of that name                Name;        a header with an empty value
    @file       the file itself is the body           name@file    a file in a form; ;type=… says of which kind

Brackets in the name of a field say where in the JSON it goes: pet[name]=Rex pet[tags][]=old (see `nested`). A
backslash makes a separator part of the name: 'a\\:b:=1'. `{{expression}}` is the value of a Python expression:
X-Token:{{token}} or, as JSON, people:={{people}}. Source: https://httpie.io/docs/cli/request-items
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

from httpkit.constants import METHODS
from httpkit.draft import Draft
from httpkit.errors import NodeError
from httpkit.headers import validateHeaderName, validateHeaderValue
from httpkit.payload import Payload

from . import nested
from .forms import URLENCODED, Part, media_type_of, multipart, urlencoded
from .mistakes import Mistake
from .options import Options, take_options
from .paths import path_of
from .templates import Names, fill, hide, only_value, reveal
from .urls import expand, with_query

_ITEM = re.compile(r"(?P<name>(?:\\.|[^\\:=@])*?)(?P<kind>:=@|==@|=@|:@|:=|==|=|:|@|;$)(?P<value>.*)", re.DOTALL)
# A field of a body that is a list; any other word in brackets is a JSON that somebody pasted.
_LIST_FIELD = re.compile(r"\[[0-9]*\][\[:=]")
# What a shell would take for itself.
_OF_SHELLS = ("|", ">", ">>", "<", "&&", "||", ";")
_USAGE = "%http [METHOD] URL [name=text] [name:=json] [name==query] [Header:text] [@file]"

_JSON_HEADERS = [("Accept", "application/json, */*;q=0.5"), ("Content-Type", "application/json")]
_ANY = [("Accept", "*/*")]
_FORM_HEADERS = [*_ANY, ("Content-Type", f"{URLENCODED}; charset=utf-8")]


@dataclass
class _Items:
    """What the items of a line add up to: `unset` are headers not to send, `parts` those of a form, `fields` of a JSON.

    `fill` puts the values of templates into a name.
    """

    is_form: bool
    fill: Callable[[str], str]
    headers: list[tuple[str, str]] = field(default_factory=list)
    unset: set[str] = field(default_factory=set)
    query: list[tuple[str, str]] = field(default_factory=list)
    fields: list[tuple[nested.Path, Any]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    file: Path | None = None

    def header(self, name: str, value: str) -> None:
        if value:
            self.headers.append(_checked(name, value))
        else:
            self.unset.add(name.lower())

    def empty_header(self, name: str, value: str) -> None:
        self.headers.append(_checked(name, ""))

    def parameter(self, name: str, value: str) -> None:
        self.query.append((name, value))

    def text(self, name: str, value: str) -> None:
        self.put(name, value)

    def json(self, name: str, value: str) -> None:
        try:
            self.put(name, json.loads(value))
        except (ValueError, RecursionError) as error:
            hint = f"For a string write {name}={value}." if value.isalpha() else "Quote it: name:='[1, 2]'."
            raise Mistake(f"{reveal(name)}:= is not followed by JSON ({error}). {hint}") from None

    def put(self, name: str, value: Any) -> None:
        text = _json_text(name, value)
        if self.is_form:
            self.parts.append(Part(self.fill(name), value if isinstance(value, str) else text))
        else:
            # What the text says: a field that goes into this one is not to change an object of the notebook's.
            self.fields.append((nested.path_of(name, self.fill), json.loads(text)))

    def upload(self, name: str, value: str) -> None:
        path, _, kind = value.partition(";type=")
        if name:
            self.parts.append(Part(name, path_of(path), content_type=kind or None))
        else:
            self.file = path_of(value)

    @property
    def files(self) -> list[Part]:
        """The parts that are files."""
        return [part for part in self.parts if isinstance(part.value, Path)]


_KINDS: dict[str, Callable[[_Items, str, str], None]] = {
    ":": _Items.header,
    ";": _Items.empty_header,
    "==": _Items.parameter,
    "=": _Items.text,
    ":=": _Items.json,
    "@": _Items.upload,
}


def _checked(name: str, value: str) -> tuple[str, str]:
    """A header that can be sent. Raises Mistake."""
    try:
        validateHeaderName(name)
        validateHeaderValue(name, value)
    except NodeError as error:
        raise Mistake(f"{error}: expected something like X-Name:value.") from None
    return name, value


def split_line(line: str, names: Names) -> tuple[list[str], Options]:
    """The words of a line, their templates hidden, and its options. Raises Mistake."""
    try:
        words = shlex.split(hide(line))
    except ValueError:
        raise Mistake(
            'A quote is opened and not closed. To send one quote, put it in the other kind: "it\'s".'
        ) from None
    return take_options(words, names)


def draft_of(words: list[str], options: Options, names: Names) -> Draft:
    """The request that words describe. Raises Mistake."""
    scheme = "http"
    while len(words) > 1 and words[0] in ("http", "https", "$"):
        # Pasted from a terminal.
        scheme = "https" if words[0] == "https" else scheme
        words = words[1:]
    method, rest = _take_method(words)
    if not rest:
        raise Mistake(f"{reveal(' '.join(words)) or '%http'} has no URL. Expected {_USAGE}")
    items = _Items(options.form or options.multipart, lambda name: fill(name, names))
    for before, word in pairwise(rest):
        _add(items, word, names, before)
    try:
        return _draft(method, expand(fill(rest[0], names), scheme), items, options)
    except UnicodeEncodeError as error:
        raise Mistake(f"The request cannot be sent as text ({error.reason}).") from None


def _take_method(words: list[str]) -> tuple[str | None, list[str]]:
    first = words[0] if words else ""
    if first.upper() in METHODS:
        return first.upper(), words[1:]
    if len(words) > 1 and first.isalpha() and first.isupper():
        close = get_close_matches(first, METHODS, 1)
        hint = f"Did you mean {close[0]}?" if close else "Expected GET, POST, PUT, DELETE, …"
        raise Mistake(f"{first} is not a method. {hint}")
    return None, words


def _add(items: _Items, word: str, names: Names, before: str) -> None:
    found = _ITEM.fullmatch(word)
    if word[:1] in ("{", "[") and not _LIST_FIELD.match(word):
        raise Mistake(f"“{reveal(word)[:40]}” looks like JSON. A whole body goes with --raw '…'; a field is name=text.")
    if word in _OF_SHELLS:
        raise Mistake(f"“{word}” and what follows is for a shell: leave it out. The answer is the object `exchange`.")
    if found is None:
        apart = before.endswith(":") and before != ":"
        meant = f'Did you mean "{reveal(before)} {reveal(word)}"? What has spaces stands in quotes.'
        expected = "Expected name=text, name:=json, name==query, Header:text or @file."
        raise Mistake(f"“{reveal(word)}” is not an item. {expected}{f' {meant}' if apart else ''}")
    name, kind, value = re.sub(r"\\([:;=@])", r"\1", found["name"]), found["kind"], found["value"]
    if not name and kind != "@":
        raise Mistake(f"“{reveal(word)}” has no name before {kind}. Expected something like name{kind}value.")
    if kind not in ("=", ":=", "=@", ":=@"):
        name = fill(name, names)
    if kind == ":=" and (python := only_value(value, names)):
        items.put(name, *python)
        return
    value = fill(value, names)
    if len(kind) > 1 and kind.endswith("@"):
        kind, value = kind[:-1], _text(path_of(value))
        value = value.rstrip("\n") if kind == ":" else value
    _KINDS[kind](items, name, value)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _draft(method: str | None, url: str, items: _Items, options: Options) -> Draft:
    payload, implied = _body(items, options)
    has_data = bool(payload) or bool(items.file) or options.raw is not None
    headers = [*items.headers, *options.credentials()] if "authorization" not in _names(items) else items.headers
    draft = Draft(method or ("POST" if has_data else "GET"), with_query(url, items.query), tuple(headers), payload)
    draft = draft.with_defaults(pair for pair in implied if pair[0].lower() not in items.unset)
    return draft.delivered(**vars(options.delivery))


def _names(items: _Items) -> set[str]:
    return {name.lower() for name, _ in items.headers} | items.unset


def _body(items: _Items, options: Options) -> tuple[Payload, list[tuple[str, str]]]:
    """The body, and the headers that go with its kind unless others are given."""
    names = [*(nested.written(path) for path, _ in items.fields), *(part.name for part in items.parts)]
    bodies = [
        (f"the fields {', '.join(names)}", bool(names)),
        (f"the file {items.file}", items.file is not None),
        ("--raw", options.raw is not None),
    ]
    given = [what for what, is_given in bodies if is_given]
    if len(given) > 1:
        raise Mistake(f"There are two bodies: {' and '.join(given)}. Leave one out.")
    if options.raw is not None:
        return Payload(options.raw.encode()), _FORM_HEADERS if options.form else _JSON_HEADERS
    if items.file is not None:
        return _files_payload(items.file), [*_ANY, ("Content-Type", media_type_of(items.file))]
    return _fields_body(items, options) if names else (Payload(), _ANY)


def _files_payload(path: Path) -> Payload:
    try:
        with path.open("rb"):
            return Payload(path)
    except OSError as error:
        raise Mistake(f"{path} cannot be read: {error.strerror or error}.") from None


def _fields_body(items: _Items, options: Options) -> tuple[Payload, list[tuple[str, str]]]:
    if options.multipart or (options.form and items.files):
        for part in items.files:
            _files_payload(Path(str(part.value)))
        payload, kind = multipart(items.parts)
        return payload, [*_ANY, ("Content-Type", kind)]
    if items.files:
        name, path = items.files[0].name, str(items.files[0].value)
        raise Mistake(
            f"{name}@{path} uploads a file in a form: add --form. For its text in a JSON field write {name}=@{path}; "
            f"for the file as the whole body, @{path}."
        )
    if options.form:
        pairs = [(part.name, str(part.value)) for part in items.parts]
        return urlencoded(pairs), _FORM_HEADERS
    return Payload(json.dumps(nested.build(items.fields), ensure_ascii=False).encode()), _JSON_HEADERS


def _json_text(name: str, value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise Mistake(f"The field {reveal(name)} cannot be sent as JSON ({error}).") from None
