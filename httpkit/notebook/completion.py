"""What could stand at the cursor: in the lines of the magics, and in the text of a `%%http` cell.

A pure function of the text and of what there is: servers, names, exchanges. `completer.py` asks it for IPython.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from httpkit.constants import METHODS, STATUS_CODES
from httpkit.decoding import decoded_head
from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.incoming import IncomingMessage
from httpkit.jsonpath import first
from httpkit.server_response import ServerResponse

from .fields import NAMES_IN_REQUESTS as HEADERS
from .fields import usual_values
from .http_reader import SETTINGS
from .options import NAMES as OPTIONS
from .options import takes_value
from .system_variables import NAMES as SYSTEM_VARIABLES

_EVERYDAY = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_OF_IPYTHON = frozenset({"In", "Out", "exit", "quit"})
# Bytes of a body that are looked at while somebody types.
_LOOKED_AT = 1_000_000
_TRAFFIC = ("client", "server", "errors", "clear", "1xx", "2xx", "3xx", "4xx", "5xx")
_AUTH_TYPES = ("basic", "bearer")
# What a `{{` is followed by, up to the cursor.
_TEMPLATE = re.compile(r"\{\{\s*(?P<begun>[^{}]*)$")
_REFERENCE = re.compile(r"(?P<name>[^\W\d]\w*)\.(?P<side>request|response)\.(?P<rest>.*)$")
_HEADER = re.compile(r"\s*(?P<name>[\w-]+):[ \t]*(?P<value>.*)$")


class Completions(NamedTuple):
    """Texts to stand in place of `fragment`, which ends at the cursor; `kind` is what they are."""

    fragment: str
    texts: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class World:
    """What there is to be named: URLs and ports of running servers, and the names of the notebook."""

    urls: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Completions("", (), "")


def complete(text: str, cursor: int, world: World) -> Completions | None:
    """What could follow `text[:cursor]`; None where the text is not one of ours."""
    before = text[:cursor]
    first, newline, rest = before.partition("\n")
    cell = re.match(r"\s*%%(http|serve)\b(.*)", first)
    if cell and cell[1] == "http":
        return _in_cell(rest, world) if newline else _in_options(cell[2], world)
    if cell:
        return _in_handler(rest) if newline else _from(_last_word(cell[2]), world.ports, "port")
    line = re.search(r"(?:^\s*|=\s*)%(http|status|stop|traffic|har|servers)\s(.*)$", before.rpartition("\n")[2])
    return _LINES[line[1]](line[2], world) if line else None


def _from(fragment: str, candidates: Iterable[str], kind: str) -> Completions:
    """Those of `candidates` that begin with what is there, in any case."""
    begun = fragment.lower()
    return Completions(fragment, tuple(each for each in candidates if each.lower().startswith(begun)), kind)


def _last_word(text: str) -> str:
    return re.split(r"\s", text)[-1]


# --- handlers

# What `req` and `res` are in the cell of a handler.
_OF_HANDLERS: dict[str, type] = {"req": IncomingMessage, "res": ServerResponse}


def _in_handler(text: str) -> Completions | None:
    """The members of `req` and `res`, which are no names of the notebook's; anything else is Python's to complete."""
    found = re.search(r"(?<![\w.])(req|res)\.(\w*)$", text)
    if found is None:
        return None
    kind = _OF_HANDLERS[found[1]]
    members = {*dir(kind), *getattr(kind, "__annotations__", ())}
    return _from(
        found[2], sorted(name for name in members if not name.startswith("_") and not name.isupper()), "property"
    )


# --- lines


def _in_http(line: str, world: World) -> Completions:
    template = _in_template(line, world)
    if template is not None:
        return template
    word = _last_word(line)
    words = line.split()[:-1] if word else line.split()
    if words[:1] == ["curl"]:
        return NOTHING
    options = _after_option(words, word, world) or (_in_options(line, world) if word.startswith("-") else None)
    if options is not None:
        return options
    arguments = _without_options(words)
    if not arguments:
        return _from(word, (*_EVERYDAY, *_urls(word, world)), "method")
    if arguments[-1].upper() in METHODS and len(arguments) == 1:
        return _from(word, _urls(word, world), "url")
    return _header_item(word)


def _without_options(words: list[str]) -> list[str]:
    """The words that are neither options nor their values."""
    arguments, takes = [], False
    for word in words:
        name = word.removeprefix("--")
        if not takes and not word.startswith("-"):
            arguments.append(word)
        takes = word.startswith("--") and name in OPTIONS and bool(takes_value(name))
    return arguments


def _after_option(words: list[str], word: str, world: World) -> Completions | None:
    """The value of an option, where the word before is one that takes some."""
    name = words[-1].removeprefix("--") if words and words[-1].startswith("--") else ""
    if name == "auth-type":
        return _from(word, _AUTH_TYPES, "value")
    if name == "verify":
        return _from(word, ("yes", "no"), "value")
    return NOTHING if name in OPTIONS and takes_value(name) else None


def _in_options(line: str, world: World) -> Completions:
    word = _last_word(line)
    words = line.split()[:-1] if word else line.split()
    return _after_option(words, word, world) or _from(word, (f"--{name}" for name in OPTIONS), "option")


def _urls(begun: str, world: World) -> tuple[str, ...]:
    """The running servers, as short as they may be written, or as they are begun."""
    short = tuple(f":{port}/" for port in world.ports)
    local = tuple(f"localhost:{port}/" for port in world.ports)
    return (*short, *local, *world.urls) if begun else short


def _header_item(word: str) -> Completions:
    name, colon, value = word.partition(":")
    if colon:
        values = [each for each in usual_values(name) if " " not in each]
        return _from(value, values, "value")
    return _from(word, (f"{each}:" for each in HEADERS), "header")


def _in_status(line: str, world: World) -> Completions:
    codes = [str(code) for code in STATUS_CODES]
    groups = [f"{group}xx" for group in range(1, 6)]
    if not line.strip() or line.strip()[:1].isdigit():
        return _from(line.strip(), (*groups, *codes), "status")
    words = line.strip().lower()
    reasons = (reason.lower() for reason in STATUS_CODES.values())
    return Completions(line, tuple(each for each in reasons if f" {words}" in f" {each}"), "status")


_LINES: dict[str, Callable[[str, World], Completions]] = {
    "http": _in_http,
    "status": _in_status,
    "stop": lambda line, world: _from(_last_word(line), world.ports, "port"),
    "traffic": lambda line, world: _from(_last_word(line), (*_TRAFFIC, *_EVERYDAY), "filter"),
    "har": lambda line, world: (
        _from(_last_word(line), ("--open", "--reveal"), "option") if _last_word(line).startswith("-") else NOTHING
    ),
    "servers": lambda line, world: NOTHING,
}

# --- the text of a cell


def _in_cell(text: str, world: World) -> Completions:
    lines = text.split("\n")
    line = lines[-1]
    template = _in_template(line, world, _defined(text))
    if template is not None:
        return template
    setting = re.match(r"\s*(?:#|//)\s*(@[\w-]*)$", line)
    if setting:
        return _from(setting[1], (f"@{name}" for name in SETTINGS), "setting")
    if re.match(r"\s*(#|//|@)", line):
        return NOTHING
    part = _part_of_request(lines)
    if part == "request line":
        return _in_request_line(line, world)
    return _in_header(line) if part == "headers" else NOTHING


def _part_of_request(lines: list[str]) -> str:
    """Whether the last of `lines` is the request line, among the headers or in the body."""
    starts = [at for at, line in enumerate(lines) if line.lstrip().startswith("###")]
    block = [line for line in lines[starts[-1] + 1 if starts else 0 :] if not re.match(r"\s*(#|//|@)", line)]
    while len(block) > 1 and not block[0].strip():
        block.pop(0)
    if len(block) == 1:
        return "request line"
    return "headers" if all(line.strip() for line in block[:-1]) else "body"


def _in_request_line(line: str, world: World) -> Completions:
    words = line.split(" ")
    if len(words) == 1:
        return _from(words[0].lstrip(), (*_EVERYDAY, *world.urls), "method")
    candidates = dict.fromkeys((*world.urls, *_urls(words[-1], world)))
    return _from(words[1], candidates, "url") if len(words) == 2 else NOTHING


def _in_header(line: str) -> Completions:
    found = _HEADER.match(line)
    if found:
        return _from(found["value"], usual_values(found["name"]), "value")
    return _from(line.lstrip(), (f"{name}: " for name in HEADERS), "header")


# --- templates


def _in_template(line: str, world: World, defined: Iterable[str] = ()) -> Completions | None:
    found = _TEMPLATE.search(line)
    if found is None:
        return None
    begun = found["begun"]
    refers = _REFERENCE.match(begun)
    if refers:
        return _in_reference(refers, world)
    if begun.startswith("$"):
        return _from(begun, (f"${name}" for name in SYSTEM_VARIABLES), "variable")
    name, dot, rest = begun.partition(".")
    if dot and isinstance(world.names.get(name), Exchange):
        return _from(rest, ("response.body", "response.headers", "request.body", "request.headers"), "reference")
    return _from(_last_name(begun), sorted({*defined, *_plain_names(world)}), "variable")


def _last_name(begun: str) -> str:
    found = re.search(r"[^\W\d][\w-]*$", begun)
    return found[0] if found else ""


def _plain_names(world: World) -> Iterable[str]:
    """The names that hold something to be put into a request."""
    for name, value in world.names.items():
        if (
            not name.startswith("_")
            and name not in _OF_IPYTHON
            and isinstance(value, (str, int, float, bool, list, dict, Exchange))
        ):
            yield name


def _defined(text: str) -> list[str]:
    return re.findall(r"^\s*@([^\s=@]+)\s*=", text, re.MULTILINE) + re.findall(
        r"^\s*(?:#|//)\s*@(?:name|prompt)\s+(\S+)", text, re.MULTILINE
    )


def _in_reference(found: re.Match[str], world: World) -> Completions:
    exchange = world.names.get(found["name"])
    part, dot, begun = found["rest"].partition(".")
    if not dot:
        return _from(part, ("body", "headers"), "reference")
    if not isinstance(exchange, Exchange):
        return NOTHING
    message = exchange.response if found["side"] == "response" else exchange.request
    if part == "headers":
        return _from(begun, (name for name, _ in message.raw_headers), "header")
    return _from(begun, _json_paths(exchange, begun), "path") if found["side"] == "response" else NOTHING


def _json_paths(exchange: Exchange, begun: str) -> list[str]:
    """The paths that go one step on from what is begun: members, and the first of a list."""
    above = begun.rpartition(".")[0] or "$"
    head = decoded_head(exchange.response.payload, exchange.headers.get("content-encoding"), _LOOKED_AT)
    try:
        value = first(json.loads(head), above)
    except (ValueError, LookupError, NodeError, RecursionError):
        # What is no JSON, or too long to be looked at while somebody types, has none.
        return ["$"]
    if isinstance(value, list):
        return [f"{above}[0]"] if value else []
    members = value if isinstance(value, dict) else {}
    return [f"{above}.{name}" for name in members if str(name).isidentifier()] or ["$"]
