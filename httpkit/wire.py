"""The wire: aiohttp's parsers turn bytes into heads, `bodies` cuts out what follows them.

The only file that imports aiohttp. Its C parser is given heads and nothing else, because what it does after a head
cannot be trusted with other people's requests (measured on 3.14): the last trailer of a chunked message comes back as
the first header of the next one, trailers are not exposed, chunk extensions have no limit, 2^64-1 as Content-Length is
an empty body, and an error throws away every message of the same read. Fed one head at a time, with a fresh parser
after each message that has a body, it has none of these.

It is stricter than Node in a few heads that Node's users send (`OPTIONS *`-like targets, a missing Host, which Node
answers in its own way): those get a second reading.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, Generic, Protocol, TypeVar

from aiohttp import hdrs
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpRequestParser, HttpResponseParser, RawRequestMessage, RawResponseMessage
from aiohttp.http_exceptions import BadHttpMessage, InvalidURLError

from .bodies import HEADER_BLOCK, Body, ChunkedBody, LengthBody, UntilCloseBody
from .constants import MAX_HEADER_SIZE
from .errors import ParseError
from .parse_errors import refusal

Message = TypeVar("Message", RawRequestMessage, RawResponseMessage)
Heard_contra = TypeVar("Heard_contra", RawRequestMessage, RawResponseMessage, contravariant=True)
RequestHead = RawRequestMessage
ResponseHead = RawResponseMessage

EXPECT = hdrs.EXPECT

# The parser has limits of its own per line; Node's limit is on the whole head and is applied here.
_LIMITS: dict[str, Any] = dict.fromkeys(("max_line_size", "max_headers", "max_field_size"), 1 << 30)
# Header lines of one head, when the limit is not set: what Node really does (2000 is documented).
MAX_HEADER_LINES = 1000

_AUTHORITY = re.compile(r"[\x21-\x7e]+")
_TARGET = re.compile(r"(?:/|\*|[A-Za-z]+://)[\x21-\x7e]*")
# Headers aiohttp wants once, where Node takes the first: all but those that say who is meant and where the body ends.
_REPEATABLE = frozenset(
    {b"content-type", b"user-agent", b"etag", b"server", b"content-location", b"content-range", b"max-forwards"}
)
_RENAMED = b"x-httpkit-"
_BARE_LF = re.compile(rb"(?<!\r)\n")


class Sink(Protocol[Heard_contra]):
    """Who hears what is read. `head` gives False to go on, True to stop: what follows is not HTTP."""

    def head(self, message: Heard_contra, has_body: bool, /) -> bool: ...
    def body(self, chunk: bytes, /) -> None: ...
    def end(self, trailers: list[tuple[bytes, bytes]], /) -> None: ...


class Reader(Generic[Message]):
    """Reads one direction of a connection: bytes in, heads, body chunks and trailers out to the sink.

    Raises ParseError; nothing can be read after one. After a head for which the sink answered True, `rest` holds
    the bytes behind it.
    """

    is_request: bool

    def __init__(
        self,
        sink: Sink[Message],
        loop: asyncio.AbstractEventLoop,
        max_header_size: int = 0,
        max_headers: int | None = None,
    ) -> None:
        self._sink: Sink[Message] = sink
        self._loop = loop
        self._max_header_size = max_header_size or MAX_HEADER_SIZE
        # 0 is Node's word for no limit.
        self._max_headers: float = MAX_HEADER_LINES if max_headers is None else max_headers or float("inf")
        self._parser: Any = None
        # The last head that was a whole message, and the message: what a client sends, it often sends again.
        self._repeated: bytes | None = None
        self._repeated_message: Any = None
        self._begun = b""
        # What aiohttp alone has against the head that has begun: it is read again when it is complete.
        self._refused: BadHttpMessage | None = None
        self._body: Body | None = None
        self._closing = False
        self._declined = False
        self.stopped = False
        self.rest = b""

    @property
    def in_body(self) -> bool:
        return self._body is not None

    def feed(self, data: bytes) -> None:
        try:
            if self._body is not None or self._begun:
                self._feed_parts(data)
            elif self._closing:
                # The peer said that it was done; what it sends in a later packet is nobody's.
                pass
            elif data == self._repeated:
                # Polling, health checks, keep-alive clients: the same bytes mean the same message.
                self._sink.head(self._repeated_message, False)
            elif data.find(b"\r\n\r\n") + 4 == len(data) > 4:
                # Nearly always one head and nothing else arrives: then a single find is all it costs.
                self._complete_head(data, 0)
            else:
                self._feed_parts(data)
        except ParseError as err:
            err.rawPacket = data
            raise

    def _feed_parts(self, data: bytes) -> None:
        position = 0
        while position < len(data):
            body = self._body
            if body is not None:
                position = body.feed(data, position, self._sink.body)
                if body.done:
                    self._body = None
                    self._closing = self._closing or body.closes
                    self._sink.end(body.trailers)
            elif self.stopped:
                self.rest = data[position:]
                return
            else:
                position = self._feed_head(data, position)
                if self._declined and position < len(data):
                    # Was it meant for the protocol that we declined, or is it a request? Nobody can tell.
                    self._closing = True

    def _feed_head(self, data: bytes, start: int) -> int:
        if not self._begun:
            start = _skip_blank_lines(data, start)
            if start == len(data):
                return start
            if self._closing:
                raise ParseError("HPE_CLOSED_CONNECTION", "Data after `Connection: close`", start)
        # The end of the head may be split across two packets.
        overlap = self._begun[-3:]
        end = (overlap + data[start:]).find(b"\r\n\r\n") if overlap else data.find(b"\r\n\r\n", start) - start
        if end < 0:
            return self._begin_head(data, start)
        end += start + 4 - len(overlap)
        self._complete_head(data[start:end], start)
        return end

    def _begin_head(self, data: bytes, start: int) -> int:
        """Part of a head: the parser sees it at once, so that garbage is refused before it is complete."""
        part = data[start:]
        self._begun += part
        if len(self._begun) >= self._max_header_size:
            self._check_size(self._begun, len(data))
        self._check_begun(self._begun, start)
        if self._parser is None:
            self._parser = self._new_parser()
        if self._refused is None:
            try:
                self._parser.feed_data(part)
            except InvalidURLError as exc:
                self._refused = exc
            except BadHttpMessage as exc:
                raise refusal(str(exc.message), part, start, is_request=self.is_request) from None
        return len(data)

    def _complete_head(self, part: bytes, start: int) -> None:
        head, self._begun = self._begun + part if self._begun else part, b""
        if len(head) >= self._max_header_size:
            self._check_size(head, start + len(part))
        parser = self._parser
        if parser is None:
            parser = self._parser = self._new_parser()
        try:
            if self._refused is not None:
                raise self._refused
            found = parser.feed_data(part)[0]
        except BadHttpMessage as exc:
            found = self._read_again(head, exc)
            if not found:
                raise refusal(str(exc.message), part, start, is_request=self.is_request) from None
        if not found:
            # The preface of HTTP/2 is the one head that leads to no message.
            raise ParseError("HPE_PAUSED_H2_UPGRADE", "Pause on PRI/Upgrade", start)
        message, payload = found[0]
        if len(message.raw_headers) > self._max_headers:
            message = self._without_excess(message, head)
        self._body = body = self._body_of(message, payload, head)
        if body is not None or message.upgrade or self._refused is not None or not self.is_request:
            # It waits for a body that it will not be given (of a response to HEAD, too), or it gave up.
            self._parser = self._refused = None
        elif self._parser is not None and not message.should_close:
            self._repeated, self._repeated_message = head, message
        self._closing = message.should_close
        self.stopped = self._sink.head(message, body is not None)
        if self.stopped:
            self._body = None
        self._declined = bool(message.upgrade) and not self.stopped and body is None

    def _check_size(self, head: bytes, position: int) -> None:
        """Node counts the target, the names and the values, but not what stands between them."""
        lines = head.split(b"\r\n")
        size = len(self._counted(lines[0]))
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            size += len(name) + len(value.strip(b" \t"))
        too_long = size >= self._max_header_size or len(head) > 4 * self._max_header_size + 65536
        if too_long:
            raise ParseError("HPE_HEADER_OVERFLOW", "Header overflow", position)

    def _read_again(self, head: bytes, exc: BadHttpMessage) -> list[tuple[Message, Any]]:
        """What Node makes of a head that only aiohttp refuses; empty where Node refuses it, too."""
        return []

    def eof(self) -> None:
        """The peer sends no more. Raises ParseError where a message was not complete."""
        body = self._body
        if body is not None:
            body.eof()
            self._body = None
            self._sink.end(body.trailers)
        elif self._begun:
            raise ParseError("HPE_INVALID_EOF_STATE", "")

    def _new_parser(self) -> Any:
        raise NotImplementedError

    def _counted(self, first_line: bytes) -> bytes:
        """The part of the first line that counts towards the size of the head."""
        raise NotImplementedError

    def _check_begun(self, head: bytes, position: int) -> None:
        """Refuse what aiohttp would let pass in a head that may not be complete yet."""

    def _without_excess(self, message: Message, head: bytes) -> Message:
        """A head with more lines than are allowed."""
        raise NotImplementedError

    def _body_of(self, message: Message, payload: Any, head: bytes) -> Body | None:
        """How the body after a head is delimited; None where there is none. Raises what aiohttp lets pass."""
        raise NotImplementedError

    def _chunked(self) -> Body:
        return ChunkedBody(self._max_header_size, self._max_headers)


class RequestReader(Reader[RawRequestMessage]):
    """Reads the requests a client sends."""

    is_request = True

    # Set for a head without Host (HTTP/1.1), which aiohttp refuses and Node lets the server decide about.
    host_missing = False

    def _new_parser(self) -> Any:
        self.host_missing = False
        return HttpRequestParser(BaseProtocol(self._loop), self._loop, 2**16, **_LIMITS, auto_decompress=False)

    def _counted(self, first_line: bytes) -> bytes:
        return first_line.split(b" ")[1] if b" " in first_line else first_line

    def _without_excess(self, message: RawRequestMessage, head: bytes) -> RawRequestMessage:
        raise ParseError("HPE_HEADER_OVERFLOW", "Header overflow", len(head))

    def _body_of(self, message: RawRequestMessage, payload: Any, head: bytes) -> Body | None:
        path = message.path
        if path[:1] != "/" or not (path.isascii() and path.isprintable()):
            _check_target(path, head, _AUTHORITY if message.method == "CONNECT" else _TARGET)
        if message.chunked:
            return self._chunked()
        headers = message.headers
        if hdrs.TRANSFER_ENCODING in headers:
            # Empty, or only commas: aiohttp takes it for none.
            raise ParseError("HPE_INVALID_TRANSFER_ENCODING", "Request has invalid `Transfer-Encoding`", len(head))
        # A tunnel has no body: its bytes belong to whoever takes the tunnel (RFC 9110 section 9.3.6).
        if hdrs.CONTENT_LENGTH not in headers or message.method == "CONNECT":
            return None
        length = int(headers[hdrs.CONTENT_LENGTH])
        return LengthBody(length) if length else None

    def _read_again(self, head: bytes, exc: BadHttpMessage) -> list[tuple[RawRequestMessage, Any]]:
        line, _, fields = head.partition(b"\r\n")
        method, _, rest = line.partition(b" ")
        target, _, version = rest.strip(b" ").rpartition(b" ")
        if isinstance(exc, InvalidURLError):
            # The grammar was fine, only yarl did not like the target (`GET *`, `CONNECT a:99999999`).
            line = b" ".join([method, b"x:1" if method == b"CONNECT" else b"/", version])
        names = [field.partition(b":")[0].lower() for field in fields.split(b"\r\n")]
        added = [] if b"host" in names else [b"Host: x"]
        renamed = [
            _RENAMED + field if name in _REPEATABLE else field
            for name, field in zip(names, fields.split(b"\r\n"), strict=True)
        ]
        try:
            messages = self._new_parser().feed_data(b"\r\n".join([line, *added, *renamed]))[0]
        except BadHttpMessage:
            return []
        message, payload = messages[0]
        pairs = message.raw_headers[len(added) :]
        self.host_missing = bool(added) and message.version == (1, 1)
        self._parser = None
        path = target.decode("latin-1") if isinstance(exc, InvalidURLError) else message.path
        restored = tuple((name.removeprefix(_RENAMED), value) for name, value in pairs)
        return [(message._replace(path=path, raw_headers=restored), payload)]


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
    ) -> None:
        super().__init__(sink, loop, max_header_size, max_headers)
        self._method = method

    def _new_parser(self) -> Any:
        return HttpResponseParser(
            BaseProtocol(self._loop), self._loop, 2**16, **_LIMITS, read_until_eof=True, auto_decompress=False
        )

    def _counted(self, first_line: bytes) -> bytes:
        return first_line.split(b" ", 2)[-1]

    def _check_begun(self, head: bytes, position: int) -> None:
        if _BARE_LF.search(head):
            raise ParseError("HPE_CR_EXPECTED", "Missing expected CR after header value", position)

    def _without_excess(self, message: RawResponseMessage, head: bytes) -> RawResponseMessage:
        kept = message.raw_headers[: int(self._max_headers)]
        facts = message.version, message.code, message.reason, message.headers, kept
        return RawResponseMessage(*facts, message.should_close, message.compression, message.upgrade, message.chunked)

    def _body_of(self, message: RawResponseMessage, payload: Any, head: bytes) -> Body | None:
        # aiohttp reads responses leniently: a bare LF would split one header into two.
        start = head.find(b"\r\n") + 2
        self._check_begun(head, start)
        if not HEADER_BLOCK.fullmatch(head, start):
            raise ParseError("HPE_INVALID_HEADER_TOKEN", "Invalid header value char", start)
        status = message.code
        if self._method in ("HEAD", "CONNECT") or status < 200 or status in (204, 304):
            return None
        if message.chunked:
            return self._chunked()
        coding = message.headers.get(hdrs.TRANSFER_ENCODING)
        if coding is not None:
            if not coding.strip(" \t,"):
                raise ParseError("HPE_INVALID_TRANSFER_ENCODING", "Invalid `Transfer-Encoding` header value", len(head))
            return UntilCloseBody()
        length = message.headers.get(hdrs.CONTENT_LENGTH)
        if length is None:
            return UntilCloseBody()
        return LengthBody(int(length)) if int(length) else None


def _skip_blank_lines(data: bytes, start: int) -> int:
    while start < len(data) and data[start] in b"\r\n":
        start += 1
    return start


def _check_target(path: str, head: bytes, allowed: re.Pattern[str]) -> None:
    """Node takes `/…`, `*` and `scheme://…` of visible ASCII; aiohttp takes more."""
    if not allowed.fullmatch(path):
        raise ParseError("HPE_INVALID_URL", "Invalid characters in url", head.find(b" ") + 1)


def latin1(text: str) -> str:
    """Text that aiohttp decoded as UTF-8, decoded as Node does: one character for each byte."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")
