"""NetServer: listens, and accepts connections (Node's net.Server).

Binds 127.0.0.1 unless told otherwise, where Node binds all interfaces: what runs in a notebook is nobody else's
business by default. Binding happens in the caller's turn, so that `address()` knows the port on the next line.

Source: https://nodejs.org/docs/latest-v24.x/api/net.html#class-netserver
"""

from __future__ import annotations

import asyncio
import os
import socket as sockets
from collections.abc import Callable
from pathlib import Path
from threading import get_ident
from typing import Any, ClassVar, Self

from .constants import HIGH_WATER_MARK
from .errors import SystemCallError, error
from .listening import BACKLOG, LOOPBACK, close_when_aborted, listen_options, listening_socket
from .loop import Resident, on_loop
from .net import Callback, Socket, SocketProtocol, family_of
from .record import Record


class NetServer(Resident):
    """Accepts connections: 'listening', 'connection', 'drop', 'close', 'error'."""

    ONE_SHOT = frozenset({"listening", "error", "close"})
    SCHEME: ClassVar[str] = "tcp"

    maxConnections: int | None = None
    # Of Node's cluster, which there is none of here.
    dropMaxConnection = False
    allowHalfOpen = False
    pauseOnConnect = False
    noDelay = True
    keepAlive = False
    keepAliveInitialDelay: float = 0
    highWaterMark = HIGH_WATER_MARK

    def __init__(self) -> None:
        super().__init__()
        self._listening: sockets.socket | None = None
        self._accepting: asyncio.AbstractServer | None = None
        self._opening: asyncio.Task[Any] | None = None
        # Accepted and still open, whatever protocol they speak by now.
        self._sockets: set[Socket] = set()
        self._forget: Callable[[], None] | None = None
        self._referenced = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} listening on {self.url}>" if self.listening else "<Server not listening>"

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
        return f"{self.SCHEME}://{f'[{host}]' if ':' in host else host}:{where['port']}/"

    def address(self) -> Record | str | None:
        """{'address', 'family', 'port'}, the path of a Unix socket, or None while the server does not listen."""
        listening = self._listening
        if listening is None:
            return None
        try:
            name = listening.getsockname()
        except OSError:
            # The loop's thread is closing it while another one asks.
            return None
        if isinstance(name, (str, bytes)):
            return os.fsdecode(name)
        return Record(address=name[0], family=family_of(name[0]), port=name[1])

    @property
    def port(self) -> int:
        """The port it listens on; 0 for none."""
        where = self.address()
        return int(where["port"]) if isinstance(where, Record) else 0

    def listen(self, *args: Any, **options: Any) -> Self:
        """Listen; the port is known on the next line: `listen(port, host, backlog, callback)`, all optional.

        Also `listen(path)` for a Unix socket, `listen(handle)` for a socket that listens already, and `listen(options)`
        with 'port', 'host', 'backlog', 'path', 'fd', 'ipv6Only', 'reusePort', 'readableAll', 'writableAll', 'signal'.
        Without a port, or with 0, the system picks one; the host is 127.0.0.1. 'listening' or 'error' follows; called
        from another thread than the loop's, an error that no listener waits for is raised here. Raises
        ERR_SERVER_ALREADY_LISTEN, ERR_SOCKET_BAD_PORT, ERR_INVALID_ARG_VALUE, ERR_INVALID_ARG_TYPE.
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
        if callback is not None:
            self.once("listening", callback)
        if wanted.get("signal") is not None:
            close_when_aborted(self, wanted["signal"])
        try:
            self._listening = listening_socket(wanted)
        except SystemCallError as err:
            self._name_holder(err, wanted)
            if from_elsewhere and not self.listenerCount("error"):
                if callback is not None:
                    self.off("listening", callback)
                return err
            self._home.next_tick(self.emit, "error", err)
            return None
        if self._happened is not None:
            self._happened.clear()
        self._forget = self._home.at_close(self._stop_listening)
        self._home.servers.add(self)
        if self._referenced:
            self._home.ref()
        self._opening = self._home.spawn(self._accept(self._listening, wanted.get("backlog") or BACKLOG))
        self._began_listening()
        self._home.next_tick(self._tell_listening)
        return None

    def _name_holder(self, err: SystemCallError, wanted: dict[str, Any]) -> None:
        """Where the port is taken by another server of this program, say so: a cell that ran twice made both."""
        holder = next((each for each in self._home.servers if each.port and each.port == wanted.get("port")), None)
        if err.code == "EADDRINUSE" and holder is not None:
            err.add_note(
                f"It is taken by {holder!r} of this program: close() that one first, or `%stop {holder.port}`."
            )

    def _tell_listening(self) -> None:
        # It may have been closed at once.
        if self.listening:
            self._emit_safely("listening")

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

    def _began_listening(self) -> None:
        """Overridden by servers that have something to watch over while they listen."""

    # --- connections

    def _new_protocol(self) -> SocketProtocol:
        return _AcceptedProtocol(Socket(self._home), self)

    def _accepted(self, socket: Socket) -> None:
        if self.maxConnections is not None and len(self._sockets) >= self.maxConnections:
            self._drop(socket)
            return
        self._sockets.add(socket)
        socket.allowHalfOpen = self.allowHalfOpen
        if self.highWaterMark != HIGH_WATER_MARK:
            socket.writableHighWaterMark = socket.readableHighWaterMark = self.highWaterMark
        if self.keepAlive:
            socket.setKeepAlive(True, self.keepAliveInitialDelay)
        if not self.noDelay:
            socket.setNoDelay(False)
        if self.pauseOnConnect:
            socket.pause()
        self._emit_safely("connection", socket)

    def _drop(self, socket: Socket) -> None:
        ends = (socket.localAddress, socket.localPort, socket.localFamily)
        peer = (socket.remoteAddress, socket.remotePort, socket.remoteFamily)
        names = [f"{side}{fact}" for side in ("local", "remote") for fact in ("Address", "Port", "Family")]
        socket.destroy()
        self._emit_safely("drop", Record(zip(names, (*ends, *peer), strict=True)))

    def _gone(self, socket: Socket) -> None:
        if socket in self._sockets:
            self._sockets.remove(socket)
            if self._listening is None:
                self._close_if_drained()

    @on_loop
    def getConnections(self, callback: Callable[..., Any]) -> Self:
        """Call `callback(None, count)` with the number of open connections."""
        self._home.next_tick(callback, None, len(self._sockets))
        return self

    def nodejs_rejection(self, err: Exception, name: str, *args: Any) -> None:
        """With `captureRejections`: what becomes of an `async def` listener's failure."""
        if name == "connection":
            args[0].destroy(err)
        else:
            super().nodejs_rejection(err, name, *args)

    # --- closing

    @on_loop
    def close(self, callback: Callable[..., Any] | None = None) -> Self:
        """Stop listening; 'close' follows when the connections that are open are done, too.

        `callback` is called then, with ERR_SERVER_NOT_RUNNING if the server was not listening.
        """
        if callback is not None:
            running = self._listening is not None
            self.once("close", callback if running else lambda: callback(error("ERR_SERVER_NOT_RUNNING")))
        self._stop_listening()
        self._close_if_drained()
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close, and wait until every connection is done (Node's `await using`)."""
        if self.listening:
            await self._home.wait(self._close_and_wait())

    async def _close_and_wait(self) -> None:
        closed: asyncio.Future[None] = self._home.loop.create_future()
        self.close(lambda *_: closed.set_result(None))
        await closed

    def _stop_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is None:
            return
        self._home.servers.discard(self)
        path = listening.getsockname()
        if self._accepting is not None:
            self._accepting.close()
        elif self._opening is not None:
            self._opening.cancel()
        self._accepting = self._opening = None
        listening.close()
        if isinstance(path, str) and path:
            Path(path).unlink(missing_ok=True)
        if self._forget is not None:
            self._forget()
        if self._referenced:
            self._home.unref()

    def _close_if_drained(self) -> None:
        if self._listening is None and not self._sockets:
            self._home.next_tick(self._emit_safely, "close")

    # --- what keeps a script alive

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


class _AcceptedProtocol(SocketProtocol):
    """The protocol of a socket that a server accepted."""

    def __init__(self, socket: Socket, server: NetServer) -> None:
        super().__init__(socket)
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.home.enter(self._server._accepted, self.socket)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.home.enter(self._server._gone, self.socket)
