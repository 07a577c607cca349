"""One connection of a server: bytes become requests, responses go out in the order of their requests.

The connection takes the bytes of its socket, feeds them to the reader, makes a request and a response for each head and
hands them to the server's listeners. Everything happens in the callback that brought the bytes: no task, no future and
no timer for a request.

Source: Node's lib/_http_server.js
"""

from __future__ import annotations

import re
from asyncio import CancelledError
from collections import deque
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from .constants import STATUS_CODES
from .diagnostics import SERVER_REQUEST_START, SERVER_RESPONSE_CREATED, SERVER_RESPONSE_FINISH
from .errors import NodeError, ParseError, error, report
from .incoming import IncomingMessage
from .net import Socket
from .server_response import ServerResponse
from .wire import EXPECT, RequestHead, RequestReader

if TYPE_CHECKING:
    from .server import Server

_CONTINUE = re.compile(r"(?:^|\W)100-continue(?:$|\W)", re.IGNORECASE)

# Answers to a client whose bytes cannot be a request; anything else is a 400.
_REPLIES = {"HPE_HEADER_OVERFLOW": 431, "HPE_CHUNK_EXTENSIONS_OVERFLOW": 413, "ERR_HTTP_REQUEST_TIMEOUT": 408}

# How long, in ms, a client that has closed its half of the connection may wait for the next byte.
_GONE_MS = 500

# Responses that may wait for their turn before the client has to wait, too.
_MAX_PIPELINED = 256

_VERSIONS = {(1, 1): "1.1", (1, 0): "1.0"}


class State(Enum):
    """What happens to the bytes that arrive."""

    OPEN = auto()
    LAST = auto()  # the last response is on its way; what arrives is ignored
    HANDED_OVER = auto()  # upgraded or a tunnel: no HTTP any more
    BROKEN = auto()  # not HTTP; the 'clientError' listener decides
    CLOSED = auto()


