"""Where a message's body ends: three readers that cut body bytes out of what arrives (RFC 9112 sections 6 and 7).

Strict on purpose. Two programs that read the end of a body differently can be made to see different requests in the
same bytes, so nothing is guessed: a chunk size is hexadecimal digits, a line ends with CRLF. `feed` takes bytes from a
position, hands body bytes to `sink`, and gives the position after what it used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from .errors import ParseError

Sink = Callable[[bytes], None]
Trailers = list[tuple[bytes, bytes]]
# Checks a trailer section, complete or not, that stands at a position of what was received, and takes it apart.
TrailerReader = Callable[[bytes, bool, int], Trailers]

# One chunk's extensions, their names and values, may be this long.
MAX_CHUNK_EXTENSIONS = 16384
# What stands between them does not count, but there must be an end to it.
_MAX_CHUNK_LINE = 4 * MAX_CHUNK_EXTENSIONS

# Possessive throughout: a pattern that goes back over what it has read is a way to keep the loop busy for hours.
_PLAIN_LINE = re.compile(rb"[0-9A-Fa-f]{1,16}+\r\n")
_SIZE = re.compile(rb"0*+([0-9A-Fa-f]*+)")
_NAME = rb";(?![ \r])[!#$%&'*+\-.^_`|~0-9A-Za-z]*+"
_VALUE = rb"=[!#$%&'*+\-.^_`|~0-9A-Za-z]*+"
_QUOTED = rb"\"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*+"
_EXTENSIONS = rb"[0-9A-Fa-f]++(?:" + _NAME + rb"(?:" + _VALUE + rb"(?:" + _QUOTED + rb"\")?+)?+(?=[;\r]))*+"
_COUNTED = re.compile(rb";([^;=\r]*+)(?:=((?:[^;\r\"]|" + _QUOTED + rb"\"?)*+))?+")

# What a chunk's first line may look like up to the byte that is wrong; whether llhttp points at that byte or behind it.
_WRONG = [
    (re.compile(pattern), code, reason, behind)
    for pattern, code, reason, behind in (
        (rb"[0-9A-Fa-f]++\n", "HPE_CR_EXPECTED", "Missing expected CR after chunk size", 1),
        (rb"[0-9A-Fa-f]++[ \t]", "HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size", 1),
        (rb"[0-9A-Fa-f]++[^;\r]|[^0-9A-Fa-f]", "HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size", 0),
        (_EXTENSIONS + rb"\r[^\n]", "HPE_STRICT", "Expected LF after chunk size", 0),
        (_EXTENSIONS + rb";[ \r]", "HPE_STRICT", "Invalid character in chunk extensions", 1),
        (_EXTENSIONS + _NAME + rb"\n", "HPE_CR_EXPECTED", "Missing expected CR after chunk extension name", 0),
        (_EXTENSIONS + _NAME + rb"[^=;\r]", "HPE_STRICT", "Invalid character in chunk extensions name", 1),
        (
            _EXTENSIONS + _NAME + _VALUE + rb"(?:" + _QUOTED + rb"\")?+\n",
            "HPE_CR_EXPECTED",
            "Missing expected CR after chunk extension value",
            0,
        ),
        (
            _EXTENSIONS + _NAME + _VALUE + rb"[^\";\r]",
            "HPE_STRICT",
            "Invalid character in chunk extensions value",
            1,
        ),
        (
            _EXTENSIONS + _NAME + _VALUE + _QUOTED + rb"\\[^\t\x20-\x7e\x80-\xff]",
            "HPE_STRICT",
            "Invalid quoted-pair in chunk extensions quoted value",
            1,
        ),
        (
            _EXTENSIONS + _NAME + _VALUE + _QUOTED + rb"[^\"\\]",
            "HPE_STRICT",
            "Invalid character in chunk extensions quoted value",
            1,
        ),
        (
            _EXTENSIONS + _NAME + _VALUE + _QUOTED + rb"\"[^;\r]",
            "HPE_STRICT",
            "Invalid character in chunk extensions quote value",
            0,
        ),
    )
]


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
        # The line, or the trailer section, whose end has not come yet.
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
        line, end = self._take_until(b"\r\n", data, start)
        if not _PLAIN_LINE.fullmatch(line):
            check_chunk_line(line, end - len(line))
        if line.endswith(b"\r\n"):
            self._left = int(line[:-2].partition(b";")[0], 16)
            self._step = self._data if self._left else self._trailer_section
        else:
            self._begun = line
        return end

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
        # Without trailers the section is one empty line.
        mark = b"\r\n" if b"\r\n".startswith(self._begun + data[start : start + 2 - len(self._begun)]) else b"\r\n\r\n"
        section, end = self._take_until(mark, data, start)
        complete = section.endswith(mark)
        self.trailers = self._read_trailers(section, complete, end - len(section))
        self.done = complete
        if not complete:
            self._begun = section
        return end

    def _take_until(self, mark: bytes, data: bytes, start: int) -> tuple[bytes, int]:
        """What had begun and what there is of its rest, up to and with `mark`, and the position behind it."""
        begun, self._begun = self._begun, b""
        # The mark may be split across two packets.
        overlap = begun[1 - len(mark) :]
        found = (overlap + data[start:]).find(mark) - len(overlap) + start if overlap else data.find(mark, start)
        end = len(data) if found < start - len(overlap) else found + len(mark)
        return begun + data[start:end], end


def check_chunk_line(line: bytes, base: int) -> None:
    """Raise what is wrong with the first line of a chunk, which may not be complete and stands at position `base`."""
    faults = [ParseError(code, reason, base + at) for at, code, reason in _chunk_line_faults(line)]
    if faults:
        raise min(faults, key=lambda fault: fault.bytesParsed)


def _chunk_line_faults(line: bytes) -> list[tuple[int, str, str]]:
    faults = []
    size = _SIZE.match(line)
    if size is not None and len(size[1]) > 16:
        faults.append((size.start(1) + 17, "HPE_INVALID_CHUNK_SIZE", "Chunk size overflow"))
    for pattern, code, reason, behind in _WRONG:
        found = pattern.match(line)
        if found is not None:
            faults.append((found.end() - 1 + behind, code, reason))
            break
    if len(line) > MAX_CHUNK_EXTENSIONS:
        at = _extensions_overflow(line)
        if at is not None:
            faults.append((at, "HPE_CHUNK_EXTENSIONS_OVERFLOW", "Chunk extensions overflow"))
    return faults


def _extensions_overflow(line: bytes) -> int | None:
    """Where the extensions in `line` are too long; None if they are not."""
    length = 0
    for extension in _COUNTED.finditer(line):
        for group in (1, 2):
            length += max(0, extension.end(group) - extension.start(group))
            if length > MAX_CHUNK_EXTENSIONS:
                quoted = group == 2 and extension[2].endswith(b'"')
                return min(extension.end(group) + (not quoted), len(line))
    return len(line) if len(line) > _MAX_CHUNK_LINE else None
