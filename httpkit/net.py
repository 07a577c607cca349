"""Socket: an asyncio transport in Node's dress.

What the transport takes counts as handed to the operating system until the transport says that it is full (64 KiB):
then write callbacks, 'drain' and 'finish' wait until it is empty. So uvloop may send what a turn of the loop wrote in
one go.

An HTTP connection takes the bytes of a socket before anybody else by setting `handler`.

Source: https://nodejs.org/docs/latest-v24.x/api/net.html#class-netsocket
"""

from __future__ import annotations

import asyncio
import socket as sockets
from asyncio import Task, TimerHandle
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, Self, cast

from .constants import HIGH_WATER_MARK
from .dialing import first_that_answers, look_up
from .encodings import to_bytes
from .errors import connection_reset, error, from_os_error, out_of_range, wrong_type
from .loop import Home, on_loop, report
from .readable import Readable

Callback = Callable[..., Any]


class Handler(Protocol):
    """Who takes a socket's bytes and troubles: one side of an HTTP connection."""

    def data(self, data: bytes, /) -> None: ...
    def eof(self) -> None: ...
    def drained(self) -> None: ...
    def timed_out(self) -> None: ...
    def closed(self, err: BaseException | None, /) -> None: ...


class SocketProtocol(asyncio.Protocol):
    """What asyncio calls; every call is followed by the ticks it left, as every callback of Node is."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.home = socket._home

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.home.enter(self.socket._opened, transport)

    def data_received(self, data: bytes) -> None:
        where = self.home
        where.draining = True
        socket = self.socket
        socket.bytesRead += len(data)
        try:
            (socket.handler or socket).data(data)
        except Exception as exc:  # noqa: BLE001 - a mistake of ours must not take the loop down, only this connection
            report(exc)
            socket.destroy()
        except SystemExit as exc:
            where.uncaught(exc)
        where.run_ticks()

    def eof_received(self) -> bool:
        self.home.enter(self.socket._ended)
        # Keep the writing side open: whether to answer a half-closed connection is not asyncio's to decide.
        return True

    def pause_writing(self) -> None:
        self.socket._full = True

    def resume_writing(self) -> None:
        # In a callback of its own: asyncio cannot have its transport closed while it tells us this.
        self.home.loop.call_soon(self.home.enter, self.socket._emptied)

    def connection_lost(self, exc: Exception | None) -> None:
        self.home.enter(self.socket._lost, exc)


class Socket(Readable):
    """A TCP connection: 'connect', 'data', 'end', 'drain', 'timeout', 'error', 'close'."""

    ONE_SHOT = Readable.ONE_SHOT | {"connect", "ready", "finish"}

    writable = True
    connecting = False
    timeout: float | None = None
    bytesRead = 0
    bytesWritten = 0
    writableEnded = False
    writableFinished = False
    writableNeedDrain = False
    writableHighWaterMark = HIGH_WATER_MARK
    allowHalfOpen = False

    handler: Handler | None = None
    server: Any = None
    parser: Any = None

    _transport: asyncio.Transport | None = None
    _corked: list[bytes] | None = None
    _corked_length = 0
    _full = False
    _when_flushed: list[Callback] | tuple[()] = ()
    _reading = True
    _referenced = False
    _wants_ref = True
    _deadline: float | None = None
    _timer: TimerHandle | None = None
    _timer_at = 0.0
    _connect_task: Task[None] | None = None
    _close_error: BaseException | None = None
    _names: dict[str, Any] | None = None

    def __init__(self, where: Home | None = None) -> None:
        if where is None:
            super().__init__()
        else:
            self._home = where

    def __repr__(self) -> str:
        local, remote = f"{self.localAddress}:{self.localPort}", f"{self.remoteAddress}:{self.remotePort}"
        return f"<Socket {self.readyState} {local} ↔ {remote}>"

    # --- facts

    @property
    def pending(self) -> bool:
        return self._transport is None

    @property
    def readyState(self) -> str:
        """'opening', 'open', 'readOnly', 'writeOnly' or 'closed'."""
        if self.connecting:
            return "opening"
        if self._transport is None:
            return "closed" if self.destroyed else "open"
        if self._eof:
            return "closed" if self.writableEnded else "writeOnly"
        return "readOnly" if self.writableEnded else "open"

    @property
    def writableLength(self) -> int:
        """Bytes written that the operating system has not taken yet."""
        buffered = self._transport.get_write_buffer_size() if self._full and self._transport is not None else 0
        return self._corked_length + buffered

    def address(self) -> dict[str, Any]:
        """The local end: {'address', 'family', 'port'}; empty where there is none."""
        local = self._end("sockname")
        return {"address": local[0], "family": _family(local[0]), "port": local[1]} if local else {}

    @property
    def localAddress(self) -> str | None:
        return (self._end("sockname") or (None,))[0]

    @property
    def localPort(self) -> int | None:
        return cast("int | None", (self._end("sockname") or (None, None))[1])

    @property
    def localFamily(self) -> str | None:
        return _family(self.localAddress)

    @property
    def remoteAddress(self) -> str | None:
        return (self._end("peername") or (None,))[0]

    @property
    def remotePort(self) -> int | None:
        return cast("int | None", (self._end("peername") or (None, None))[1])

    @property
    def remoteFamily(self) -> str | None:
        return _family(self.remoteAddress)

    def _end(self, name: str) -> Any:
        if self._names is None and self._transport is not None:
            info = self._transport.get_extra_info
            self._names = {"sockname": info("sockname"), "peername": info("peername")}
        found = (self._names or {}).get(name)
        # The ends of a Unix socket have paths at most.
        return found if isinstance(found, tuple) else None

    # --- opening

    @on_loop
    def connect(
        self,
        port: int = 0,
        host: str = "localhost",
        *,
        family: int = 0,
        local: tuple[str, int] | None = None,
        path: str | None = None,
    ) -> Self:
        """Connect to `host`:`port`, or to the Unix socket `path`; 'connect' or 'error' follows.

        Raises ERR_SOCKET_BAD_PORT.
        """
        self.connecting = True
        self.ref()
        way = self._connect_path(path) if path else self._connect(checked_port(port), host, family, local)
        self._connect_task = self._home.spawn(self._or_fail(way))
        return self

    async def _or_fail(self, way: Coroutine[Any, Any, None]) -> None:
        try:
            await way
        except Exception as err:  # noqa: BLE001 - also what an option of the wrong type leads to
            self._home.enter(self._failed, err)

    async def _connect(self, port: int, host: str, family: int, local: tuple[str, int] | None) -> None:
        loop = self._home.loop
        addresses = await look_up(loop, host, port, family, self._looked_up)
        opened = await first_that_answers(loop, addresses, local)
        await loop.create_connection(lambda: SocketProtocol(self), sock=opened)

    def _looked_up(self, err: BaseException | None, address: str | None, family: int | None, host: str) -> None:
        self._emit_safely("lookup", err, address, family, host)

    async def _connect_path(self, path: str) -> None:
        try:
            await self._home.loop.create_unix_connection(lambda: SocketProtocol(self), path)
        except OSError as exc:
            raise from_os_error(exc, "connect", host=path) from None

    def _opened(self, transport: asyncio.BaseTransport) -> None:
        self._use(cast(asyncio.Transport, transport))
        if not self.destroyed:
            self._announce()
            self._begin()

    def _use(self, transport: asyncio.Transport) -> None:
        """This is the transport from now on."""
        self._transport = transport
        # Full above the high water mark, and then until it is empty.
        transport.set_write_buffer_limits(high=self.writableHighWaterMark, low=0)
        if self.destroyed:
            transport.abort()
            return
        self._home.sockets.add(self)
        self._hold()

    def _announce(self) -> None:
        if self.connecting:
            self.connecting = False
            self._emit_safely("connect")
            self._emit_safely("ready")

    def _begin(self) -> None:
        """Bytes may go both ways."""
        if self._transport is None:
            return
        if not self._reading:
            self._transport.pause_reading()
        if self.timeout:
            self._active()
        self.uncork()
        if not self._full:
            self._flushed()

    def _failed(self, err: BaseException) -> None:
        """Connecting did not work."""
        self.connecting = False
        self.destroy(err)

    # --- writing

    @on_loop
    def write(self, chunk: Any, encoding: Any = None, callback: Callback | None = None) -> bool:
        """Send `chunk`; False when the buffer is full: wait for 'drain'. `callback` runs when it is flushed."""
        if callable(encoding):
            encoding, callback = None, encoding
        data = to_bytes(chunk, encoding)
        if self.destroyed or self.writableEnded:
            err = error("ERR_STREAM_WRITE_AFTER_END") if self.writableEnded else error("ERR_STREAM_DESTROYED", "write")
            self._home.next_tick(self._refuse, callback, err)
            return False
        return self.send(data, callback)

    def _refuse(self, callback: Callback | None, err: BaseException) -> None:
        if callback is not None:
            callback(err)
        self.destroy(err)

    def send(self, data: bytes, callback: Callback | None = None) -> bool:
        """`write` for those on the loop who know that the socket is open and `data` is bytes."""
        self.bytesWritten += len(data)
        transport = self._transport
        if self._corked is not None or transport is None:
            self.cork()
            self._corked.append(data)  # type: ignore[union-attr]
            self._corked_length += len(data)
        else:
            transport.write(data)
        if self._deadline is not None:
            self._active()
        if not (self._full or self._corked_length or self._when_flushed or transport is None):
            if callback is not None:
                self._home.next_tick(callback)
            return True
        if callback is not None:
            self.when_flushed(callback)
        if self.writableLength >= self.writableHighWaterMark:
            self.writableNeedDrain = True
            return False
        return True

    def when_flushed(self, callback: Callback) -> None:
        """Run `callback` in a tick once the operating system has everything that was written."""
        if self._full or self._corked_length or self._when_flushed or self._transport is None:
            if not self._when_flushed:
                self._when_flushed = []
            self._when_flushed.append(callback)
        else:
            self._home.next_tick(callback)

    def _emptied(self) -> None:
        self._full = False
        self._flushed()

    def _flushed(self) -> None:
        callbacks, self._when_flushed = self._when_flushed, ()
        for callback in callbacks:
            self._home.next_tick(callback)
        if self._deadline is not None:
            self._active()
        if self.writableNeedDrain:
            self.writableNeedDrain = False
            self._home.next_tick(self._drained)

    def _drained(self) -> None:
        if self.handler is not None:
            self.handler.drained()
        self._emit_safely("drain")

    def cork(self) -> None:
        """Collect what is written until `uncork`, to send it together."""
        if self._corked is None:
            self._corked = []

    def uncork(self) -> None:
        corked, transport = self._corked, self._transport
        if corked is None or transport is None:
            return
        self._corked, self._corked_length = None, 0
        if corked:
            transport.write(b"".join(corked))
            if not self._full:
                self._flushed()

    @on_loop
    def end(self, chunk: Any = None, encoding: Any = None, callback: Callback | None = None) -> Self:
        """Send `chunk`, if any, then tell the peer that no more will come. 'finish' follows."""
        if callable(chunk):
            chunk, callback = None, chunk
        elif callable(encoding):
            encoding, callback = None, encoding
        if chunk is not None:
            self.write(chunk, encoding)
        if callback is not None:
            self.once("finish", callback)
        if not self.writableEnded and not self.destroyed:
            self.writableEnded = True
            self.when_flushed(self._finish)
        return self

    def _finish(self, err: BaseException | None = None) -> None:
        if err is not None or self.destroyed or self._transport is None:
            return
        self.writable = False
        self.writableFinished = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._emit_safely("finish")
        if self.readableEnded:
            self.destroy()

    # --- reading

    def data(self, data: bytes) -> None:
        """Bytes arrived, and no HTTP connection takes them."""
        if self._deadline is not None:
            self._active()
        if not self.push(data):
            self.stop_reading()

    def _ended(self) -> None:
        handler = self.handler
        if handler is None:
            self.eof()
        else:
            handler.eof()
            self._emit_safely("end")

    def eof(self) -> None:
        """The peer will send no more, and no HTTP connection cares."""
        self.push(None)
        self._end_if_drained()
        if not self.allowHalfOpen:
            self.end()

    def _after_end(self) -> None:
        if self.writableFinished:
            self.destroy()

    def _read(self) -> None:
        self.start_reading()

    def stop_reading(self) -> None:
        """Leave what the peer sends in the operating system, so that the peer has to wait."""
        if self._reading:
            self._reading = False
            if self._transport is not None and not self._transport.is_closing():
                self._transport.pause_reading()

    def start_reading(self) -> None:
        if not self._reading:
            self._reading = True
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()

    # --- closing

    def _destroy(self, err: BaseException | None) -> None:
        self.writable = False
        self._close_error = err
        if self._connect_task is not None and not self._connect_task.done():
            self._connect_task.cancel()
        if self._transport is not None:
            # Like close(2): what the system has not taken is dropped. (uvloop hands it over at the end of a turn.)
            self._home.loop.call_soon(self._transport.abort)
        else:
            self._home.next_tick(self._gone)

    @on_loop
    def destroySoon(self) -> None:
        """Close once everything written is flushed."""
        self.writableEnded = True
        if self._transport is None:
            self.destroy()
            return
        self.uncork()
        self.writable = False
        self.writableFinished = True
        # Not `destroyed` before it is: destroy() can still cut it short when the peer takes nothing.
        self._transport.close()

    @on_loop
    def resetAndDestroy(self) -> Self:
        """Close with a TCP reset. Raises ERR_SOCKET_CLOSED where there is no connection."""
        if self._transport is None:
            raise error("ERR_SOCKET_CLOSED")
        raw = self._transport.get_extra_info("socket")
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        return self.destroy()

    def abandon(self) -> None:
        """Close without telling anybody: the loop ends, and with it everything that could listen."""
        self.handler = self._events = self._happened = None
        self.destroy()

    def _lost(self, exc: Exception | None) -> None:
        """The transport is closed, by us or by the peer."""
        self._end("sockname")
        self._transport = None
        if isinstance(exc, OSError) and self._close_error is None and not self.destroyed:
            self._close_error = from_os_error(exc, "write" if isinstance(exc, BrokenPipeError) else "read")
        self.destroyed = True
        self.writable = False
        self._gone()

    def _gone(self) -> None:
        err = self._close_error
        self._close_error = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._deadline = None
        self._home.sockets.discard(self)
        unflushed, self._when_flushed = self._when_flushed, []
        for callback in unflushed:
            self._home.next_tick(callback, err or connection_reset("aborted"))
        handler = self.handler
        if handler is not None:
            handler.closed(err)
        if err is not None:
            self.errored = err
            if handler is None or self.listenerCount("error"):
                self._emit_safely("error", err)
        self.closed = True
        self._emit_safely("close", err is not None)
        self._wake()
        # Last: what a listener has begun keeps a script alive from here on.
        self.unref()

    def _listener_raised(self, exc: Exception) -> None:
        """Whoever should have taken care of this connection cannot."""
        super()._listener_raised(exc)
        self.destroy()

    # --- time

    @on_loop
    def setTimeout(self, timeout: float, callback: Callback | None = None) -> Self:
        """Emit 'timeout' after `timeout` ms without traffic, again and again; 0 for never. It only notifies."""
        self.timeout = checked_timeout(timeout)
        if callback is not None:
            if timeout:
                self.once("timeout", callback)
            else:
                self.off("timeout", callback)
        if timeout:
            self._active()
        else:
            self._deadline = None
        return self

    def _active(self) -> None:
        """Something happened: the timeout starts again. Timers are not moved, only looked at when they fire."""
        assert self.timeout is not None
        loop = self._home.loop
        self._deadline = deadline = loop.time() + self.timeout / 1000
        if self._timer is None or self._timer_at > deadline:
            self._set_timer(deadline)

    def _set_timer(self, deadline: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = deadline
        self._timer = self._home.loop.call_at(deadline, self._home.enter, self._timer_fired)

    def _timer_fired(self) -> None:
        self._timer = None
        deadline = self._deadline
        if deadline is None or self.destroyed:
            return
        # A loop's clock is coarse: less than a millisecond early is on time.
        if deadline - self._home.loop.time() > 0.001:
            self._set_timer(deadline)
            return
        self._active()
        if self.handler is not None:
            self.handler.timed_out()
        self._emit_safely("timeout")

    # --- options

    @on_loop
    def setNoDelay(self, noDelay: bool = True) -> Self:
        """Send small writes at once (the default here), or let TCP collect them."""
        self._set_option(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, noDelay)
        return self

    @on_loop
    def setKeepAlive(self, enable: bool = False, initialDelay: float = 0) -> Self:
        """Probe an idle connection; the first time after `initialDelay` ms."""
        self._set_option(sockets.SOL_SOCKET, sockets.SO_KEEPALIVE, enable)
        if enable and initialDelay >= 1000 and hasattr(sockets, "TCP_KEEPIDLE"):
            self._set_option(sockets.IPPROTO_TCP, sockets.TCP_KEEPIDLE, int(initialDelay / 1000))
        return self

    def _set_option(self, level: int, option: int, value: int) -> None:
        raw = self._transport.get_extra_info("socket") if self._transport is not None else None
        if raw is not None and raw.family in (sockets.AF_INET, sockets.AF_INET6):
            raw.setsockopt(level, option, int(value))

    @on_loop
    def ref(self) -> Self:
        """A plain script does not end while this socket is open (the default)."""
        self._wants_ref = True
        self._hold()
        return self

    @on_loop
    def unref(self) -> Self:
        """A plain script may end though this socket is open."""
        self._wants_ref = False
        if self._referenced:
            self._referenced = False
            self._home.unref()
        return self

    def _hold(self) -> None:
        alive = self.connecting or self._transport is not None
        if self._wants_ref and alive and not self._referenced:
            self._referenced = True
            self._home.ref()


def checked_port(port: Any, name: str = "Port") -> int:
    """`port` as an int: 0 to 65535, also as digits. Raises ERR_SOCKET_BAD_PORT."""
    text = str(port).strip() if isinstance(port, str) else port
    number = int(text) if isinstance(text, str) and text.isdecimal() else text
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 65536:
        raise error("ERR_SOCKET_BAD_PORT", name, f"type {type(port).__name__} ({port!r})")
    return number


def checked_timeout(timeout: Any, name: str = "msecs") -> float:
    """`timeout` in ms. Raises ERR_INVALID_ARG_TYPE and ERR_OUT_OF_RANGE."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise wrong_type(name, "of type number", timeout)
    if not 0 <= timeout < float("inf"):
        raise out_of_range(name, "a non-negative finite number", timeout)
    return timeout


def _family(address: str | None) -> str | None:
    return None if address is None else "IPv6" if ":" in address else "IPv4"
