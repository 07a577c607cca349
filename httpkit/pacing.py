"""Pace: lets the bytes of connections through so slowly that one can watch them.

Client and server are real; only the path between them is slow. A server of this program is given one end of a pair of
streams, and speaks HTTP over it; for other servers that end is joined to a connection of the network. Little waits on
the path: whoever writes faster than the pace is told so, by `write()` giving False and by 'drain', as Node's rules say.
"""

from __future__ import annotations

import itertools
from asyncio import TimerHandle
from collections.abc import Callable
from functools import partial
from typing import Any

from .agent import Agent, Options, connect_once
from .duplex import DuplexSide
from .errors import SystemCallError, out_of_range
from .lifecycle import Callback
from .loop import Resident, on_loop
from .net import Socket
from .server import Server

# Bytes that may wait on the path, each way, before the writer is asked to wait.
HIGH_WATER_MARK = 1024
# ms between two looks at what may go through.
_TICK = 40

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - named, not bound

# Connections within this program have no ports. Numbers that no connection of a network has tell them apart.
_ports = itertools.count(1)


class Pace(Resident):
    """So many bytes per second go through, each way of each connection; all of it may be changed while they do.

    'connection' (near, far, socket) tells of each connection: `near` is the client's side and `far` the other, which
    emit 'through' (bytes) for what goes through of what was written there; `socket` is the server's, None for a server
    elsewhere. Raises ERR_OUT_OF_RANGE for a pace that is not above 0.
    """

    def __init__(self, bytes_per_second: float = 200) -> None:
        super().__init__()
        self.bytes_per_second = bytes_per_second
        self.is_paused = False
        self._waiting: list[PacedSide] = []
        self._timer: TimerHandle | None = None
        self._since = 0.0

    def __repr__(self) -> str:
        return f"<Pace {self.bytes_per_second:g} bytes/s{', paused' if self.is_paused else ''}>"

    @property
    def bytes_per_second(self) -> float:
        return self._bytes_per_second

    @bytes_per_second.setter
    def bytes_per_second(self, value: float) -> None:
        if not value > 0:
            raise out_of_range("bytes_per_second", "> 0", value)
        self._bytes_per_second = value

    def pause(self) -> None:
        """Let nothing through until `resume`."""
        self.is_paused = True

    @on_loop
    def resume(self) -> None:
        self.is_paused = False
        self._look_later()

    @on_loop
    def step(self, count: int | None = None) -> None:
        """Let `count` bytes through, also while it is paused; without a number the rest of a line, or of a write."""
        for side in self._waiting[:]:
            side.let_through(side.rest_of_line() if count is None else count)

    # --- for the sides of connections

    def queue(self, side: PacedSide) -> None:
        """`side` has bytes that are to go through."""
        self._waiting.append(side)
        self._look_later()

    def forget(self, side: PacedSide) -> None:
        if side in self._waiting:
            self._waiting.remove(side)

    def _look_later(self) -> None:
        if self._timer is None and self._waiting and not self.is_paused:
            self._since = self._home.loop.time()
            self._timer = self._home.later(_TICK, self._look)

    def _look(self) -> None:
        self._timer = None
        if self.is_paused:
            return
        earned = (self._home.loop.time() - self._since) * self.bytes_per_second
        for side in self._waiting[:]:
            side.credit += earned
            # What was written next may be there at once.
            while side.credit >= 1 and side in self._waiting:
                side.credit -= side.let_through(int(side.credit))
            side.credit = min(side.credit, self.bytes_per_second * _TICK / 1000)
        self._look_later()


