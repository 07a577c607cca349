"""OutgoingMessage: what a request and a response have in common on their way out.

A head is *rendered* once (`_head`), from then on headers are fixed; it is *sent* with the first bytes of the body, in
the same write. Until the message owns a socket (a pipelined response whose turn has not come, a request the agent has
queued) everything waits in `_waiting`.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpoutgoingmessage
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import get_ident
from typing import Any, Self

from .constants import HIGH_WATER_MARK
from .encodings import to_bytes, utf8
from .errors import NodeError, error, wrong_type
from .framing import Head, new_date_line
from .headers import check_value, checked_name, checked_texts, header_pairs
from .loop import Resident, on_loop
from .net import Callback, Socket, checked_timeout

_NOTHING_REMOVED: frozenset[str] = frozenset()
# Headers whose removal also takes away what httpkit would add under that name.
_AUTOMATIC = frozenset({"connection", "content-length", "transfer-encoding", "date"})


class OutgoingMessage(Resident):
    """A message to be written: headers, then a body, then the end. 'drain', 'finish', 'close'."""

    ONE_SHOT = frozenset({"socket", "prefinish", "finish", "error", "close"})

    writable = True
    destroyed = False
    closed = False
    errored: BaseException | None = None
    finished = False
    sendDate = False
    strictContentLength = False
    rejectNonStandardBodyWrites = False
    chunkedEncoding = False
    shouldKeepAlive = True
    useChunkedEncodingByDefault = True
    maxRequestsOnConnectionReached = False
    writableHighWaterMark = HIGH_WATER_MARK
    writableObjectMode = False
    writableNeedDrain = False
    writableCorked = 0
    socket: Socket | None = None

    # By lower-case name: the name and the value as given, and the line, or lines, they make.
    _headers: dict[str, tuple[str, Any]] | None = None
    _header_lines: dict[str, str] | None = None
    _head: bytes | None = None
    _head_sent = False
    _has_body = True
    _last = False
    _content_length: int | None = None
    _bytes_written = 0
    _removed = _NOTHING_REMOVED
    _trailers: tuple[tuple[str, str, list[str] | str], ...] = ()
    _unique: frozenset[str] = frozenset()
    # Values may hold control characters (httpValidation 'relaxed').
    _lenient = False
    # What is written while corked, to become one chunk.
    _corked: list[tuple[bytes, Callback | None]] | None = None
    _corked_size = 0
    _waiting: list[tuple[bytes, Callback | None]] | None = None
    _waiting_size = 0
    _prefinished = False

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._apply(options)

    def _apply(self, options: Mapping[str, Any] | None) -> None:
        given = options or {}
        if "highWaterMark" in given:
            self.writableHighWaterMark = given["highWaterMark"]
        if "rejectNonStandardBodyWrites" in given:
            self.rejectNonStandardBodyWrites = given["rejectNonStandardBodyWrites"]

    # --- facts

    @property
    def headersSent(self) -> bool:
        """Whether the head is fixed; it may still be waiting to leave."""
        return self._head is not None

    @property
    def writableEnded(self) -> bool:
        """Whether `end` was called."""
        return self.finished

    @property
    def writableFinished(self) -> bool:
        """Whether `end` was called and nothing waits, neither here nor in the socket."""
        return self.finished and not self.writableLength

    @property
    def writableLength(self) -> int:
        """Bytes that the operating system has not taken yet."""
        socket = self.socket
        return self._waiting_size + (socket.writableLength if socket is not None else 0)

    @property
    def connection(self) -> Socket | None:
        """The same as `socket`."""
        return self.socket

    # --- headers

    # The methods every response uses compare threads themselves: `on_loop` would cost them a call.

    def setHeader(self, name: str, value: Any) -> Self:
        """Set a header, in place of one of that name. Lists are sent as one line for each item.

        Raises ERR_HTTP_HEADERS_SENT, ERR_INVALID_HTTP_TOKEN, ERR_HTTP_INVALID_HEADER_VALUE, ERR_INVALID_CHAR.
        """
        if get_ident() != self._home.thread_id:
            return self._home.call(self.setHeader, name, value)
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "set")
        key = checked_name(name)
        if type(value) is str:
            check_value(name, value, lenient=self._lenient)
            line = f"{name}: {value}\r\n"
        else:
            line = self._lines(key, name, checked_texts(name, value, lenient=self._lenient))
        if self._headers is None or self._header_lines is None:
            self._headers, self._header_lines = {}, {}
        self._headers[key] = (name, value)
        self._header_lines[key] = line
        if self._removed:
            self._removed -= {key}
        return self

    @on_loop
    def setHeaders(self, headers: Any) -> Self:
        """Set each header of a mapping. Raises ERR_INVALID_ARG_TYPE and what `setHeader` raises."""
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "set")
        if not isinstance(headers, Mapping):
            raise wrong_type("headers", "a mapping", headers)
        for name, value in headers.items():
            self.setHeader(name, value)
        return self

    @on_loop
    def appendHeader(self, name: str, value: Any) -> Self:
        """Add a value to a header, or set it where there is none. Raises as `setHeader` does."""
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "append")
        key = checked_name(name)
        there = (self._headers or {}).get(key)
        if there is None:
            return self.setHeader(name, value)
        values = list(there[1]) if isinstance(there[1], (list, tuple)) else [there[1]]
        values.extend(value if isinstance(value, (list, tuple)) else [value])
        return self.setHeader(there[0], values)

    def getHeader(self, name: str) -> Any:
        """The value of a header as it was set; None where there is none. Raises ERR_INVALID_ARG_TYPE."""
        return (self._headers or {}).get(_checked_key(name), (None, None))[1]

    def getHeaderNames(self) -> list[str]:
        """The names set so far, in lower case."""
        return list(self._headers or ())

    def getRawHeaderNames(self) -> list[str]:
        """The names set so far, as they were spelled."""
        return [name for name, _ in (self._headers or {}).values()]

    def getHeaders(self) -> dict[str, Any]:
        """The headers set so far, under lower-case names."""
        return {key: value for key, (_, value) in (self._headers or {}).items()}

    def hasHeader(self, name: str) -> bool:
        """Whether a header is set. Raises ERR_INVALID_ARG_TYPE."""
        return _checked_key(name) in (self._headers or ())

    @on_loop
    def removeHeader(self, name: str) -> None:
        """Remove a header; of Date, Connection, Content-Length and Transfer-Encoding also the automatic one."""
        key = _checked_key(name)
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "remove")
        if key in _AUTOMATIC:
            self._removed |= {key}
        if key == "date":
            self.sendDate = False
        if self._headers is not None and self._header_lines is not None:
            self._headers.pop(key, None)
            self._header_lines.pop(key, None)

    @on_loop
    def addTrailers(self, headers: Any) -> None:
        """Headers to send after a chunked body. Raises ERR_INVALID_HTTP_TOKEN and ERR_INVALID_CHAR."""
        trailers = []
        for name, value in header_pairs(headers):
            texts = checked_texts(name, value, "trailer content", lenient=self._lenient)
            trailers.append((checked_name(name, "Trailer name"), name, texts))
        self._trailers = tuple(trailers)

    @on_loop
    def flushHeaders(self) -> None:
        """Send the head now instead of with the first bytes of the body."""
        if self._head is None:
            self._implicit_head()
        self._send(b"")

    def _implicit_head(self) -> None:
        raise error("ERR_METHOD_NOT_IMPLEMENTED", "_implicitHeader()")

    # --- body

    def write(self, chunk: Any, encoding: Any = None, callback: Callback | None = None) -> bool:
        """Send part of the body; False asks to wait for 'drain'. `callback` runs when it is flushed.

        Raises ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES, ERR_HTTP_BODY_NOT_ALLOWED and, with
        `strictContentLength`, ERR_HTTP_CONTENT_LENGTH_MISMATCH.
        """
        if get_ident() != self._home.thread_id:
            return self._home.call(self.write, chunk, encoding, callback)
        if callable(encoding):
            encoding, callback = None, encoding
        data = to_bytes(chunk, encoding)
        if self.finished:
            return self._refuse(error("ERR_STREAM_WRITE_AFTER_END"), callback)
        if self.destroyed:
            return self._refuse(error("ERR_STREAM_DESTROYED", "write"), callback)
        if self.strictContentLength:
            self._check_length(self._bytes_written + len(data))
        if self._head is None:
            self._implicit_head()
        if not self._has_body:
            return self._drop_body(callback)
        self._bytes_written += len(data)
        self._cork_until_tick()
        if self.writableCorked and self.chunkedEncoding and self._head_sent:
            if self._corked is None:
                self._corked, self._corked_size = [], 0
            self._corked.append((data, callback))
            self._corked_size += len(data)
            return self._corked_size < self.writableHighWaterMark
        return self._write(data, callback)

    def _write(self, data: bytes, callback: Callback | None) -> bool:
        if self.chunkedEncoding and data:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        sent = self._send(data, callback)
        if not sent:
            self.writableNeedDrain = True
        return sent

    @on_loop
    def cork(self) -> None:
        """Collect what is written until `uncork`, to send it as one packet and one chunk."""
        self.writableCorked += 1
        if self.socket is not None:
            self.socket.cork()

    @on_loop
    def uncork(self) -> None:
        """Send what was collected, once every `cork` has its `uncork`."""
        self.writableCorked = max(0, self.writableCorked - 1)
        if not self.writableCorked:
            self._flush_corked()
            if self.socket is not None:
                self.socket.uncork()

    def _flush_corked(self) -> None:
        corked, self._corked = self._corked, None
        if corked:
            callbacks = [callback for _, callback in corked if callback is not None]
            self._write(b"".join(data for data, _ in corked), lambda *err: [callback(*err) for callback in callbacks])

    def end(self, chunk: Any = None, encoding: Any = None, callback: Callback | None = None) -> Self:
        """Send the rest of the body, if any, and finish. `callback` runs at 'finish'. Raises as `write` does."""
        if get_ident() != self._home.thread_id:
            return self._home.call(self.end, chunk, encoding, callback)
        if callable(chunk):
            chunk, callback = None, chunk
        elif encoding is not None and callable(encoding):
            encoding, callback = None, encoding
        if type(chunk) is str and encoding is None:
            data = utf8(chunk)
        else:
            data = b"" if chunk is None else to_bytes(chunk, encoding)
        if self.finished:
            return self._end_again(data, callback)
        if self.strictContentLength:
            self._check_length(self._bytes_written + len(data), at_end=True)
        if self._head is None:
            self._content_length = len(data)
            self._implicit_head()
        if not self._has_body and data:
            self._drop_body(None)
            data = b""
        if callback is not None:
            self._when_finished(callback)
        if self.writableCorked:
            self.writableCorked = 0
            self._flush_corked()
        self.finished = True
        self._send(self._last_chunks(data) if self.chunkedEncoding else data, self._on_finish)
        socket = self.socket
        if socket is not None:
            if socket.writableCorked:
                socket.writableCorked = 1
                socket.uncork()
            if self._events is not None and self._waiting is None:
                self._prefinish()
        return self

    def _when_finished(self, callback: Callback) -> None:
        if self.destroyed:
            # 'finish' does not come any more.
            self._home.next_tick(callback, error("ERR_STREAM_DESTROYED", "end"))
        else:
            self.once("finish", callback)

    def pipe(self, destination: Any = None) -> None:
        """A message that is written cannot be read: emits ERR_STREAM_CANNOT_PIPE."""
        self.emit("error", error("ERR_STREAM_CANNOT_PIPE"))

    @on_loop
    def destroy(self, err: BaseException | None = None) -> Self:
        """Give the message up and close its connection."""
        if not self.destroyed:
            self.destroyed = True
            self.errored = err
            if self.socket is not None:
                self.socket.destroy(err)
            else:
                self._home.next_tick(self._emit_close)
        return self

    @on_loop
    def setTimeout(self, msecs: float, callback: Callback | None = None) -> Self:
        """Emit 'timeout' after `msecs` without traffic on the socket; `callback` listens for it."""
        checked_timeout(msecs)
        if callback is not None:
            self.on("timeout", callback)
        if self.socket is not None:
            self.socket.setTimeout(msecs)
        else:
            self.once("socket", lambda socket: socket.setTimeout(msecs))
        return self

    # --- rendering

    def _store_head(self, first_line: str, headers: list[tuple[str, str, list[str] | str]] | None = None) -> None:
        """Render the head from `headers` (lower-case name, name, checked texts), or from those set."""
        if headers is not None:
            lines = tuple([self._lines(key, name, value) for key, name, value in headers])
        else:
            lines = tuple(self._header_lines.values()) if self._header_lines else ()
        head = self._framed(first_line, lines)
        if head.trailer and not head.chunked:
            raise error("ERR_HTTP_TRAILER_INVALID")
        self.chunkedEncoding = head.chunked
        self.shouldKeepAlive = head.keep_alive
        self._last = head.last
        date = (self._home.date_line or new_date_line(self._home)) if self.sendDate and not head.dated else ""
        length = f"Content-Length: {self._content_length}\r\n\r\n" if head.with_length else "\r\n"
        self._head = f"{head.given}{date}{head.added}{length}".encode("latin-1")
        if head.expect:
            # Whether to go on with the body depends on the answer.
            self._send(b"")

    def _framed(self, first_line: str, lines: tuple[str, ...]) -> Head:
        """The head of `first_line` and the user's header `lines`, with what is added to them."""
        raise error("ERR_METHOD_NOT_IMPLEMENTED", "_framed()")

    def _lines(self, key: str, name: str, texts: list[str] | str) -> str:
        """A header as it goes out: a list is one line for each item, but for those that may stand only once."""
        if isinstance(texts, str):
            return f"{name}: {texts}\r\n"
        if key in self._unique or (key == "cookie" and len(texts) > 1):
            return f"{name}: {'; '.join(texts)}\r\n"
        return "".join(f"{name}: {text}\r\n" for text in texts)

    def _last_chunks(self, data: bytes) -> bytes:
        """The rest of a chunked body, with the chunk that ends it and the trailers."""
        if not self._has_body:
            return b""
        chunk = b"%x\r\n%b\r\n" % (len(data), data) if data else b""
        lines = "".join(self._lines(key, name, texts) for key, name, texts in self._trailers)
        return b"%b0\r\n%b\r\n" % (chunk, lines.encode("latin-1"))

    # --- sending

    def _send(self, data: bytes, callback: Callback | None = None) -> bool:
        """Write bytes of the message, the head before the first."""
        if not self._head_sent:
            self._head_sent = True
            assert self._head is not None
            data = self._head + data
        socket = self.socket
        if socket is not None and self._waiting is None and not socket.destroyed:
            return socket.send(data, callback)
        if self._waiting is None:
            self._waiting = []
        self._waiting.append((data, callback))
        self._waiting_size += len(data)
        return self._waiting_size < self.writableHighWaterMark

    def _cork_until_tick(self) -> None:
        """What is written in one go leaves together, as one packet where it fits."""
        socket = self.socket
        if socket is not None and socket._corked is None:
            socket.cork()
            self._home.next_tick(socket.uncork)

    def _flush_waiting(self) -> None:
        """The message owns a socket now: send what has been waiting."""
        waiting, self._waiting, self._waiting_size = self._waiting, None, 0
        socket = self.socket
        if waiting is not None and socket is not None:
            joined = b"".join(data for data, _ in waiting)
            flushed = socket.send(joined) if joined else True
            for _, callback in waiting:
                if callback is not None:
                    socket.when_flushed(callback)
            if flushed and self.writableNeedDrain and not self.finished:
                self.writableNeedDrain = False
                self._emit_safely("drain")
        if self.finished:
            self._prefinish()

    def _prefinish(self) -> None:
        """Everything is handed to the socket."""
        if self._events is not None and not self._prefinished:
            self._prefinished = True
            self._emit_safely("prefinish")

    def _on_finish(self, err: BaseException | None = None) -> None:
        """Everything is handed to the operating system, or, with `err`, never will be."""
        if err is None:
            self._emit_safely("finish")

    def _socket_drained(self) -> None:
        if self.writableNeedDrain and not self.finished:
            self.writableNeedDrain = False
            self._emit_safely("drain")

    def _emit_close(self) -> None:
        self.destroyed = True
        if not self.closed:
            self.closed = True
            self._emit_safely("close")

    def nodejs_rejection(self, err: Exception, name: str, *args: Any) -> None:
        """With `captureRejections`: an `async def` listener's failure ends the message."""
        self.destroy(err)

    # --- misuse

    def _refuse(self, err: NodeError, callback: Callback | None) -> bool:
        """Tell of a write that comes too late: to its callback, and as 'error' while the message still lives."""
        alive = not self.destroyed and err.code == "ERR_STREAM_WRITE_AFTER_END"

        def tell() -> None:
            if callback is not None:
                callback(err)
            if alive:
                self.emit("error", err)

        self._home.next_tick(tell)
        return False

    def _end_again(self, data: bytes, callback: Callback | None) -> Self:
        if data:
            self._refuse(error("ERR_STREAM_WRITE_AFTER_END"), callback)
        elif callback is not None:
            if self.writableFinished:
                callback(error("ERR_STREAM_ALREADY_FINISHED", "end"))
            else:
                self.once("finish", callback)
        return self

    def _drop_body(self, callback: Callback | None) -> bool:
        if self.rejectNonStandardBodyWrites:
            raise error("ERR_HTTP_BODY_NOT_ALLOWED")
        if callback is not None:
            self._home.next_tick(callback)
        return True

    def _check_length(self, length: int, *, at_end: bool = False) -> None:
        promised = self.getHeader("content-length")
        if promised is None or not str(promised).isdecimal():
            return
        if length > int(promised) or (at_end and self._has_body and length != int(promised)):
            raise error("ERR_HTTP_CONTENT_LENGTH_MISMATCH", length, promised)


def _checked_key(name: Any) -> str:
    if not isinstance(name, str):
        raise wrong_type("name", "of type str", name)
    return name.lower()
