"""HAR files read and written: what browsers, proxies and other tools have saved becomes exchanges again.

Tools write the format each in its own way, and files are cut short on their way. So everything that is not needed may
be missing or of the wrong type, and what cannot be read is reported beside what can: one bad entry costs that entry.

Source: http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from . import har
from .errors import NodeError
from .exchange import Exchange
from .har_entries import NotAnEntry, exchange_of
from .messages import plain, without_secrets

_ENTRIES = re.compile(r'(?<!\\)"entries"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
# Characters of what may be cut in two so that its beginning is the place that is not JSON: `-Infinity`.
_LONGEST_WORD = 9


@dataclass(frozen=True)
class Skipped:
    """What could not be read: the entry's index in the file, `what` of it (all of it, or a body), and why."""

    index: int
    what: str
    reason: str

    def __str__(self) -> str:
        return f"Entry {self.index}, {self.what}, was skipped: {self.reason}"


class Archive(tuple[Exchange, ...]):
    """The exchanges of a HAR file, in its order; `skipped` is what could not be read of it."""

    skipped: tuple[Skipped, ...]

    def __new__(cls, exchanges: Iterable[Exchange] = (), skipped: Iterable[Skipped] = ()) -> Self:
        made = super().__new__(cls, exchanges)
        made.skipped = tuple(skipped)
        return made

    def __repr__(self) -> str:
        return f"<Archive of {len(self)} exchange{'' if len(self) == 1 else 's'}, {len(self.skipped)} skipped>"

    def __str__(self) -> str:
        return "\n".join([*(_line(index, exchange) for index, exchange in enumerate(self)), *map(str, self.skipped)])


def _line(index: int, exchange: Exchange) -> str:
    got = exchange.response
    answer = f"{got.statusCode} {plain(got.statusMessage)}".strip() if got.statusCode else "no response"
    url = without_secrets(exchange.request.url)
    return f"[{index}] {plain(exchange.request.method)} {url} → {answer}, {got.payload.size} bytes"


def write_har(path: str | os.PathLike[str], exchanges: Exchange | Iterable[Exchange], *, reveal: bool = False) -> Path:
    """Save exchanges as a HAR file, their secrets hidden unless `reveal`; gives the path. Raises OSError."""
    several = [exchanges] if isinstance(exchanges, Exchange) else exchanges
    target = Path(path).expanduser()
    target.write_text(json.dumps(har.document(several, reveal=reveal), indent=1), encoding="utf-8")
    return target


def read_har(source: str | os.PathLike[str] | bytes) -> Archive:
    """The exchanges of a HAR file, given as a path, or as the JSON itself.

    Bodies are decoded in HAR, so the responses have no Content-Encoding. Requests that were blocked or cut off, with
    status 0, are exchanges that are not `complete`. What cannot be read is left out and told in `skipped`; only what is
    no HAR at all raises NodeError ERR_HAR. Raises OSError where the file cannot be read.
    """
    exchanges, skipped = [], []
    for index, item in enumerate(_items(_source_text(source))):
        if isinstance(item, _Cut):
            skipped.append(Skipped(index, "this and all that follow", item.reason))
            continue
        try:
            exchange, problems = exchange_of(item)
        except NotAnEntry as error:
            skipped.append(Skipped(index, "all of it", str(error)))
            continue
        exchanges.append(exchange)
        skipped += [Skipped(index, what, reason) for what, reason in problems]
    return Archive(exchanges, skipped)


# --- from a file to its entries


class _Cut(NamedTuple):
    """Where a file cannot be read any further."""

    reason: str


def _no_har(got: str) -> NodeError:
    return NodeError(
        f'This is no HAR file: expected {{"log": {{"entries": […]}}}}, got {got}. In the Network panel of a browser, '
        "“Save all as HAR” makes one.",
        "ERR_HAR",
    )


def _source_text(source: str | os.PathLike[str] | bytes) -> str:
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        return source.lstrip("\ufeff")
    if isinstance(source, (str, os.PathLike)):
        if "\0" in os.fspath(source):
            raise _no_har("text that is neither JSON nor a path")
        source = Path(source).expanduser().read_bytes()
    if not isinstance(source, (bytes, bytearray)):
        raise _no_har(f"an instance of {type(source).__name__}")
    return bytes(source).decode(json.detect_encoding(source), "replace").lstrip("\ufeff")


def _items(text: str) -> Iterable[Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        start = _ENTRIES.search(text)
        if start is None:
            raise _no_har(_described(text, error)) from None
        return _whole_items(text, start.end())
    return _entries_of(value)


def _described(text: str, error: Exception) -> str:
    return f"what is not JSON ({error})" if text.strip() else "nothing: it is empty"


def _entries_of(value: Any) -> list[Any]:
    log = value.get("log", value) if isinstance(value, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if isinstance(entries, list):
        return entries
    if not isinstance(value, dict):
        raise _no_har(f"JSON that is a {type(value).__name__}")
    what = "a log without a list of entries" if "log" in value else f"an object with {', '.join(list(value)[:8])}"
    raise _no_har(what if value else "an empty object")


def _whole_items(text: str, at: int) -> Iterator[Any]:
    """The entries before the place where the file is cut or broken, and then what is wrong there."""
    decoder = json.JSONDecoder()
    while True:
        at = _end_of(_BETWEEN, text, at)
        if text[at : at + 1] == "]":
            return
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield _Cut(_broken(text, at, error))
            return
        yield item


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _broken(text: str, at: int, error: Exception) -> str:
    line = text.count("\n", 0, at) + 1
    if at >= len(text):
        return f"the file ends here, in line {line}, and its end is missing"
    if isinstance(error, json.JSONDecodeError) and (
        error.msg.startswith("Unterminated string") or error.pos > len(text) - _LONGEST_WORD
    ):
        return f"the file is cut off in the middle of the entry that begins in line {line}"
    return f"the entry that begins in line {line} is not JSON ({error})"
