"""Server: listens, and hands each request to its listeners.

Binds 127.0.0.1 unless told otherwise, where Node binds all interfaces: what runs in a notebook is nobody else's
business by default.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpserver
"""

from __future__ import annotations

import asyncio
import os
import socket as sockets
from asyncio import TimerHandle
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from threading import get_ident
from typing import Any, Self

from .errors import SystemCallError, error, out_of_range, wrong_type
from .incoming import IncomingMessage
from .listening import BACKLOG, LOOPBACK, bound, bound_to, listen_options
from .loop import Resident, on_loop
from .net import Callback, Socket, SocketProtocol, checked_port, checked_timeout
from .server_connection import ServerConnection
from .server_response import ServerResponse

RequestListener = Callable[[IncomingMessage, ServerResponse], Any]

_MS = "an integer of milliseconds >= 0"
# Option, what it must be, how to tell.
_OPTIONS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "connectionsCheckingInterval": (_MS, lambda value: _is_integer(value)),
    "headersTimeout": (_MS, lambda value: _is_integer(value)),
    "requestTimeout": (_MS, lambda value: _is_integer(value)),
    "keepAliveTimeout": (_MS, lambda value: _is_integer(value)),
    "keepAliveTimeoutBuffer": (_MS, lambda value: _is_integer(value)),
    "maxHeaderSize": ("an integer of bytes >= 0", lambda value: _is_integer(value)),
    "highWaterMark": ("an integer of bytes >= 0", lambda value: _is_integer(value)),
    "noDelay": ("of type bool", lambda value: isinstance(value, bool)),
    "keepAlive": ("of type bool", lambda value: isinstance(value, bool)),
    "keepAliveInitialDelay": (_MS, lambda value: _is_integer(value)),
    "requireHostHeader": ("of type bool", lambda value: isinstance(value, bool)),
    "joinDuplicateHeaders": ("of type bool", lambda value: isinstance(value, bool)),
    "rejectNonStandardBodyWrites": ("of type bool", lambda value: isinstance(value, bool)),
    "uniqueHeaders": ("a list of header names", lambda value: isinstance(value, (list, tuple))),
    "IncomingMessage": ("a class", lambda value: isinstance(value, type)),
    "ServerResponse": ("a class", lambda value: isinstance(value, type)),
    "shouldUpgradeCallback": ("of type function", callable),
}


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class Server(Resident):
    """An HTTP server: 'request', 'connection', 'listening', 'close', 'error', 'clientError', 'timeout', …"""

    ONE_SHOT = frozenset({"listening", "error", "close"})

    timeout: float = 0
    headersTimeout: float = 60_000
    requestTimeout: float = 300_000
    keepAliveTimeout: float = 5_000
    keepAliveTimeoutBuffer: float = 1_000
    connectionsCheckingInterval: float = 30_000
    maxHeadersCount: int | None = None
    maxRequestsPerSocket = 0
    maxConnections: int | None = None
    maxHeaderSize: int | None = None
    requireHostHeader = True
    joinDuplicateHeaders = False
    rejectNonStandardBodyWrites = False
    noDelay = True
    keepAlive = False
    keepAliveInitialDelay: float = 0
    highWaterMark: int | None = None
    uniqueHeaders: Any = ()
    # The classes of requests and responses, which an option can replace.
    IncomingMessage: type[Any] = IncomingMessage
    ServerResponse: type[Any] = ServerResponse

    _hint: tuple[float, int, str] = (0, 0, "")
    httpAllowHalfOpen = False
    # Who fails with an `async def` listener: the response or socket that is being handed to it.
    _serving: Any = None
    _sweeper: TimerHandle | None = None
    _forget: Callable[[], None] | None = None

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
        self._apply(options, more)
        self._response_options: dict[str, Any] = {}
        if self.rejectNonStandardBodyWrites:
            self._response_options["rejectNonStandardBodyWrites"] = True
        if self.uniqueHeaders:
            self._response_options["_unique"] = frozenset(name.lower() for name in self.uniqueHeaders)
        if self.highWaterMark is not None:
            self._response_options["writableHighWaterMark"] = self.highWaterMark
        self._listening: sockets.socket | None = None
        self._accepting: asyncio.AbstractServer | None = None
        self._opening: asyncio.Task[Any] | None = None
        self._connections: set[ServerConnection] = set()
        self._referenced = True
        if listener is not None:
            self.on("request", listener)

    def __repr__(self) -> str:
        return f"<Server listening on {self.url}>" if self.listening else "<Server not listening>"

    def _apply(self, options: Any, more: dict[str, Any]) -> None:
        if options is not None and not isinstance(options, Mapping):
            raise wrong_type("options", "a mapping", options)
        for name, value in more.items():
            if name not in _OPTIONS:
                raise wrong_type(name, f"left out: the options are {', '.join(_OPTIONS)}", value)
        given = {**(options or {}), **more}
        for name, value in given.items():
            if name not in _OPTIONS or value is None:
                continue
            expected, is_right = _OPTIONS[name]
            if not is_right(value):
                kind = out_of_range if isinstance(value, (int, float)) and "integer" in expected else wrong_type
                raise kind(f"options.{name}", expected, value)
            setattr(self, name, value)
        if "requestTimeout" in given and "headersTimeout" not in given:
            self.headersTimeout = min(self.headersTimeout, self.requestTimeout)
        if 0 < self.requestTimeout < self.headersTimeout:
            raise out_of_range("headersTimeout", f"<= requestTimeout ({self.requestTimeout})", self.headersTimeout)

    # --- listening

    @property
    def listening(self) -> bool:
        return self._listening is not None

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the server; '' while it does not listen."""
        where = self.address()
        if where is None:
            return ""
        if isinstance(where, str):
            return f"unix:{where}"
        everywhere = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - named, not bound
        host = everywhere.get(where["address"], where["address"])
        return f"http://{f'[{host}]' if ':' in host else host}:{where['port']}/"

    def address(self) -> dict[str, Any] | str | None:
        """{'address', 'family', 'port'}, the path of a Unix socket, or None while the server does not listen."""
        if self._listening is None:
            return None
        name = self._listening.getsockname()
        if isinstance(name, (str, bytes)):
            return os.fsdecode(name)
        return {"address": name[0], "family": "IPv6" if ":" in name[0] else "IPv4", "port": name[1]}

    def listen(self, *args: Any, **options: Any) -> Self:
        """Listen; the port is known on the next line: `listen(port, host, backlog, callback)`, all optional.

        Also `listen({'port', 'host', 'backlog', 'path'}, callback)`, and `listen(path)` for a Unix socket. Without a
        port, or with 0, the system picks one; the host is 127.0.0.1. 'listening' or 'error' follows; called from
        another thread than the loop's, an error that no listener waits for is raised here. Raises
        ERR_SERVER_ALREADY_LISTEN, ERR_SOCKET_BAD_PORT.
        """
        wanted, callback = listen_options(args, options)
        failure = self._home.call(self._listen, wanted, callback, get_ident() != self._home.thread_id)
        if failure is not None:
            raise failure
        return self

    def _listen(
        self, wanted: dict[str, Any], callback: Callback | None, from_elsewhere: bool
    ) -> SystemCallError | None:
        if self._listening is not None:
            raise error("ERR_SERVER_ALREADY_LISTEN")
        path = wanted.get("path")
        port = checked_port(wanted.get("port") or 0, "options.port")
        backlog = wanted.get("backlog") or BACKLOG
        if callback is not None:
            self.once("listening", callback)
        try:
            host = wanted.get("host") or LOOPBACK
            self._listening = bound_to(path, backlog) if path else bound(host, port, backlog)
        except SystemCallError as err:
            if from_elsewhere and not self.listenerCount("error"):
                if callback is not None:
                    self.off("listening", callback)
                return err
            self._home.next_tick(self.emit, "error", err)
            return None
        if self._happened is not None:
            self._happened.clear()
        self._forget = self._home.at_close(self._abandon)
        if self._referenced:
            self._home.ref()
        self._opening = self._home.spawn(self._accept(self._listening, backlog))
        self._set_sweeper()
        self._home.next_tick(self._emit_safely, "listening")
        return None

    async def _accept(self, listening: sockets.socket, backlog: int) -> None:
        accepting: asyncio.AbstractServer
        if listening.family in (sockets.AF_INET, sockets.AF_INET6):
            # asyncio listens once more, with a backlog of its own.
            accepting = await self._home.loop.create_server(self._new_protocol, sock=listening, backlog=backlog)
        else:
            accepting = await self._home.loop.create_unix_server(self._new_protocol, sock=listening, backlog=backlog)
        if self._listening is listening:
            self._accepting = accepting
        else:
            # Closed before it began.
            accepting.close()

    def _new_protocol(self) -> SocketProtocol:
        return _AcceptedProtocol(Socket(self._home), self)

    def _accepted(self, socket: Socket) -> None:
        if self.maxConnections is not None and len(self._connections) >= self.maxConnections:
            ends = (socket.localAddress, socket.localPort, socket.localFamily)
            peer = (socket.remoteAddress, socket.remotePort, socket.remoteFamily)
            names = [f"{side}{fact}" for side in ("local", "remote") for fact in ("Address", "Port", "Family")]
            socket.destroy()
            self._emit_safely("drop", dict(zip(names, (*ends, *peer), strict=True)))
            return
        if self.highWaterMark is not None:
            socket.writableHighWaterMark = self.highWaterMark
        if self.keepAlive:
            socket.setKeepAlive(True, self.keepAliveInitialDelay)
        if not self.noDelay:
            socket.setNoDelay(False)
        if self.timeout:
            socket.setTimeout(self.timeout)
        self._connections.add(ServerConnection(self, socket))
        self._emit_safely("connection", socket)

    # --- closing

    @on_loop
    def close(self, callback: Callable[..., Any] | None = None) -> Self:
        """Stop listening and close idle connections; 'close' follows when the busy ones are done, too.

        `callback` is called then, with ERR_SERVER_NOT_RUNNING if the server was not listening.
        """
        if callback is not None:
            running = self._listening is not None
            self.once("close", callback if running else lambda: callback(error("ERR_SERVER_NOT_RUNNING")))
        self.closeIdleConnections()
        self._stop_listening()
        self._close_if_drained()
        return self

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

    def _abandon(self) -> None:
        """The loop is about to end."""
        self._stop_listening()

    def _stop_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is None:
            return
        path = listening.getsockname()
        if self._accepting is not None:
            self._accepting.close()
        elif self._opening is not None:
            self._opening.cancel()
        self._accepting = self._opening = None
        listening.close()
        if isinstance(path, str) and path:
            Path(path).unlink(missing_ok=True)
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._forget is not None:
            self._forget()
        if self._referenced:
            self._home.unref()

    def _connection_closed(self, connection: ServerConnection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            if self._listening is None:
                self._close_if_drained()

    def _close_if_drained(self) -> None:
        if self._listening is None and not self._connections:
            self._home.next_tick(self._emit_safely, "close")

    # --- the rest

    @on_loop
    def getConnections(self, callback: Callable[..., Any]) -> Self:
        """Call `callback(None, count)` with the number of open connections."""
        self._home.next_tick(callback, None, len(self._connections))
        return self

    @on_loop
    def setTimeout(self, msecs: float = 0, callback: Callback | None = None) -> Self:
        """Close a connection after `msecs` without traffic, or call `callback(socket)` instead; 0 for never."""
        self.timeout = checked_timeout(msecs)
        if callback is not None:
            self.on("timeout", callback)
        return self

    @on_loop
    def ref(self) -> Self:
        """A plain script does not end while the server listens (the default)."""
        return self._reference(True)

    @on_loop
    def unref(self) -> Self:
        """A plain script may end though the server listens."""
        return self._reference(False)

    def _reference(self, wanted: bool) -> Self:
        if wanted != self._referenced and self._listening is not None:
            (self._home.ref if wanted else self._home.unref)()
        self._referenced = wanted
        return self

    def _new_hint(self) -> tuple[float, int, str]:
        """The value of Keep-Alive, behind the settings it was made from."""
        timeout, most = self.keepAliveTimeout, self.maxRequestsPerSocket
        text = f"timeout={int(timeout // 1000)}" + (f", max={most}" if most else "")
        self._hint = (timeout, most, text if timeout else "")
        return self._hint

    def _set_sweeper(self) -> None:
        if self.connectionsCheckingInterval:
            self._sweeper = self._home.later(self.connectionsCheckingInterval, self._sweep)

    def _sweep(self) -> None:
        now = self._home.loop.time()
        for connection in list(self._connections):
            connection.check_timeouts(now)
        self._set_sweeper()

    def _adopt(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """An `async def` listener: the response it was given is the one that fails with it."""
        response = self._serving
        task = self._home.spawn(coroutine, at_once=True)

        def ended(task: asyncio.Task[Any]) -> None:
            exc = None if task.cancelled() else task.exception()
            if isinstance(exc, Exception):
                response._listener_raised(exc) if response is not None else self._listener_raised(exc)

        if task.done():
            ended(task)
        else:
            task.add_done_callback(ended)


class _AcceptedProtocol(SocketProtocol):
    """The protocol of a socket that a server accepted."""

    def __init__(self, socket: Socket, server: Server) -> None:
        super().__init__(socket)
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.home.enter(self._server._accepted, self.socket)


def createServer(
    options: Mapping[str, Any] | RequestListener | None = None, listener: RequestListener | None = None, **more: Any
) -> Server:
    """A server that calls `listener(req, res)` for each request; it listens after `listen()`.

    Takes Node's options as a mapping in first place or as keywords. Also a decorator: `@http.createServer` above
    `def server(req, res)`. Raises ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE.

    Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpcreateserveroptions-requestlistener
    """
    return Server(options, listener, **more)
