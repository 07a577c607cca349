"""Where a message's body ends: three readers that cut body bytes out of what arrives (RFC 9112 sections 6 and 7).

Strict on purpose. Two programs that read the end of a body differently can be made to see different requests in the
same bytes, so nothing is guessed: a chunk size is hexadecimal digits, a line ends with CRLF, a trailer is a well-formed
field. `feed` takes bytes from a position, hands body bytes to `sink`, and gives the position after what it used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from .errors import ParseError

Sink = Callable[[bytes], None]

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_VALUE = rb"[\t\x20-\x7e\x80-\xff]"
_EXTENSION = (
    rb";" + _TOKEN + rb"+(?:=(?:" + _TOKEN + rb"+|\"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\" + _VALUE + rb")*\"))?"
)

# One way to match each byte: a pattern with more is a way to keep the loop busy for hours.
_FIELD = re.compile(rb"(" + _TOKEN + rb"+):(" + _VALUE + rb"*)")
HEADER_BLOCK = re.compile(rb"(?:" + _TOKEN + rb"+:" + _VALUE + rb"*\r\n)*\r\n")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]+)(?:" + _EXTENSION + rb")*")
_CHUNK_LINE_BEGUN = re.compile(rb"[0-9A-Fa-f]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r?")
_FIELD_BEGUN = re.compile(_TOKEN + rb"*(?::" + _VALUE + rb"*)?\r?")

# They would change what has been read already (RFC 9110 section 6.5.1).
_NEVER_TRAILERS = frozenset({b"transfer-encoding", b"content-length"})

# One chunk's extensions, and with them its line, may be this long.
MAX_CHUNK_EXTENSIONS = 16384


class Body(Protocol):
    """A body being read; `trailers` are (name, value) pairs as received."""

    done: bool
    closes: bool
    trailers: list[tuple[bytes, bytes]]

    def feed(self, data: bytes, start: int, sink: Sink) -> int: ...
    def eof(self) -> None: ...


def _unexpected_eof() -> ParseError:
    return ParseError("HPE_INVALID_EOF_STATE", "")


class LengthBody:
    """A body of a known number of bytes."""

    closes = False

    def __init__(self, length: int) -> None:
        self._left = length
        self.done = False
        self.trailers: list[tuple[bytes, bytes]] = []

    def feed(self, data: bytes, start: int, sink: Sink) -> int:
        end = min(len(data), start + self._left)
        self._left -= end - start
        # Before the sink: a listener that looks must see the state after this chunk.
        self.done = not self._left
        sink(data[start:end] if end - start < len(data) else data)
        return end

    def eof(self) -> None:
        raise _unexpected_eof()


class UntilCloseBody:
    """A body that ends when the connection does."""

    done = False
    closes = True

    def __init__(self) -> None:
        self.trailers: list[tuple[bytes, bytes]] = []

    def feed(self, data: bytes, start: int, sink: Sink) -> int:
        sink(data[start:])
        return len(data)

    def eof(self) -> None:
        self.done = True


class ChunkedBody:
    """A chunked body: each chunk preceded by its size, the last followed by trailers (RFC 9112 section 7.1)."""

    def __init__(self, max_trailers_size: int, max_trailers: float) -> None:
        self.done = False
        # A trailer `Connection: close` ends the connection, as it would in the head.
        self.closes = False
        self.trailers: list[tuple[bytes, bytes]] = []
        self._max_trailers_size = max_trailers_size
        self._max_trailers = max_trailers
        self._trailers_size = 0
        self._line = b""
        self._left = 0
        self._step = self._size_line

    def feed(self, data: bytes, start: int, sink: Sink) -> int:
        while start < len(data) and not self.done:
            start = self._step(data, start, sink)
        return start

    def eof(self) -> None:
        raise _unexpected_eof()

    def _size_line(self, data: bytes, start: int, sink: Sink) -> int:
        line, end = self._take_line(data, start)
        if line is None:
            self._check_begun_size(len(data))
            return end
        size = _CHUNK_LINE.fullmatch(line)
        if size is None:
            raise _bad_chunk_line(line, start)
        if len(line) - len(size[1]) > MAX_CHUNK_EXTENSIONS:
            raise ParseError("HPE_CHUNK_EXTENSIONS_OVERFLOW", "Chunk extensions overflow", end)
        self._left = int(size[1], 16)
        if self._left >= 1 << 64:
            raise ParseError("HPE_INVALID_CHUNK_SIZE", "Chunk size overflow", end)
        self._step = self._data if self._left else self._trailer_line
        return end

    def _check_begun_size(self, position: int) -> None:
        if not _CHUNK_LINE_BEGUN.fullmatch(self._line):
            raise _bad_chunk_line(self._line, position)
        if len(self._line) > MAX_CHUNK_EXTENSIONS:
            raise ParseError("HPE_CHUNK_EXTENSIONS_OVERFLOW", "Chunk extensions overflow", position)

    def _data(self, data: bytes, start: int, sink: Sink) -> int:
        end = min(len(data), start + self._left)
        self._left -= end - start
        if not self._left:
            self._step = self._data_end
        sink(data[start:end])
        return end

    def _data_end(self, data: bytes, start: int, sink: Sink) -> int:
        found = self._line + data[start : start + 2 - len(self._line)]
        if not b"\r\n".startswith(found):
            raise ParseError("HPE_STRICT", "Expected LF after chunk data", start)
        end = start + len(found) - len(self._line)
        self._line = b"" if len(found) == 2 else found
        if len(found) == 2:
            self._step = self._size_line
        return end

    def _trailer_line(self, data: bytes, start: int, sink: Sink) -> int:
        line, end = self._take_line(data, start)
        if line is None:
            self._check_begun_trailer(len(data))
        elif line:
            self._add_trailer(line, start)
        else:
            self.done = True
        return end

    def _add_trailer(self, line: bytes, position: int) -> None:
        if self._trailers_size + len(line) > self._max_trailers_size + 1024:
            raise ParseError("HPE_HEADER_OVERFLOW", "Header overflow", position)
        field = _FIELD.fullmatch(line)
        if field is None:
            raise ParseError("HPE_INVALID_HEADER_TOKEN", "Invalid header token", position)
        name, value = field[1], field[2].strip(b" \t")
        if name.lower() in _NEVER_TRAILERS:
            raise ParseError("HPE_INVALID_TRANSFER_ENCODING", "Invalid `Transfer-Encoding` header value", position)
        if name.lower() == b"connection" and b"close" in value.lower():
            self.closes = True
        self.trailers.append((name, value))
        self._trailers_size += len(name) + len(value)
        if self._trailers_size >= self._max_trailers_size or len(self.trailers) > self._max_trailers:
            raise ParseError("HPE_HEADER_OVERFLOW", "Header overflow", position)

    def _check_begun_trailer(self, position: int) -> None:
        if not _FIELD_BEGUN.fullmatch(self._line):
            raise ParseError("HPE_INVALID_HEADER_TOKEN", "Invalid header token", position)
        if self._trailers_size + len(self._line) >= self._max_trailers_size:
            raise ParseError("HPE_HEADER_OVERFLOW", "Header overflow", position)

    def _take_line(self, data: bytes, start: int) -> tuple[bytes | None, int]:
        """The line up to CRLF and the position behind it; without a CRLF yet, what there is of it is kept."""
        if self._line.endswith(b"\r") and data[start : start + 1] == b"\n":
            line, self._line = self._line[:-1], b""
            return line, start + 1
        end = data.find(b"\r\n", start)
        if end < 0:
            self._line += data[start:]
            return None, len(data)
        line, self._line = self._line + data[start:end], b""
        return line, end + 2


def _bad_chunk_line(line: bytes, position: int) -> ParseError:
    digits = len(line) - len(line.lstrip(b"0123456789abcdefABCDEF"))
    if not digits or line[digits : digits + 1] not in (b";", b"\n", b"\r"):
        return ParseError("HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size", position + digits)
    if line[digits : digits + 1] == b";":
        return ParseError("HPE_STRICT", "Invalid character in chunk extensions", position + digits)
    return ParseError("HPE_CR_EXPECTED", "Missing expected CR after chunk size", position + digits)
