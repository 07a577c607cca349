"""ServerResponse: the answer to a request.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpserverresponse
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from threading import get_ident
from typing import Any, Protocol, Self

from .constants import STATUS_CODES
from .errors import NodeTypeError, error, out_of_range, wrong_type, wrong_value
from .framing import Head, frame
from .headers import checked_name, checked_texts, header_pairs, is_valid_value
from .incoming import IncomingMessage
from .loop import on_loop
from .net import Callback, Socket
from .outgoing import OutgoingMessage


class Owner(Protocol):
    """The connection a response goes out on."""

    def response_finished(self, response: ServerResponse, /) -> None: ...
    def handler_failed(self, response: ServerResponse, exc: Exception, /) -> None: ...


class ServerResponse(OutgoingMessage):
    """A response: status line and headers, then a body. Made by the server for each request."""

    statusCode: Any = 200
    statusMessage: str | None = None
    sendDate = True

    _owner: Owner | None = None
    _keep_alive_hint = ""
    _expect_continue = False
    _sent_100 = False

    def __init__(self, req: IncomingMessage, options: Mapping[str, Any] | None = None) -> None:
        self._home = req._home
        self.req = req
        if options is not None:
            self._apply(options)
        if req.method == "HEAD":
            self._has_body = False
        if req.httpVersion != "1.1" and not _speaks_chunked(req):
            self.useChunkedEncodingByDefault = False

    def __repr__(self) -> str:
        state = "finished" if self.finished else "head sent" if self._head_sent else "open"
        return f"<ServerResponse {self.statusCode} {state}>"

    def writeHead(self, statusCode: Any, statusMessage: Any = None, headers: Any = None) -> Self:
        """Fix status line and headers; they leave with the first bytes of the body.

        `headers` (also in second place) is a mapping, a flat list or a list of pairs, and overrides what was set.
        Raises ERR_HTTP_HEADERS_SENT, ERR_HTTP_INVALID_STATUS_CODE, ERR_INVALID_ARG_VALUE, ERR_INVALID_CHAR.
        """
        if get_ident() != self._home.thread_id:
            return self._home.call(self.writeHead, statusCode, statusMessage, headers)
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "write")
        code = _status(statusCode)
        if isinstance(statusMessage, str):
            reason = statusMessage
        else:
            reason = self.statusMessage or _REASONS.get(code, "unknown")
            headers = headers if statusMessage is None else statusMessage
        self.statusCode = code
        self.statusMessage = reason
        self._render(code, reason, headers)
        return self

    def _render(self, code: int, reason: str, headers: Any) -> None:
        if code < 200 or code in (204, 304):
            self._has_body = False
        if self._expect_continue and not self._sent_100:
            # The client may or may not send the body that was never asked for.
            self.shouldKeepAlive = False
        self._store_head(_status_line(code, reason), self._merged(headers) if headers else None)

    def writeHeader(self, statusCode: Any, statusMessage: Any = None, headers: Any = None) -> Self:
        """The same as `writeHead`."""
        return self.writeHead(statusCode, statusMessage, headers)

    @on_loop
    def writeContinue(self, callback: Callback | None = None) -> None:
        """Send `100 Continue`: the client may send the body. Raises ERR_HTTP_HEADERS_SENT."""
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "write")
        self._sent_100 = True
        self._write_before_head(b"HTTP/1.1 100 Continue\r\n\r\n", callback)

    @on_loop
    def writeProcessing(self, callback: Callback | None = None) -> None:
        """Send `102 Processing`: the answer takes a while. Raises ERR_HTTP_HEADERS_SENT."""
        self.writeInformation(102, None, callback)

    @on_loop
    def writeEarlyHints(self, hints: Mapping[str, Any], callback: Callback | None = None) -> None:
        """Send `103 Early Hints` with `hints['link']` (one or a list) and other headers; without a link, nothing.

        Raises ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for a malformed link, ERR_HTTP_HEADERS_SENT.
        Source: RFC 8297
        """
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "write")
        if not isinstance(hints, Mapping):
            raise wrong_type("hints", "a mapping", hints)
        link = hints.get("link")
        links = list(link) if isinstance(link, (list, tuple)) else [link] if link else []
        for each in links:
            if not isinstance(each, str) or not _LINK.fullmatch(each):
                raise wrong_value("hints", 'must be a link such as "</styles.css>; rel=preload; as=style"', each)
        if links:
            others = {name: value for name, value in hints.items() if name != "link"}
            self.writeInformation(103, {"Link": ", ".join(links), **others}, callback)

    @on_loop
    def writeInformation(self, statusCode: int, headers: Any = None, callback: Callback | None = None) -> bool:
        """Send an interim response, 100 to 199 but 101; False asks to wait for 'drain'.

        Raises ERR_OUT_OF_RANGE, ERR_HTTP_INVALID_STATUS_CODE, ERR_HTTP_HEADERS_SENT and what headers raise.
        """
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "write")
        if callable(headers):
            headers, callback = None, headers
        if not isinstance(statusCode, int) or not 100 <= statusCode <= 199:
            raise out_of_range("statusCode", ">= 100 && <= 199", statusCode)
        if statusCode == 101:
            raise error("ERR_HTTP_INVALID_STATUS_CODE", statusCode)
        lines = [_status_line(statusCode, _REASONS.get(statusCode, "unknown"))]
        for name, value in header_pairs(headers or {}):
            checked_name(name)
            texts = checked_texts(name, value, lenient=self._lenient)
            lines.append(f"{name}: {texts if isinstance(texts, str) else ','.join(texts)}\r\n")
        return self._write_before_head(("".join(lines) + "\r\n").encode("latin-1"), callback)

    def assignSocket(self, socket: Any) -> None:
        """Send over `socket` (or any duplex stream) from now on; 'socket' is emitted.

        Raises ERR_HTTP_SOCKET_ASSIGNED.
        """
        if self.socket is not None:
            raise error("ERR_HTTP_SOCKET_ASSIGNED")
        self.socket = Socket.over(socket)
        if self._events is not None:
            self._emit_safely("socket", self.socket)
        if self._waiting is not None:
            self._flush_waiting()

    def detachSocket(self, socket: Socket) -> None:
        """Stop sending over `socket`."""
        self.socket = None

    def _write_before_head(self, data: bytes, callback: Callback | None) -> bool:
        self._head_sent = True
        flowing = self._send(data, callback)
        self._head_sent = False
        return flowing

    def _merged(self, headers: Any) -> list[tuple[str, str, list[str] | str]] | None:
        """The headers given to `writeHead`, with those set before."""
        pairs = header_pairs(headers)
        if not self._headers:
            lenient = self._lenient
            return [(checked_name(name), name, checked_texts(name, value, lenient=lenient)) for name, value in pairs]
        if not isinstance(headers, (list, tuple)):
            for name, value in pairs:
                self.setHeader(name, value)
            return None
        for name, _ in pairs:
            self.removeHeader(name)
        for name, value in pairs:
            self.appendHeader(name, value)
        return None

    def _implicit_head(self) -> None:
        code = self.statusCode
        if type(code) is int and self.statusMessage is None and code in _REASONS:
            self.statusMessage = reason = _REASONS[code]
            self._render(code, reason, None)
        else:
            self.writeHead(code)

    def _framed(self, first_line: str, lines: tuple[str, ...]) -> Head:
        return frame(
            first_line,
            lines,
            self.shouldKeepAlive,
            self.useChunkedEncodingByDefault,
            self._has_body,
            self.statusCode in (204, 304),
            self._content_length is not None,
            False,
            self._keep_alive_hint,
            self.maxRequestsOnConnectionReached,
            self._removed,
        )

    def _on_finish(self, err: BaseException | None = None) -> None:
        if err is not None:
            return
        if self._owner is not None:
            self._owner.response_finished(self)
        else:
            self._close_soon()
        if self._events is not None:
            self._emit_safely("finish")

    def _close_soon(self) -> None:
        self._home.next_tick(self._emit_close)

    def _listener_raised(self, exc: Exception) -> None:
        if self._owner is not None:
            self._owner.handler_failed(self, exc)
        else:
            super()._listener_raised(exc)


def _speaks_chunked(req: IncomingMessage) -> bool:
    """A client of HTTP/1.0 that sent `TE: chunked` is answered as one of 1.1."""
    return req.httpVersionMajor == 1 and (
        req.httpVersionMinor == 1 or "chunked" in str(req.headers.get("te", "")).lower()
    )


_LINK = re.compile(r"<[^>]*>(?:\s*;\s*[^;\"\s]+(?:=(?:\"[^\"]*\"|[^;\"\s]+))?)*")

# A plain dict is asked faster than the friendly one.
_REASONS = dict(STATUS_CODES)


@lru_cache(maxsize=256)
def _status_line(code: int, reason: str) -> str:
    """The first line of a response. Raises ERR_INVALID_CHAR."""
    if not is_valid_value(reason):
        raise NodeTypeError("Invalid character in statusMessage", "ERR_INVALID_CHAR")
    return f"HTTP/1.1 {code} {reason}\r\n"


def _status(code: Any) -> int:
    """A status code, converted as JavaScript's `| 0` does. Raises ERR_HTTP_INVALID_STATUS_CODE outside 100 to 999."""
    if type(code) is int and 100 <= code <= 999:
        return code
    try:
        number = int(float(code)) if not isinstance(code, bool) else int(code)
    except (TypeError, ValueError, OverflowError):
        number = 0
    if not 100 <= number <= 999:
        raise error("ERR_HTTP_INVALID_STATUS_CODE", code)
    return number
