"""Where a message's body ends: three readers that cut body bytes out of what arrives (RFC 9112 sections 6 and 7).

Strict on purpose. Two programs that read the end of a body differently can be made to see different requests in the
same bytes, so nothing is guessed: a chunk size is hexadecimal digits, a line ends with CRLF. `feed` takes bytes from a
position, hands body bytes to `sink`, and gives the position after what it used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from .errors import ParseError

Sink = Callable[[bytes], None]
Trailers = list[tuple[bytes, bytes]]
# Checks a trailer section, of which so many bytes were known, complete or not, which stands at a position of what was
# received, and takes it apart.
TrailerReader = Callable[[bytes, int, bool, int], Trailers]

# One chunk's extensions, their names and values, may be this long.
MAX_CHUNK_EXTENSIONS = 16384

_PLAIN_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})\r\n")
_DIGITS = re.compile(rb"[0-9A-Fa-f]*")
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]*")
_QUOTED = re.compile(rb"[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]*")
_ESCAPED = re.compile(rb"[\t\x20-\x7e\x80-\xff]?")
_NOTHING = re.compile(rb"")

Fault = tuple[str, str, int]


class _Place(NamedTuple):
    """A place in the first line of a chunk: what may stand there, and what leads away from it."""

    run: re.Pattern[bytes]
    # The place to be in after one byte of `run`, if it is another one.
    then: str
    leads: dict[bytes, str]
    # What is wrong with any other byte, b"" for all that are not named: code, reason, and whether llhttp points at the
    # byte or behind it.
    faults: dict[bytes, Fault]


_BAD_SIZE = "HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size", 0
_SPACE_BEHIND_SIZE = "HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size", 1
_BAD_EXTENSION = "HPE_STRICT", "Invalid character in chunk extensions", 1
_BAD_NAME = "HPE_STRICT", "Invalid character in chunk extensions name", 1
_BAD_VALUE = "HPE_STRICT", "Invalid character in chunk extensions value", 1
_BAD_QUOTED = "HPE_STRICT", "Invalid character in chunk extensions quoted value", 1
_BAD_PAIR = "HPE_STRICT", "Invalid quoted-pair in chunk extensions quoted value", 1
_BAD_BEHIND = "HPE_STRICT", "Invalid character in chunk extensions quote value", 0
_NO_LF = "HPE_STRICT", "Expected LF after chunk size", 0
_NO_CR_BEHIND_SIZE = "HPE_CR_EXPECTED", "Missing expected CR after chunk size", 1
_NO_CR_BEHIND_NAME = "HPE_CR_EXPECTED", "Missing expected CR after chunk extension name", 0
_NO_CR_BEHIND_VALUE = "HPE_CR_EXPECTED", "Missing expected CR after chunk extension value", 0

_PLACES = {
    "start": _Place(_DIGITS, "size", {}, {b"": _BAD_SIZE}),
    "size": _Place(
        _DIGITS,
        "size",
        {b";": "extension", b"\r": "end"},
        {b"\n": _NO_CR_BEHIND_SIZE, b" ": _SPACE_BEHIND_SIZE, b"\t": _SPACE_BEHIND_SIZE, b"": _BAD_SIZE},
    ),
    "extension": _Place(
        _TOKEN,
        "name",
        {b";": "extension", b"=": "value"},
        {b" ": _BAD_EXTENSION, b"\r": _BAD_EXTENSION, b"\n": _NO_CR_BEHIND_NAME, b"": _BAD_NAME},
    ),
    "name": _Place(
        _TOKEN,
        "name",
        {b";": "extension", b"=": "value", b"\r": "end"},
        {b"\n": _NO_CR_BEHIND_NAME, b"": _BAD_NAME},
    ),
    "value": _Place(
        _TOKEN,
        "value",
        {b";": "extension", b'"': "quoted", b"\r": "end"},
        {b"\n": _NO_CR_BEHIND_VALUE, b"": _BAD_VALUE},
    ),
    "quoted": _Place(_QUOTED, "quoted", {b'"': "closed", b"\\": "escaped"}, {b"": _BAD_QUOTED}),
    "escaped": _Place(_ESCAPED, "quoted", {}, {b"": _BAD_PAIR}),
    "closed": _Place(
        _NOTHING,
        "closed",
        {b";": "extension", b"\r": "end"},
        {b"\n": _NO_CR_BEHIND_VALUE, b"": _BAD_BEHIND},
    ),
    "end": _Place(_NOTHING, "end", {b"\n": "start"}, {b"": _NO_LF}),
}
# What stands between names and values does not count towards their length.
_BETWEEN = (b"", b";", b"=", b"\r", b"\n")


class Body(Protocol):
    """A body being read; `trailers` are (name, value) pairs as received."""

    done: bool
    trailers: Trailers

    def feed(self, data: bytes, start: int, sink: Sink) -> int: ...
    def eof(self) -> None: ...


def unexpected_eof() -> ParseError:
    """The connection ended within a message. It was found in no packet, so the message says less than the reason."""
    err = ParseError("HPE_INVALID_EOF_STATE", "")
    err.reason = "Invalid EOF state"
    return err


class LengthBody:
    """A body of a known number of bytes."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.done = False
        self.trailers: Trailers = []

    def feed(self, data: bytes, start: int, sink: Sink) -> int:
        end = min(len(data), start + self._left)
        self._left -= end - start
        # Before the sink: a listener that looks must see the state after this chunk.
        self.done = not self._left
        sink(data[start:end] if end - start < len(data) else data)
        return end

    def eof(self) -> None:
        raise unexpected_eof()