class ServerConnection:
    """HTTP over one socket of a server."""

    def __init__(self, server: Server, socket: Socket) -> None:
        self.server = server
        self.socket = socket
        self.state = State.OPEN
        limits = server.maxHeaderSize or 0, server.maxHeadersCount
        self.reader = RequestReader(self, socket._home.loop, *limits, server.httpValidation == "relaxed")
        # Not yet finished, in the order of their requests; the first one owns the socket.
        self.responses: deque[ServerResponse] = deque()
        self.requests_seen = 0
        # When the message that is arriving began, or the connection, before its first message.
        self.since: float | None = socket._home.loop.time()
        # What each response is given, where it is not the default.
        self._response_options = server.response_options()
        self._is_unusual = bool(self._response_options) or server.optimizeEmptyRequests
        self._receiving: IncomingMessage | None = None
        self._body_waits = False
        self._half_closed = False
        self._handing_over: str | None = None
        socket._handler = self
        socket.parser = self.reader
        socket.server = server

    def __repr__(self) -> str:
        return f"<ServerConnection {self.state.name} {len(self.responses)} pending of {self.requests_seen}>"

    @property
    def is_idle(self) -> bool:
        """Kept alive after a request, with none in progress."""
        return self.state is State.OPEN and self.requests_seen > 0 and not self.responses and self.since is None

    # --- what the socket tells

    def data(self, data: bytes) -> None:
        if self.state is not State.OPEN:
            return
        socket = self.socket
        idle = socket._idle
        if idle.deadline is not None:
            # The idle timer stops; the server's own, if any, starts again.
            idle.begin(self.server.timeout)
        reader = self.reader
        try:
            reader.feed(data)
        except ParseError as err:
            self.fail(err)
            return
        if reader._begun or reader._body is not None:
            if self.since is None:
                self.since = socket._home.loop.time()
        else:
            self.since = None
        if self._handing_over is not None:
            self._hand_over_in_turn(self._handing_over)

    def eof(self) -> None:
        if self.state is not State.OPEN:
            self.socket.destroySoon()
            return
        try:
            self.reader.eof()
        except ParseError as err:
            self.fail(err)
            return
        self._half_closed = True
        if not self.responses:
            self.socket.destroySoon()
        elif not self.server.httpAllowHalfOpen:
            self._expect_to_be_gone(self.socket.bytesWritten)

    def _expect_to_be_gone(self, written: int) -> None:
        """A client that closes its half may still read, or it may be gone: TCP does not tell until we write.

        So it gets its answer if that comes soon. If nothing is sent to it for a while it counts as gone, and the
        handler hears 'close'.
        """

        def look_again() -> None:
            if self.responses and self.state is State.OPEN:
                if self.socket.bytesWritten == written:
                    self.socket.destroy()
                else:
                    self._expect_to_be_gone(self.socket.bytesWritten)

        self.socket._home.later(_GONE_MS, look_again)

    def drained(self) -> None:
        if self.responses:
            self.responses[0]._socket_drained()

    def timed_out(self) -> None:
        request, socket = self._receiving, self.socket
        response = self.responses[0] if self.responses else None
        heard = request is not None and not request.complete and request._emit_safely("timeout", socket)
        heard = (response is not None and response._emit_safely("timeout", socket)) or heard
        heard = self.server._emit_safely("timeout", socket) or heard
        if not heard:
            socket.destroy()

    def closed(self, err: BaseException | None) -> None:
        broken = self.state is State.BROKEN
        self.state = State.CLOSED
        responses, self.responses = self.responses, deque()
        if self._receiving is not None and not self._receiving.complete:
            self._receiving._abort()
        for response in responses:
            response.req._abort()
        for response in responses:
            response.socket = None
            response._emit_close()
        if err is not None and not broken and self.server.listenerCount("clientError"):
            self.server._emit_safely("clientError", err, self.socket)
        self.server._connection_closed(self)

    # --- what the reader finds

    def head(self, message: RequestHead, has_body: bool) -> bool:
        server, socket = self.server, self.socket
        req = server.IncomingMessage(socket)
        req.method = message.method
        req.url = message.path
        version = message.version
        req.httpVersion = _VERSIONS.get(version) or f"{version[0]}.{version[1]}"
        req._pairs = message.raw_headers
        req._connection = self
        if server.joinDuplicateHeaders:
            req.joinDuplicateHeaders = True
        self._receiving = req
        if message.upgrade and self._wants_upgrade(req):
            return True
        res = server.ServerResponse(req)
        res._owner = self
        if message.should_close:
            res.shouldKeepAlive = False
        hint = server._hint
        if hint[0] != server.keepAliveTimeout or hint[1] != server.maxRequestsPerSocket:
            hint = server._new_hint()
        res._keep_alive_hint = hint[2]
        if self._is_unusual:
            self._apply_options(message, req, res)
        if self.responses:
            res._waiting = []
            if len(self.responses) >= _MAX_PIPELINED:
                socket.stop_reading()
        else:
            res.socket = socket
        self.responses.append(res)
        self.requests_seen += 1
        if SERVER_RESPONSE_CREATED.subscribers:
            SERVER_RESPONSE_CREATED.publish({"request": req, "response": res})
        if SERVER_REQUEST_START.subscribers:
            SERVER_REQUEST_START.publish({"request": req, "response": res, "socket": socket, "server": server})
        server._serving = res
        try:
            special = self.reader.host_missing or server.maxRequestsPerSocket or EXPECT in message.headers
            if special and version == (1, 1):
                self._dispatch_specially(req, res)
            else:
                server.emit("request", req, res)
        except (Exception, CancelledError) as exc:  # noqa: BLE001 - it is the handler's: the client gets a 500
            self.handler_failed(res, exc)
        except BaseException:
            socket.destroy()
            raise
        server._serving = None
        if not has_body:
            req._received()
        return False

    def _apply_options(self, message: RequestHead, req: IncomingMessage, res: ServerResponse) -> None:
        for name, value in self._response_options.items():
            setattr(res, name, value)
        announces_body = "Content-Length" in message.headers or "Transfer-Encoding" in message.headers
        if self.server.optimizeEmptyRequests and not announces_body:
            req._dump_and_close()

    def body(self, chunk: bytes) -> None:
        request = self._receiving
        if request is None or request.destroyed:
            return
        if not request.push(chunk):
            self._body_waits = True
            self.socket.stop_reading()

    def end(self, trailers: list[tuple[bytes, bytes]]) -> None:
        if self._receiving is not None:
            # The body may still wait in its buffer; what follows it on the socket need not.
            self.incoming_wants_more(self._receiving)
            self._receiving._received(trailers)

    # --- requests

    def _dispatch_specially(self, req: IncomingMessage, res: ServerResponse) -> None:
        """Requests that are answered, or asked about, before any 'request' listener sees them."""
        server = self.server
        limit = server.maxRequestsPerSocket or 0
        res.maxRequestsOnConnectionReached = bool(limit) and limit <= self.requests_seen
        if self.reader.host_missing and server.requireHostHeader:
            # RFC 9112 section 3.2: a request of HTTP/1.1 without Host must be refused.
            res.writeHead(400, ["Connection", "close"])
            res.end()
        elif limit and limit < self.requests_seen:
            server._emit_safely("dropRequest", req, self.socket)
            res.writeHead(503)
            res.end()
        elif "expect" not in req.headers:
            server.emit("request", req, res)
        elif _CONTINUE.search(req.headers["expect"]):
            res._expect_continue = True
            if not server.emit("checkContinue", req, res):
                res.writeContinue()
                server.emit("request", req, res)
        elif not server.emit("checkExpectation", req, res):
            res.writeHead(417)
            res.end()

    def _wants_upgrade(self, req: IncomingMessage) -> bool:
        """Whether the connection leaves HTTP with this request."""
        event = "connect" if req.method == "CONNECT" else "upgrade"
        req.upgrade = event == "connect" or bool(self.server.shouldUpgradeCallback(req))
        if req.upgrade:
            self._handing_over = event
        return req.upgrade

    def _hand_over_in_turn(self, event: str) -> None:
        """What is said in another protocol must not overtake the answers to earlier requests."""
        if self.responses:
            self.socket.stop_reading()
        else:
            self._hand_over(event)

    def _hand_over(self, event: str) -> None:
        """Give the socket, and the bytes behind the head, to the 'upgrade' or 'connect' listener."""
        socket, request = self.socket, self._receiving
        self.state = State.HANDED_OVER
        self._handing_over = None
        socket._handler = socket.parser = None
        socket.setTimeout(0)
        self.server._connection_closed(self)
        if request is not None:
            request._received()
        if not self._entrust(event, request, socket, self.reader.rest):
            socket.destroy()

    def _entrust(self, event: str, *args: Any) -> bool:
        """Emit an event whose listener takes the socket over; False where there is none, or it failed."""
        server = self.server
        server._serving = self.socket
        try:
            return server.emit(event, *args)
        except Exception as exc:  # noqa: BLE001 - reported; nobody takes care of the socket
            report(exc)
            return False
        finally:
            server._serving = None

    # --- responses

    def response_finished(self, response: ServerResponse) -> None:
        request = response.req
        if request.readableFlowing is None and not request.readableDidRead:
            request._dump()
        if response._events is None:
            # Nobody hears of it, so only the state has to be right.
            response.destroyed = response.closed = True
        else:
            response._close_soon()
        responses = self.responses
        if not responses or responses[0] is not response:
            return
        responses.popleft()
        response.socket = None
        if SERVER_RESPONSE_FINISH.subscribers:
            SERVER_RESPONSE_FINISH.publish(
                {"request": request, "response": response, "socket": self.socket, "server": self.server}
            )
        if response._last:
            self.state = State.LAST
            self.socket.destroySoon()
        elif responses:
            self._next_response(responses)
        elif self._handing_over is not None:
            self.socket.start_reading()
            self._hand_over(self._handing_over)
        elif self._half_closed:
            self.socket.destroySoon()
        else:
            limit = self.server.keepAliveTimeout
            if limit:
                self.socket._idle.begin(limit + self.server.keepAliveTimeoutBuffer)

    def _next_response(self, responses: deque[ServerResponse]) -> None:
        if not self._body_waits:
            self._read_on()
        responses[0].assignSocket(self.socket)

    def _read_on(self) -> None:
        """Take what the client sends, unless there is enough to do, or it is another protocol's."""
        if len(self.responses) < _MAX_PIPELINED and self._handing_over is None:
            self.socket.start_reading()

    def handler_failed(self, response: ServerResponse, exc: BaseException) -> None:
        """A listener raised: 500 if the client has seen nothing yet, else the connection is closed."""
        if exc is not response.req.errored:
            # That a client broke off while the handler was reading is no mistake of the handler's.
            report(exc)
        if response.finished or response.destroyed:
            return
        if response._head_sent or response._owner is not self:
            self.socket.destroy()
            return
        response._head = None
        response._headers = response._header_lines = None
        response._waiting = None if response.socket is not None else []
        response._removed = frozenset()
        response._has_body = response.req.method != "HEAD"
        response.strictContentLength = False
        response.statusCode, response.statusMessage = 500, None
        response.setHeader("Content-Type", "text/plain")
        response.end("Internal Server Error")

    # --- messages that ask

    def incoming_wants_more(self, message: IncomingMessage) -> None:
        if message is self._receiving:
            self._body_waits = False
            self._read_on()

    def incoming_ended(self, message: IncomingMessage) -> None:
        """A request that was read to its end asks nothing more of the connection."""

    def incoming_destroyed(self, message: IncomingMessage, err: BaseException | None) -> None:
        """Without the rest of its body nothing behind it can be read either."""
        if not message.complete and message.socket is not None and self.state is not State.CLOSED:
            self.socket.destroy(err)

    def listener_raised(self, message: IncomingMessage, exc: Exception) -> None:
        response = next((each for each in self.responses if each.req is message), None)
        if response is None:
            report(exc)
        else:
            self.handler_failed(response, exc)

    # --- troubles

    def fail(self, err: NodeError) -> None:
        """What arrived is no request, or came too late."""
        self.state = State.BROKEN
        server, socket = self.server, self.socket
        if server.listenerCount("clientError"):
            if not self._entrust("clientError", err, socket):
                socket.destroy()
            return
        if socket.writable and not socket.writableEnded and not (self.responses and self.responses[0]._head_sent):
            status = _REPLIES.get(err.code, 400)
            socket.send(f"HTTP/1.1 {status} {STATUS_CODES[status]}\r\nConnection: close\r\n\r\n".encode())
        for response in self.responses:
            # What they still send is lost: nothing may follow that reply.
            response.socket = None
        socket.destroySoon()

    def check_timeouts(self, now: float) -> None:
        """Called by the server's sweep: refuse a client that takes too long to send its request."""
        if self.since is None or self.state is not State.OPEN:
            return
        elapsed = (now - self.since) * 1000
        server = self.server
        in_head = not self.reader.in_body
        if (in_head and 0 < server.headersTimeout < elapsed) or 0 < server.requestTimeout < elapsed:
            self.fail(error("ERR_HTTP_REQUEST_TIMEOUT"))