class PacedSide(DuplexSide):
    """One of two: what is written here is read there, bit by bit; 'through' (bytes) tells of each."""

    _other: PacedSide

    def __init__(self, pace: Pace) -> None:
        super().__init__(highWaterMark=HIGH_WATER_MARK)
        self._pace = pace
        # Bytes that may go through now; a slow pace earns less than one at a time.
        self.credit = 0.0
        self._rest = b""
        self._when_through: Callback | None = None
        self._when_ended: Callback | None = None
        # The last piece fills the other side's buffer: it has to be read before the next one goes.
        self._is_held = False

    @property
    def in_the_pipe(self) -> int:
        """Bytes that were written here, and are not through yet."""
        return len(self._rest) + sum(len(write.chunk) for write in self._writes)

    def rest_of_line(self) -> int:
        """Bytes to the end of the line, or to that of what was written."""
        return self._rest.find(b"\n", 0, HIGH_WATER_MARK) + 1 or min(len(self._rest), HIGH_WATER_MARK)

    def let_through(self, count: int) -> int:
        """Let at most `count` bytes through; gives how many there were."""
        piece, self._rest = self._rest[:count], self._rest[count:]
        self._pace.forget(self)
        self._is_held = not self._other.push(piece)
        self._emit_safely("through", piece)
        if not self._is_held:
            self._go_on()
        return len(piece)

    def _go_on(self) -> None:
        self._is_held = False
        if self._rest:
            self._pace.queue(self)
        elif self._when_through is not None:
            when_through, self._when_through = self._when_through, None
            when_through()

    def _write(self, chunk: Any, encoding: str, callback: Callback) -> None:
        if self._other.destroyed:
            self._home.next_tick(callback, _gone())
        elif not chunk:
            self._home.next_tick(callback)
        else:
            self._rest, self._when_through = bytes(chunk), callback
            self._pace.queue(self)

    def _final(self, callback: Callback) -> None:
        if self._other.destroyed:
            # Nobody is there who could read to the end.
            self._home.next_tick(callback)
            return
        self._when_ended = callback
        self._other.on("end", self._ended)
        self._other.push(None)

    def _ended(self) -> None:
        """The other side has read to the end, or is gone."""
        if self._when_ended is not None:
            when_ended, self._when_ended = self._when_ended, None
            when_ended()

    def _read(self, size: int) -> None:
        if self._other._is_held:
            self._other._go_on()

    def _destroy(self, err: BaseException | None, callback: Callback) -> None:
        self._pace.forget(self)
        self._rest = b""
        super()._destroy(err, callback)

    def _hang_up(self, err: BaseException | None) -> None:
        super()._hang_up(err)
        self._other._cut_off()

    def _cut_off(self) -> None:
        """Nobody is there who could read the rest."""
        self._pace.forget(self)
        self._rest = b""
        if self._when_through is not None:
            when_through, self._when_through = self._when_through, None
            when_through(_gone())
        self._ended()


def _gone() -> SystemCallError:
    return SystemCallError("write EPIPE: the other side of the connection is gone", "EPIPE")


def paced(agent: Agent, pace: Pace) -> Agent:
    """Give `agent` connections that go at `pace`, and give it back.

    A server of this program is found by its host and port. Over TLS it is the bytes within it that are paced.
    """
    connect = agent.createConnection

    def create(options: Options, callback: Callable[..., Any] | None = None) -> Socket:
        near, far = _pair(pace)
        server = None if agent._proxy_for(options) else _server_at(agent, options)
        socket = None
        if server is not None:
            near_socket, socket = _sockets(near, far, server)
        else:
            near_socket = Socket.over(near)
            connect_once(connect, options, partial(_connected, near, far))
        pace._emit_safely("connection", near, far, socket)
        if server is not None:
            server._emit_safely("connection", socket)
        return near_socket

    agent.createConnection = create  # type: ignore[method-assign]  # as in Node, one of its own
    return agent


def _pair(pace: Pace) -> tuple[PacedSide, PacedSide]:
    near, far = PacedSide(pace), PacedSide(pace)
    near._other, far._other = far, near
    return near, far


def _server_at(agent: Agent, options: Options) -> Server | None:
    """The server of this program that would be connected with."""
    host, port = options.get("host") or "localhost", int(options.get("port") or 80)
    if agent.protocol != "http:" or options.get("socketPath"):
        return None
    for server in agent._home.servers:
        if isinstance(server, Server) and server.SCHEME == "http" and server.port == port and _is_at(server, host):
            return server
    return None


def _is_at(server: Server, host: str) -> bool:
    address: str = server.address()["address"]  # type: ignore[index]  # it has a port, so no path
    if host == "localhost":
        return address in (*_EVERYWHERE, "127.0.0.1", "::1")
    return address == host or (address in _EVERYWHERE and host in ("127.0.0.1", "::1"))


def _sockets(near: PacedSide, far: PacedSide, server: Server) -> tuple[Socket, Socket]:
    """Both ends of a connection within this program, as sockets that know each other's address."""
    ends = ("127.0.0.1", next(_ports)), ("127.0.0.1", server.port)
    client_socket, server_socket = Socket.over(near), Socket.over(far)
    client_socket._names = {"sockname": ends[0], "peername": ends[1]}
    server_socket._names = {"sockname": ends[1], "peername": ends[0]}
    client_socket.writableHighWaterMark = server_socket.writableHighWaterMark = HIGH_WATER_MARK
    return client_socket, server_socket


def _connected(near: PacedSide, far: PacedSide, err: BaseException | None, socket: Socket | None = None) -> None:
    """Join `far` to a connection of the network."""
    if err is not None or socket is None:
        near.destroy(err)
        return
    socket.readableHighWaterMark = socket.writableHighWaterMark = HIGH_WATER_MARK
    # The client is to hear what happened to its connection.
    socket.on("error", near.destroy)
    near.on("close", lambda *_: socket.destroy())
    # Of a client that is gone nobody needs to hear here.
    far.on("error", lambda *_: None)
    far.pipe(socket)
    socket.pipe(far)
