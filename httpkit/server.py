"""Server: hands each HTTP request to its listeners.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpserver
"""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, Self

from .constants import HIGH_WATER_MARK
from .errors import out_of_range
from .headers import unique_names
from .incoming import IncomingMessage
from .loop import on_loop
from .net import Callback, Socket, checked_timeout
from .net_server import NetServer
from .server_connection import ServerConnection
from .server_options import RULES, checked_options
from .server_response import ServerResponse

RequestListener = Callable[[IncomingMessage, ServerResponse], Any]


class Server(NetServer):
    """An HTTP server: 'request', 'connection', 'listening', 'close', 'error', 'clientError', 'timeout', …"""

    SCHEME = "http"
    # The event that brings a socket which is ready to speak HTTP.
    READY: ClassVar[str] = "connection"
    # Options of subclasses, beside those of createServer.
    MORE_OPTIONS: ClassVar[frozenset[str]] = frozenset()

    timeout: float = 0
    headersTimeout: float = 60_000
    requestTimeout: float = 300_000
    keepAliveTimeout: float = 5_000
    keepAliveTimeoutBuffer: float = 1_000
    connectionsCheckingInterval: float = 30_000
    maxHeadersCount: int | None = None
    maxRequestsPerSocket: int | None = 0
    maxHeaderSize: int | None = None
    insecureHTTPParser: bool | None = None
    httpValidation: str | None = None
    requireHostHeader = True
    joinDuplicateHeaders: bool | None = None
    rejectNonStandardBodyWrites = False
    optimizeEmptyRequests = False
    httpAllowHalfOpen = False
    allowHalfOpen = True
    uniqueHeaders: Any = ()
    # The classes of requests and responses, which an option can replace.
    IncomingMessage: type[Any] = IncomingMessage
    ServerResponse: type[Any] = ServerResponse

    _hint: tuple[float, int | None, str] = (0, 0, "")
    # Who fails with an `async def` listener: the response or socket that is being handed to it.
    _serving: Any = None
    _sweeper: TimerHandle | None = None

    def __init__(
        self,
        options: Mapping[str, Any] | RequestListener | None = None,
        listener: RequestListener | None = None,
        **more: Any,
    ) -> None:
        super().__init__()
        if callable(options) and not isinstance(options, Mapping):
            options, listener = None, options
        self.shouldUpgradeCallback: Callable[[IncomingMessage], Any] = lambda req: self.listenerCount("upgrade") > 0
        self._apply(checked_options(options, more, self.MORE_OPTIONS))
        self._connections: set[ServerConnection] = set()
        if listener is not None:
            self.on("request", listener)
        self.on(self.READY, self._serve)

    def _apply(self, given: dict[str, Any]) -> None:
        for name, value in given.items():
            if name in RULES:
                setattr(self, name, value)
        if "headersTimeout" not in given:
            self.headersTimeout = min(self.headersTimeout, self.requestTimeout)
        if 0 < self.requestTimeout < self.headersTimeout:
            raise out_of_range("headersTimeout", f"<= requestTimeout ({self.requestTimeout})", self.headersTimeout)

    def response_options(self) -> dict[str, Any]:
        """What each response is given, where it is not the default."""
        given: dict[str, Any] = {}
        if self.rejectNonStandardBodyWrites:
            given["rejectNonStandardBodyWrites"] = True
        if self.httpValidation == "relaxed":
            given["_lenient"] = True
        if unique := unique_names(self.uniqueHeaders):
            given["_unique"] = unique
        if self.highWaterMark != HIGH_WATER_MARK:
            given["writableHighWaterMark"] = self.highWaterMark
        return given

    # --- connections

    @on_loop
    def _serve(self, connection: Any) -> None:
        """Speak HTTP over a socket, or over any duplex stream that was given to `emit('connection', …)`."""
        socket = Socket.over(connection)
        if self.timeout:
            socket.setTimeout(self.timeout)
        self._connections.add(ServerConnection(self, socket))

    def _connection_closed(self, connection: ServerConnection) -> None:
        self._connections.discard(connection)

    @on_loop
    def close(self, callback: Callable[..., Any] | None = None) -> Self:
        """Stop listening and close idle connections; 'close' follows when the busy ones are done, too.

        `callback` is called then, with ERR_SERVER_NOT_RUNNING if the server was not listening.
        """
        self.closeIdleConnections()
        return super().close(callback)

    @on_loop
    def closeAllConnections(self) -> None:
        """Close every connection, busy or not; goes on listening."""
        for connection in list(self._connections):
            connection.socket.destroy()

    @on_loop
    def closeIdleConnections(self) -> None:
        """Close the connections that are kept alive and have no request in progress."""
        for connection in list(self._connections):
            if connection.is_idle:
                connection.socket.destroy()

    # --- time

    @on_loop
    def setTimeout(self, msecs: float | Callback = 0, callback: Callback | None = None) -> Self:
        """Close a connection after `msecs` without traffic, or call `callback(socket)` instead; 0 for never."""
        listener = msecs if callable(msecs) else callback
        self.timeout = 0 if callable(msecs) else checked_timeout(msecs)
        if listener is not None:
            self.on("timeout", listener)
        return self

    def _new_hint(self) -> tuple[float, int | None, str]:
        """The value of Keep-Alive, behind the settings it was made from."""
        timeout, most = self.keepAliveTimeout, self.maxRequestsPerSocket
        text = f"timeout={int(timeout // 1000)}" + (f", max={most}" if most else "")
        self._hint = (timeout, most, text if timeout else "")
        return self._hint

    def _began_listening(self) -> None:
        if self.connectionsCheckingInterval:
            self._sweeper = self._home.later(self.connectionsCheckingInterval, self._sweep)

    def _stop_listening(self) -> None:
        super()._stop_listening()
        if self._sweeper is not None:
            self._sweeper.cancel()

    def _sweep(self) -> None:
        now = self._home.loop.time()
        for connection in list(self._connections):
            connection.check_timeouts(now)
        self._began_listening()

    # --- listeners

    def nodejs_rejection(self, err: Exception, name: str, *args: Any) -> None:
        """With `captureRejections`: what becomes of an `async def` listener's failure."""
        if name == "request":
            args[1]._listener_raised(err)
        else:
            super().nodejs_rejection(err, name, *args)

    def _adopt(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """An `async def` listener: the response it was given is the one that fails with it."""
        response = self._serving
        task = self._home.spawn(coroutine, at_once=True)

        def ended(task: asyncio.Task[Any]) -> None:
            exc = None if task.cancelled() else task.exception()
            if isinstance(exc, Exception):
                response._listener_raised(exc) if response is not None else self._listener_raised(exc)
            elif (exc is not None or task.cancelled()) and response is not None:
                # It was stopped, and nobody else will answer.
                response.destroy()

        if task.done():
            ended(task)
        else:
            task.add_done_callback(ended)


def createServer(
    options: Mapping[str, Any] | RequestListener | None = None, listener: RequestListener | None = None, **more: Any
) -> Server:
    """A server that calls `listener(req, res)` for each request; it listens after `listen()`.

    Takes Node's options as a mapping in first place or as keywords. Also a decorator: `@http.createServer` above
    `def server(req, res)`. Raises ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE.

    Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpcreateserveroptions-requestlistener
    """
    return Server(options, listener, **more)
