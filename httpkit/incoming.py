"""IncomingMessage: a request a server received, or the response to one a client sent.

Headers are built when somebody looks at them, from the (name, value) bytes the parser kept. Defaults live on the class,
so that making one costs little on a server's hot path.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpincomingmessage
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

from . import redact
from .abort import AbortController, AbortSignal
from .errors import AbortError, connection_reset
from .headers import IncomingHeaders
from .loop import on_loop
from .net import Socket
from .readable import Readable

RawPairs = list[tuple[bytes, bytes]] | tuple[tuple[bytes, bytes], ...]


class Exchangeable(Protocol):
    """The side of a connection a message came from."""

    def incoming_wants_more(self, message: IncomingMessage, /) -> None: ...
    def incoming_ended(self, message: IncomingMessage, /) -> None: ...
    def incoming_destroyed(self, message: IncomingMessage, err: BaseException | None, /) -> None: ...
    def listener_raised(self, message: IncomingMessage, exc: Exception, /) -> None: ...


class IncomingMessage(Readable):
    """A message as it arrives: its head at once, its body as a stream."""

    ONE_SHOT = Readable.ONE_SHOT | {"aborted"}

    method: str | None = None
    url = ""
    statusCode: int | None = None
    statusMessage: str | None = None
    httpVersion: str | None = None
    complete = False
    aborted = False
    upgrade = False
    joinDuplicateHeaders: bool | None = None
    req: Any = None

    _pairs: RawPairs = ()
    _trailer_pairs: RawPairs = ()
    _headers: IncomingHeaders | None = None
    _connection: Exchangeable | None = None
    _raw_headers: list[str] | None = None
    _dumped = False
    # Nothing is asked for before somebody reads.
    _more_due = True
    _controller: AbortController | None = None

    def __init__(self, socket: Socket) -> None:
        self._home = socket._home
        self.socket: Socket | None = socket

    def __repr__(self) -> str:
        if self.method is not None:
            return f"<IncomingMessage {self.method} {redact.url(self.url)}>"
        return f"<IncomingMessage {self.statusCode}>"

    @property
    def connection(self) -> Socket | None:
        """The same as `socket`."""
        return self.socket

    @property
    def client(self) -> Socket | None:
        """The same as `socket`."""
        return self.socket

    @property
    def signal(self) -> AbortSignal:
        """Aborted at 'close': hand it to what should stop with the message."""
        return self._home.call(self._signal)

    def _signal(self) -> AbortSignal:
        if self._controller is None:
            self._controller = AbortController()
            if self.destroyed:
                self._controller.abort()
            else:
                self.once("close", self._controller.abort)
        return self._controller.signal

    @property
    def httpVersionMajor(self) -> int | None:
        return int(self.httpVersion.partition(".")[0]) if self.httpVersion else None

    @property
    def httpVersionMinor(self) -> int | None:
        return int(self.httpVersion.partition(".")[2]) if self.httpVersion else None

    @property
    def headers(self) -> IncomingHeaders:
        """Headers under lower-case names, repeated ones joined; `headers['Content-Type']` works too."""
        if self._headers is None:
            self._headers = self._joined(self._pairs)
        return self._headers

    @headers.setter
    def headers(self, headers: dict[str, Any]) -> None:
        self._headers = IncomingHeaders(headers)

    @property
    def headersDistinct(self) -> IncomingHeaders:
        """Headers under lower-case names, each a list of all its values."""
        return IncomingHeaders.distinct(_decoded(self._pairs))

    @property
    def rawHeaders(self) -> list[str]:
        """Name, value, name, value, … as they came over the wire."""
        if self._raw_headers is None:
            self._raw_headers = _flat(self._pairs)
        return self._raw_headers

    @property
    def trailers(self) -> IncomingHeaders:
        """Trailers, joined as headers are; there are none before 'end'."""
        return self._joined(self._trailer_pairs)

    @property
    def trailersDistinct(self) -> IncomingHeaders:
        return IncomingHeaders.distinct(_decoded(self._trailer_pairs))

    @property
    def rawTrailers(self) -> list[str]:
        return _flat(self._trailer_pairs)

    def _joined(self, pairs: RawPairs) -> IncomingHeaders:
        return IncomingHeaders.joined(_decoded(pairs), join_duplicates=bool(self.joinDuplicateHeaders))

    @on_loop
    def setTimeout(self, msecs: float, callback: Callable[..., Any] | None = None) -> Self:
        """Emit 'timeout' after `msecs` without traffic on the socket; `callback` listens for it."""
        if callback is not None:
            self.on("timeout", callback)
        if self.socket is not None:
            self.socket.setTimeout(msecs)
        return self

    def _content_type(self) -> str | None:
        content_type: str | None = self.headers.get("content-type")
        return content_type

    # --- for the connection it comes from

    def _received(self, trailers: RawPairs = ()) -> None:
        """The whole message has arrived."""
        self.complete = True
        if trailers:
            self._trailer_pairs = trailers
        if self._events is None and self.readableFlowing is None:
            # Nobody listens yet: nobody has to be told.
            self._eof = True
        else:
            self._push_end()

    def _dump(self) -> None:
        """Throw the body away, because nobody wants it and the next message is behind it."""
        if self._dumped or self.closed:
            return
        self._dumped = True
        if self._events is None and self._eof and self._happened is None:
            # Nobody hears of it, so only the state has to be right.
            if self._length:
                self.readableDidRead = True
                self._chunks = None
                self._length = 0
            self.readableEnded = self.destroyed = self.closed = True
            return
        if self._events is not None:
            self.removeAllListeners("data")
        self.resume()

    def _dump_and_close(self) -> None:
        """There is no body, and nobody is to be told so."""
        self._dumped = self._eof = self.readableEnded = self.destroyed = self.closed = True

    def _abort(self, err: BaseException | None = None) -> None:
        """The connection ended before the message did."""
        self.destroy(err or connection_reset("aborted"))

    def _read(self, size: int) -> None:
        self._more_due = False
        if self._connection is not None:
            self._connection.incoming_wants_more(self)

    def _emit_end(self) -> None:
        if self._connection is not None and not self.destroyed and not self._length:
            self._connection.incoming_ended(self)
        super()._emit_end()

    def _left_early(self) -> None:
        if self.method is not None:
            # The request is given up, its connection is not: the response can still be sent.
            self.socket = None
        self.destroy(AbortError())

    def _destroy(self, err: BaseException | None, callback: Callable[..., Any]) -> None:
        if not self.readableEnded or not self.complete:
            self.aborted = True
            self._emit_safely("aborted")
        connection = self._connection
        if connection is not None and not self.readableEnded:
            connection.incoming_destroyed(self, err)
        # A tick more, as in Node: a response ended in an 'end' listener closes first.
        self._home.next_tick(callback, err)

    def _emit_error(self, err: BaseException) -> None:
        # An aborted message that nobody watches is nobody's surprise.
        if self.listenerCount("error"):
            self._emit_safely("error", err)

    def _listener_raised(self, exc: Exception) -> None:
        if self._connection is not None:
            self._connection.listener_raised(self, exc)
        else:
            super()._listener_raised(exc)


def _decoded(pairs: RawPairs) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]


def _flat(pairs: RawPairs) -> list[str]:
    return [text.decode("latin-1") for pair in pairs for text in pair]
