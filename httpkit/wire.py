"""The wire: aiohttp's parsers turn bytes into heads, `bodies` cuts out what follows them.

The only file that imports aiohttp. Its C parser is given heads and nothing else, because what it does after a head
cannot be trusted with other people's requests (measured on 3.14): the last trailer of a chunked message comes back as
the first header of the next one, trailers are not exposed, chunk extensions have no limit, 2^64-1 as Content-Length is
an empty body, and an error throws away every message of the same read. Fed one head at a time, with a fresh parser
after each message that has a body, it has none of these.

It refuses heads that Node reads: it wants a Host, Content-Type once, and targets that yarl likes. Such a head is read
again with other words of the same length in their place. Where it is lenient, the bytes are looked at here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from aiohttp import hdrs
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpRequestParser, HttpResponseParser, RawRequestMessage, RawResponseMessage
from aiohttp.http_exceptions import BadHttpMessage

from . import parse_errors as heads
from .bodies import Body, ChunkedBody, LengthBody, Trailers, UntilCloseBody, unexpected_eof
from .constants import MAX_HEADER_SIZE
from .errors import ParseError
from .parse_errors import Fault, refusal

Message = TypeVar("Message", RawRequestMessage, RawResponseMessage)
Heard_contra = TypeVar("Heard_contra", RawRequestMessage, RawResponseMessage, contravariant=True)
RequestHead = RawRequestMessage
ResponseHead = RawResponseMessage

EXPECT = hdrs.EXPECT

# The parser has limits of its own per line; Node's limit is on the whole head and is applied here.
_LIMITS: dict[str, Any] = dict.fromkeys(("max_line_size", "max_headers", "max_field_size"), 1 << 30)
# Header lines of one head, when the limit is not set: what Node really does (2000 is documented).
MAX_HEADER_LINES = 1000
# Spaces, colons and line ends do not count towards the size of a head, but there must be an end to them.
_MAX_UNCOUNTED = 65536

_NOT_CHUNKED = "Request has invalid `Transfer-Encoding`"
_CLOSE = re.compile(rb"(?:^|,)[ \t]*close[ \t]*(?:$|,)", re.IGNORECASE)

# What stands before header lines, and before trailers, whose faults are looked for.
_BEFORE_FIELDS = b"GET / HTTP/1.0\r\n"
_BEFORE_TRAILERS = b"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"


class Sink(Protocol[Heard_contra]):
    """Who hears what is read. `head` gives False to go on, True to stop: what follows is not HTTP."""

    def head(self, message: Heard_contra, has_body: bool, /) -> bool: ...
    def body(self, chunk: bytes, /) -> None: ...
    def end(self, trailers: list[tuple[bytes, bytes]], /) -> None: ...


class Reader(Generic[Message]):
    """Reads one direction of a connection: bytes in, heads, body chunks and trailers out to the sink.

    `relaxed` lets control characters other than NUL, CR and LF pass in header values. Raises ParseError; nothing can be
    read after one. After a head for which the sink answered True, `rest` holds the bytes behind it.
    """

    is_request: bool

    def __init__(
        self,
        sink: Sink[Message],
        loop: asyncio.AbstractEventLoop,
        max_header_size: int = 0,
        max_headers: int | None = None,
        relaxed: bool = False,
    ) -> None:
        self._sink: Sink[Message] = sink
        self._loop = loop
        self._max_header_size = max_header_size or MAX_HEADER_SIZE
        # 0 is Node's word for no limit.
        self._max_headers: float = MAX_HEADER_LINES if max_headers is None else max_headers or float("inf")
        # A client drops lines that are too many.
        self._most_lines = self._max_headers if self.is_request else float("inf")
        self._relaxed = relaxed
        self._parser: Any = None
        # The last head that was a whole message, and the message: what a client sends, it often sends again.
        self._repeated: bytes | None = None
        self._repeated_message: Any = None
        self._begun = b""
        # A shorter head, or trailer section, that has begun cannot be too large.
        self._check_at = 0.0
        # The parser was given other words than those that came.
        self._reworded = False
        self._body: Body | None = None
        self._closing = False
        self._declined = False
        self.stopped = False
        self.rest = b""

    @property
    def has_begun(self) -> bool:
        """Whether part of a head is there."""
        return bool(self._begun)

    @property
    def in_body(self) -> bool:
        return self._body is not None

    def feed(self, data: bytes) -> None:
        try:
            if self.stopped:
                self.rest += data
            elif self._body is not None or self._begun or self._closing:
                self._feed_parts(data)
            elif data == self._repeated:
                # Polling, health checks, keep-alive clients: the same bytes mean the same message.
                self._sink.head(self._repeated_message, False)
            elif data.find(b"\r\n\r\n") + 4 == len(data) > 4 and data[0] > 13:
                # Nearly always one head and nothing else arrives, no empty line either: then this is all it costs.
                self._complete_head(data, 0)
            else:
                self._feed_parts(data)
        except ParseError as err:
            err.rawPacket = data
            raise

    def eof(self) -> None:
        """The peer sends no more. Raises ParseError where a message was not complete."""
        body = self._body
        if body is not None:
            body.eof()
            self._end_body(body)
        elif self._begun:
            raise unexpected_eof()

    # --- from packet to packet

    def _feed_parts(self, data: bytes) -> None:
        position = 0
        self._declined = self._declined and self._body is not None
        while position < len(data):
            body = self._body
            if body is not None:
                position = body.feed(data, position, self._sink.body)
                if body.done:
                    self._end_body(body)
            elif self.stopped:
                self.rest += data[position:]
                return
            elif self._declined:
                # Was it meant for the protocol that was declined, or is it a request? Node drops it. The answer to a
                # later request could be taken for the answer to this one, so there must not be any.
                self._closing = bool(data[position:].strip(b"\r\n"))
                return
            else:
                position = self._feed_head(data, position)

    def _end_body(self, body: Body) -> None:
        self._body = None
        if any(name.lower() == b"connection" and _CLOSE.search(value) for name, value in body.trailers):
            self._closing = True
        self._sink.end(body.trailers)

    def _feed_head(self, data: bytes, start: int) -> int:
        if not self._begun:
            start = _skip_blank_lines(data, start)
            if start == len(data):
                return start
            if self._closing:
                raise refusal((1, "Data after `Connection: close`"), start)
        # The end of the head may be split across two packets.
        overlap = self._begun[-3:]
        end = (overlap + data[start:]).find(b"\r\n\r\n") if overlap else data.find(b"\r\n\r\n", start) - start
        if end < 0:
            self._begin_head(data[start:], start)
            return len(data)
        end += start + 4 - len(overlap)
        self._complete_head(data[start:end], start)
        return end

    def _begin_head(self, part: bytes, start: int) -> None:
        """Part of a head: it is read at once, so that garbage is refused before it is complete."""
        base = start - len(self._begun)
        if not self._begun:
            self._expect_size()
        self._begun += part
        head = self._begun
        if len(head) >= self._check_at and self._size_fault(head, self.is_request):
            raise self._refusal(head, base)
        self._check_begun(head, len(head) - len(part), base)
        if self._parser is None:
            self._parser = self._new_parser()
        try:
            found = self._parser.feed_data(self._begun_words(part))[0]
        except BadHttpMessage:
            found = self._read_again(head, base)
        if found:
            # Only a head with a bare LF is complete by now.
            raise self._refusal(head, base)

    def _complete_head(self, part: bytes, start: int) -> None:
        head = part
        if self._begun:
            start -= len(self._begun)
            head, self._begun = self._begun + part, b""
        if len(head) >= self._max_header_size and self._size_fault(head, self.is_request):
            raise self._refusal(head, start)
        parser = self._parser
        if parser is None:
            parser = self._parser = self._new_parser()
        try:
            found = parser.feed_data(part)[0]
        except BadHttpMessage:
            found = self._read_again(head, start)
        if not found:
            # The preface of HTTP/2 is the one head that leads to no message; six bytes of it are still to come.
            raise refusal((len(head) + 6, "Pause on PRI/Upgrade"), start)
        message = found[0][0]
        if self._reworded:
            message = self._restored(message, head)
        if len(message.raw_headers) > self._max_headers:
            message = self._without_excess(message, head, start)
        self._body = body = self._body_of(message, head, start)
        self._closing = message.should_close
        special = body is not None or message.upgrade or self._reworded or not self.is_request
        if special:
            # It waits for a body that it will not be given (of a response to HEAD, too), or was told other words.
            self._parser = None
        elif not message.should_close:
            self._repeated, self._repeated_message = head, message
        self.stopped = self._sink.head(message, body is not None)
        if special:
            self._after_special(bool(message.upgrade), start + len(head))

    def _after_special(self, upgrade: bool, position: int) -> None:
        if self._reworded:
            # What was found about this head does not hold for the one before it.
            self._reworded = False
            self._repeated = None
        self._declined = upgrade and not self.stopped
        if self.stopped:
            self._body = None
        elif self.is_request and isinstance(self._body, UntilCloseBody):
            raise refusal((0, _NOT_CHUNKED), position)

    # --- limits

    def _expect_size(self) -> None:
        # A line has a name, a colon and two bytes at its end.
        self._check_at = min(self._max_header_size, 4 * self._most_lines)

    def _size_fault(self, head: bytes, is_request: bool | None) -> Fault | None:
        """Where a head, or part of one, becomes too large; notes how long it must get before it can."""
        size = lines = 0
        for size, lines, position in heads.sizes(head, is_request):
            if size >= self._max_header_size or lines > self._most_lines:
                return position, "Header overflow"
        if len(head) > 4 * self._max_header_size + _MAX_UNCOUNTED:
            return len(head), "Header overflow"
        self._check_at = len(head) + min(self._max_header_size - size, 4 * (self._most_lines - lines))
        return None

    # --- trailers

    def _chunked(self) -> Body:
        self._expect_size()
        return ChunkedBody(self._trailers)

    def _trailers(self, section: bytes, known: int, complete: bool, base: int) -> Trailers:
        """The trailers in a section that has come as far as this. Raises ParseError."""
        size_fault = self._size_fault(b"\n" + section, None) if len(section) >= self._check_at else None
        well_formed = heads.well_formed(section, known, complete=complete, relaxed=self._relaxed)
        if size_fault or not well_formed or heads.has_framing(section, 0 if complete else known):
            found = [size_fault and (size_fault[0] - 1, size_fault[1]), self._fault_of_trailers(section)]
            unknown = None if well_formed else (len(section), "Invalid header token")
            if fault := heads.earliest(*found) or unknown:
                raise refusal(fault, base)
        return heads.pairs(section)[: int(min(self._max_headers, len(section)))] if complete else []

    # --- faults

    def _refusal(self, head: bytes, base: int) -> ParseError:
        """What is wrong with a head, or part of one: the first of all that can be found."""
        fault = heads.earliest(self._size_fault(head, self.is_request), *self._faults(head))
        return refusal(fault or heads.request_line_fault(head) or (len(head), "Invalid header token"), base, head)

    def _fault_of_fields(self, before: bytes, fields: bytes, *names: bytes) -> Fault | None:
        """What a strict parser has against header lines; those called as `names` may say what they like."""
        lines = heads.rename(b"\n" + fields, heads.REPEATABLE, heads.HOST, *names)
        if self._relaxed:
            lines = heads.replace_controls(lines)
        head = before + lines[1:]
        fault = heads.first_fault(_objection(self._new_request_parser), head) or heads.coding_fault(head)
        return fault and (fault[0] - len(before), fault[1])

    def _new_request_parser(self) -> Any:
        return HttpRequestParser(BaseProtocol(self._loop), self._loop, 2**16, **_LIMITS, auto_decompress=False)

    # --- what requests and responses differ in

    def _new_parser(self) -> Any:
        raise NotImplementedError

    def _faults(self, head: bytes) -> Iterator[Fault | None]:
        """What may be wrong with a head that was refused."""
        raise NotImplementedError

    def _fault_of_trailers(self, section: bytes) -> Fault | None:
        raise NotImplementedError

    def _check_begun(self, head: bytes, known: int, base: int) -> None:
        """Refuse what aiohttp would let pass in a head that has begun; up to `known` it was looked at."""
        raise NotImplementedError

    def _begun_words(self, part: bytes) -> bytes:
        """Part of a head in words for aiohttp."""
        return part

    def _read_again(self, head: bytes, base: int) -> Any:
        """What Node makes of a head, or part of one, that aiohttp refuses. Raises ParseError where Node refuses it."""
        raise self._refusal(head, base)

    def _restored(self, message: Message, head: bytes) -> Message:
        """The message that was read from other words, in its own."""
        return message

    def _without_excess(self, message: Message, head: bytes, base: int) -> Message:
        """A head with more lines than are allowed."""
        raise NotImplementedError

    def _body_of(self, message: Message, head: bytes, base: int) -> Body | None:
        """How the body after a head is delimited; None where there is none. Raises what aiohttp lets pass."""
        raise NotImplementedError


class RequestReader(Reader[RawRequestMessage]):
    """Reads the requests a client sends."""

    is_request = True

    # Set for a head without Host (HTTP/1.1), which aiohttp refuses and Node lets the server decide about.
    host_missing = False

    _not_chunked = False

    def _new_parser(self) -> Any:
        self.host_missing = False
        return self._new_request_parser()

    def _faults(self, head: bytes) -> Iterator[Fault | None]:
        yield heads.target_fault(head)
        yield heads.coding_fault(head)
        yield heads.first_fault(_objection(self._new_request_parser), self._other_words(head))

    def _fault_of_trailers(self, section: bytes) -> Fault | None:
        return self._fault_of_fields(_BEFORE_TRAILERS, section)

    def _check_begun(self, head: bytes, known: int, base: int) -> None:
        in_first_line = b"\n" not in head[:known]
        if (in_first_line and heads.target_fault(head)) or heads.coding_fault(head, known):
            raise self._refusal(head, base)

    def _begun_words(self, part: bytes) -> bytes:
        words = heads.replace_controls(part) if self._relaxed else part
        self._reworded = self._reworded or words != part
        return words

    def _other_words(self, head: bytes, coding: bytes = heads.CODING_BEFORE_ANOTHER) -> bytes:
        """The head in words that aiohttp can only refuse where Node refuses it, too."""
        if self._relaxed:
            head = heads.replace_controls(head)
        return heads.add_host(heads.rename(heads.replace_target(head), heads.REPEATABLE, coding))

    def _read_again(self, head: bytes, base: int) -> Any:
        self._reworded = True
        self._not_chunked = False
        self._parser = self._new_parser()
        try:
            return self._parser.feed_data(self._other_words(head))[0]
        except BadHttpMessage as exc:
            if not str(exc.message).startswith(_NOT_CHUNKED):
                raise self._refusal(head, base) from None
        self._not_chunked = True
        self._parser = self._new_parser()
        return self._parser.feed_data(self._other_words(head, heads.CODING))[0]

    def _restored(self, message: RawRequestMessage, head: bytes) -> RawRequestMessage:
        self.host_missing = message.version == (1, 1) and not heads.has_host(head)
        fields = heads.pairs(head[head.find(b"\n") + 1 :])
        return message._replace(path=heads.target_of(head), raw_headers=tuple(fields))

    def _without_excess(self, message: RawRequestMessage, head: bytes, base: int) -> RawRequestMessage:
        raise self._refusal(head, base)

    def _body_of(self, message: RawRequestMessage, head: bytes, base: int) -> Body | None:
        path = message.path or ""
        plain = path[:1] == "/" and path.isascii() and path.isprintable() and not message.should_close
        if not plain and (heads.target_fault(head) or heads.request_line_fault(head)):
            raise self._refusal(head, base)
        headers = message.headers
        if message.chunked or self._reworded or hdrs.TRANSFER_ENCODING in headers:
            if heads.coding_fault(head):
                raise self._refusal(head, base)
            if message.chunked:
                return self._chunked()
            if self._not_chunked or hdrs.TRANSFER_ENCODING in headers:
                # Nobody can tell where it ends: the request is told and refused (RFC 9112 section 6.3).
                return UntilCloseBody()
        # A tunnel has no body: its bytes belong to whoever takes the tunnel (RFC 9110 section 9.3.6).
        if hdrs.CONTENT_LENGTH not in headers or message.method == "CONNECT":
            return None
        length = int(headers[hdrs.CONTENT_LENGTH])
        return LengthBody(length) if length else None


class ResponseReader(Reader[RawResponseMessage]):
    """Reads the responses a server sends; `method` is that of the request they answer."""

    is_request = False

    def __init__(
        self,
        sink: Sink[RawResponseMessage],
        loop: asyncio.AbstractEventLoop,
        method: str,
        max_header_size: int = 0,
        max_headers: int | None = None,
        relaxed: bool = False,
    ) -> None:
        super().__init__(sink, loop, max_header_size, max_headers, relaxed)
        self._method = method

    def _new_parser(self) -> Any:
        return HttpResponseParser(
            BaseProtocol(self._loop), self._loop, 2**16, **_LIMITS, read_until_eof=True, auto_decompress=False
        )

    def _faults(self, head: bytes) -> Iterator[Fault | None]:
        yield heads.status_line_fault(head)
        yield heads.coding_fault(head)
        start = head.find(b"\n") + 1
        found = self._fault_of_fields(_BEFORE_FIELDS, head[start:], heads.CODING) if start else None
        yield found and (start + found[0], found[1])
        yield heads.first_fault(_objection(self._new_parser), head)

    def _fault_of_trailers(self, section: bytes) -> Fault | None:
        return self._fault_of_fields(_BEFORE_TRAILERS, section, heads.CODING)

    def _check_begun(self, head: bytes, known: int, base: int) -> None:
        first = head.find(b"\n") + 1
        if first and not self._is_fine(head, max(first, known), complete=False):
            raise self._refusal(head, base)

    def _is_fine(self, head: bytes, known: int, *, complete: bool) -> bool:
        """Whether lines that aiohttp reads leniently are what they must be."""
        if heads.status_line_fault(head) or heads.coding_fault(head, known):
            return False
        return heads.well_formed(head, known, complete=complete, relaxed=self._relaxed)

    def _without_excess(self, message: RawResponseMessage, head: bytes, base: int) -> RawResponseMessage:
        kept = message.raw_headers[: int(self._max_headers)]
        facts = message.version, message.code, message.reason, message.headers, kept
        return RawResponseMessage(*facts, message.should_close, message.compression, message.upgrade, message.chunked)

    def _body_of(self, message: RawResponseMessage, head: bytes, base: int) -> Body | None:
        if not self._is_fine(head, head.find(b"\n") + 1, complete=True):
            raise self._refusal(head, base)
        status = message.code
        if self._method in ("HEAD", "CONNECT") or status < 200 or status in (204, 304):
            return None
        if message.chunked:
            return self._chunked()
        length = message.headers.get(hdrs.CONTENT_LENGTH)
        if hdrs.TRANSFER_ENCODING in message.headers or length is None:
            return UntilCloseBody()
        return LengthBody(int(length)) if int(length) else None


def _objection(new_parser: Callable[[], Any]) -> heads.Objection:
    """What a parser has against what it is fed, None if nothing."""

    def objection(data: bytes) -> str | None:
        try:
            new_parser().feed_data(data)
        except BadHttpMessage as exc:
            return str(exc.message)
        return None

    return objection


def _skip_blank_lines(data: bytes, start: int) -> int:
    while start < len(data) and data[start] in b"\r\n":
        start += 1
    return start


def latin1(text: str) -> str:
    """Text that aiohttp decoded as UTF-8, decoded as Node does: one character for each byte."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")
