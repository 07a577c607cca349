"""What went over the wire since the kit was loaded, to be listed, saved, and taken up again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from httpkit.archive import Archive, read_har, write_har
from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.recorder import Entry, Recorder

from .mistakes import Mistake
from .paths import path_of
from .shown import Shown

recorder = Recorder()


class Traffic(Shown, tuple[Entry, ...]):
    """Exchanges under their numbers, which notebooks show as a table."""

    __slots__ = ()

    def exchange(self, number: int) -> Exchange:
        """The exchange under a number. Raises Mistake."""
        for entry in self:
            if entry.number == number:
                return entry.exchange
        raise Mistake(f"There is no exchange {number}. {_numbers(self)}")


def _numbers(entries: Iterable[Entry]) -> str:
    numbers = [entry.number for entry in entries]
    return f"There are {numbers[0]} to {numbers[-1]}." if numbers else "Nothing was recorded yet."


def traffic(words: str = "") -> Traffic:
    """What was recorded: all of it, or what has each of `words` in its method, URL or status.

    `client` and `server` are for one side, `4xx` for a class, `errors` for what failed. Raises Mistake where nothing
    is like that.
    """
    entries = recorder.entries
    found = matching(entries, words)
    if entries and not found:
        raise Mistake(f"None of the {len(entries)} exchanges matches “{words}”. %traffic lists all of them.")
    return Traffic(found)


def matching(entries: Iterable[Entry], words: str) -> list[Entry]:
    """Those that each of `words` is right for."""
    return [entry for entry in entries if all(matches(entry, word.lower()) for word in words.split())]


def is_status(word: str) -> bool:
    """Whether a number is a status rather than the number of an exchange."""
    return len(word) == 3 and word.isdecimal() and word[0] in "12345"


def matches(entry: Entry, word: str) -> bool:
    """Whether a word of a filter, in lower case, is right for an exchange."""
    exchange = entry.exchange
    if word in ("client", "server"):
        return exchange.side == word or (word == "server" and entry.served is not None)
    if word == "errors":
        return entry.error is not None or exchange.status >= 400
    status = str(exchange.status)
    if len(word) == 3 and word[1:] == "xx":
        return status.startswith(word[0])
    return word in (exchange.request.method.lower(), status) or word in exchange.request.url.lower()


def save_har(path: str | Path, words: str = "", *, reveal: bool = False) -> Path:
    """Save what was recorded as a HAR file, without its secrets unless `reveal`. Raises Mistake."""
    return save_entries(path, traffic(words), reveal=reveal)


def save_entries(path: str | Path, entries: Iterable[Entry], *, reveal: bool = False) -> Path:
    """As `save_har`, of the entries that are given."""
    exchanges = exchanges_of(entries)
    if not exchanges:
        raise Mistake("There is nothing to save: no request was recorded yet.")
    try:
        return write_har(path_of(str(path)), exchanges, reveal=reveal)
    except OSError as error:
        raise Mistake(f"{path} cannot be written: {error.strerror or error}.") from None


def exchanges_of(entries: Iterable[Entry]) -> list[Exchange]:
    """What a HAR file has of them: the redirects that led to an exchange were recorded, too."""
    return [replace(entry.exchange, redirects=()) for entry in entries]


def open_har(path: str | Path) -> Archive:
    """The exchanges of a HAR file; entries that cannot be read are skipped and reported. Raises Mistake."""
    try:
        return read_har(path_of(str(path)))
    except OSError as error:
        raise Mistake(f"{path} cannot be read: {error.strerror or error}.") from None
    except NodeError as error:
        raise Mistake(f"{path}: {error.message}") from None