class UntilCloseBody:
    """A body that ends when the connection does."""

    done = False

    def __init__(self) -> None:
        self.trailers: Trailers = []

    def feed(self, data: bytes, start: int, sink: Sink) -> int:
        sink(data[start:])
        return len(data)

    def eof(self) -> None:
        self.done = True


class ChunkedBody:
    """A chunked body: each chunk preceded by its size, the last followed by trailers (RFC 9112 section 7.1)."""

    def __init__(self, read_trailers: TrailerReader) -> None:
        self.done = False
        self.trailers: Trailers = []
        self._read_trailers = read_trailers
        # Where in the first line of a chunk, its digits so far, and the length of its extensions.
        self._place = "start"
        self._digits = b""
        self._extensions = 0
        # The end of a chunk, or the trailer section, of which not all has come.
        self._begun = b""
        self._left = 0
        self._step = self._size_line

    def feed(self, data: bytes, start: int, sink: Sink) -> int:
        while start < len(data) and not self.done:
            start = self._step(data, start, sink)
        return start

    def eof(self) -> None:
        raise unexpected_eof()

    def _size_line(self, data: bytes, start: int, sink: Sink) -> int:
        if self._place == "start":
            plain = _PLAIN_LINE.match(data, start)
            if plain is not None:
                self._expect(int(plain[1], 16))
                return plain.end()
        return self._walk(data, start)

    def _walk(self, data: bytes, start: int) -> int:
        """From one place in the first line of a chunk to the next."""
        place = _PLACES[self._place]
        run = place.run.match(data, start)
        assert run is not None
        at = run.end()
        byte = data[at : at + 1]
        if place.run is _DIGITS:
            self._add_digits(run[0], start)
        else:
            self._extensions += at - start
            self._check_extensions(byte, at)
        if at > start and place.then != self._place:
            self._place = place.then
            return at
        if not byte:
            return at
        self._lead(place, byte, at)
        return at + 1

    def _lead(self, place: _Place, byte: bytes, at: int) -> None:
        if byte not in place.leads:
            code, reason, behind = place.faults.get(byte) or place.faults[b""]
            raise ParseError(code, reason, at + behind)
        self._extensions += byte not in _BETWEEN
        self._place = place.leads[byte]
        if self._place == "start":
            self._expect(int(self._digits or b"0", 16))
            self._digits, self._extensions = b"", 0

    def _add_digits(self, digits: bytes, start: int) -> None:
        known = len(self._digits)
        added = digits if known else digits.lstrip(b"0")
        if known + len(added) > 16:
            at = start + len(digits) - len(added) + 17 - known
            raise ParseError("HPE_INVALID_CHUNK_SIZE", "Chunk size overflow", at)
        self._digits += added

    def _check_extensions(self, byte: bytes, at: int) -> None:
        # llhttp looks at the end of a name, of a value and of a packet.
        if self._extensions > MAX_CHUNK_EXTENSIONS and byte in _BETWEEN:
            at += bool(byte) and self._place != "closed"
            raise ParseError("HPE_CHUNK_EXTENSIONS_OVERFLOW", "Chunk extensions overflow", at)

    def _expect(self, size: int) -> None:
        self._left = size
        self._step = self._data if size else self._trailer_section

    def _data(self, data: bytes, start: int, sink: Sink) -> int:
        end = min(len(data), start + self._left)
        self._left -= end - start
        if not self._left:
            self._step = self._data_end
        sink(data[start:end])
        return end

    def _data_end(self, data: bytes, start: int, sink: Sink) -> int:
        end = start + 2 - len(self._begun)
        found = self._begun + data[start:end]
        if found == b"\r\n":
            self._begun = b""
            self._step = self._size_line
            return end
        if found[:1] == b"\n":
            raise ParseError("HPE_CR_EXPECTED", "Missing expected CR after chunk data", start + 1)
        if found != b"\r":
            at = end - 1 if found[:1] == b"\r" else start
            raise ParseError("HPE_STRICT", "Expected LF after chunk data", at)
        self._begun = found
        return len(data)

    def _trailer_section(self, data: bytes, start: int, sink: Sink) -> int:
        known = len(self._begun)
        section = self._begun + data[start : start + 2 - known] if known < 2 else b""
        if section == b"\r\n":
            # Nearly always there are none.
            self.done = True
            return start + 2 - known
        # The end of the section may be split across two packets.
        section = self._begun + data[start:]
        end = section.find(b"\r\n\r\n", max(0, known - 3)) + 4
        self.done = end > 3
        section = section[:end] if self.done else section
        self._begun = section
        position = start + len(section) - known
        self.trailers = self._read_trailers(section, known, self.done, position - len(section))
        return position


def unchunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The data of a chunked body that was made here, as far as it goes."""
    body = ChunkedBody(lambda *_: [])
    for piece in pieces:
        found: list[bytes] = []
        body.feed(piece, 0, found.append)
        yield from found
