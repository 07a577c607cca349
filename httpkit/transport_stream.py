"""TransportStream: an asyncio transport as a duplex stream, in Node's dress.

What the transport takes counts as handed to the operating system until the transport says that it is full (64 KiB):
then write callbacks, 'drain' and 'finish' wait until it is empty. So uvloop may send what a turn of the loop wrote in
one go.

Whoever speaks a protocol over it (HTTP, TLS, a tunnel) takes its bytes before anybody else by setting `_handler`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, Self, cast

from .constants import HIGH_WATER_MARK
from .encodings import known, to_bytes
from .errors import NodeError, SystemCallError, error, from_os_error
from .idle import IdleTimer
from .loop import Home, on_loop
from .readable import Readable

Callback = Callable[..., Any]


class Handler(Protocol):
    """Who takes a socket's bytes and troubles: one side of a protocol."""

    def data(self, data: bytes, /) -> None: ...
    def eof(self) -> None: ...
    def drained(self) -> None: ...
    def timed_out(self) -> None: ...
    def closed(self, err: BaseException | None, /) -> None: ...


class TransportStream(Readable):
    """The stream of a connection: opened by its transport, written, read and closed."""

    ONE_SHOT = Readable.ONE_SHOT | {"connect", "ready", "finish"}

    writable = True
    connecting = False
    bytesRead = 0
    bytesWritten = 0
    writableCorked = 0
    writableEnded = False
    writableFinished = False
    writableNeedDrain = False
    writableObjectMode = False
    writableHighWaterMark = HIGH_WATER_MARK
    allowHalfOpen = False

    _handler: Handler | None = None

    _transport: asyncio.Transport | None = None
    # What waits to be written: for `uncork`, or for the connection to open.
    _corked: list[bytes] | None = None
    _corked_length = 0
    _full = False
    # What was not sent yet when somebody last looked.
    _unsent = 0
    _when_flushed: list[Callback] | tuple[()] = ()
    _default_encoding: str | None = None
    _receiving = True
    _referenced = False
    _wants_ref = True
    _was_open = False
    _close_error: BaseException | None = None

    def __init__(self, where: Home | None = None) -> None:
        if where is None:
            super().__init__()
        else:
            self._home = where
        self._idle = IdleTimer(self._home, self._timed_out)

    # --- opening

    def _opened(self, transport: asyncio.BaseTransport) -> None:
        self._use(cast(asyncio.Transport, transport))
        if not self.destroyed:
            self._announce()
            self._start()

    def _use(self, transport: asyncio.Transport) -> None:
        """This is the transport from now on; what is written waits until `_start`."""
        self._transport = transport
        self._was_open = True
        # Full above the high water mark, and then until it is empty.
        transport.set_write_buffer_limits(high=self.writableHighWaterMark, low=0)
        if self.destroyed:
            transport.abort()
            return
        if self._corked is None:
            self._corked = []
        self._home.sockets.add(self)
        self._hold()

    def _announce(self) -> None:
        if self.connecting:
            self.connecting = False
            self._emit_safely("connect")
            self._emit_safely("ready")

    def _start(self) -> None:
        """Bytes may go both ways."""
        if self._transport is None:
            return
        if not self._receiving:
            self._transport.pause_reading()
        if self._idle.timeout:
            self._idle.restart()
        self._write_corked()
        if not self._full:
            self._flushed()

    # --- writing

    @property
    def writableLength(self) -> int:
        """Bytes written that the operating system has not taken yet."""
        buffered = self._transport.get_write_buffer_size() if self._full and self._transport is not None else 0
        return self._corked_length + buffered

    @property
    def writableAborted(self) -> bool:
        """Whether it was destroyed, or failed, before all was written."""
        return self.destroyed and not self.writableFinished

    @on_loop
    def write(self, chunk: Any, encoding: Any = None, callback: Callback | None = None) -> bool:
        """Send `chunk`; False when the buffer is full: wait for 'drain'. `callback` runs when it is flushed."""
        if callable(encoding):
            encoding, callback = None, encoding
        data = to_bytes(chunk, encoding or self._default_encoding)
        refusal = self._refusal()
        if refusal is not None:
            if callback is not None:
                self._home.next_tick(callback, refusal)
            self.destroy(refusal)
            return False
        return self.send(data, callback)

    def _refusal(self) -> NodeError | None:
        """Why nothing can be written, if so."""
        if self.writableEnded:
            if self.readableEnded and not self.allowHalfOpen:
                return SystemCallError("This socket has been ended by the other party", "EPIPE")
            return error("ERR_STREAM_WRITE_AFTER_END")
        if self.destroyed:
            return error("ERR_STREAM_DESTROYED", "write")
        return error("ERR_SOCKET_CLOSED") if self._transport is None and not self.connecting else None

    def send(self, data: bytes, callback: Callback | None = None) -> bool:
        """`write` for those on the loop who know that the socket is open and `data` is bytes."""
        self.bytesWritten += len(data)
        transport = self._transport
        if self._corked is not None or transport is None:
            if self._corked is None:
                self._corked = []
            self._corked.append(data)
            self._corked_length += len(data)
        else:
            transport.write(data)
        idle = self._idle
        if idle.deadline is not None:
            idle.restart()
        if not (self._full or self._corked_length or self._when_flushed or transport is None):
            if callback is not None:
                self._home.next_tick(callback)
            return True
        if callback is not None:
            self.when_flushed(callback)
        self._unsent = unsent = self.writableLength
        if unsent >= self.writableHighWaterMark:
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
        if self._idle.deadline is not None:
            self._idle.restart()
        if self.writableNeedDrain:
            self.writableNeedDrain = False
            self._home.next_tick(self._drained)

    def _drained(self) -> None:
        if self._handler is not None:
            self._handler.drained()
        self._emit_safely("drain")

    @on_loop
    def cork(self) -> None:
        """Collect what is written until `uncork` was called as often, to send it together."""
        self.writableCorked += 1
        if self._corked is None:
            self._corked = []

    @on_loop
    def uncork(self) -> None:
        if self.writableCorked:
            self.writableCorked -= 1
            self._write_corked()

    def _write_corked(self) -> None:
        corked, transport = self._corked, self._transport
        if corked is None or transport is None or self.writableCorked:
            return
        self._corked, self._corked_length = None, 0
        if corked:
            transport.write(b"".join(corked))
            if not self._full:
                self._flushed()

    def setDefaultEncoding(self, encoding: str) -> Self:
        """What a str is written in where `write` is told nothing else. Raises ERR_UNKNOWN_ENCODING."""
        self._default_encoding = known(encoding)
        return self

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
            self.writable = False
            if self.writableCorked:
                self.writableCorked = 1
                self.uncork()
            self.when_flushed(self._finish)
        return self

    def _finish(self, err: BaseException | None = None) -> None:
        transport = self._transport
        if err is not None or self.destroyed or transport is None:
            return
        self.writableFinished = True
        if transport.can_write_eof() and not transport.is_closing():
            # A peer that has reset the connection: its loss is about to be told.
            with suppress(OSError):
                transport.write_eof()
        self._emit_safely("finish")
        if self.readableEnded:
            self.destroy()

    # --- reading

    def _received(self, data: bytes) -> None:
        """Bytes arrived, and nobody speaks a protocol over them."""
        if self._idle.deadline is not None:
            self._idle.restart()
        if not self.push(data):
            self.stop_reading()

    def _ended(self) -> None:
        handler = self._handler
        if handler is None:
            self._peer_ended()
        else:
            handler.eof()
            self._emit_safely("end")

    def _peer_ended(self) -> None:
        """The peer will send no more, and no protocol cares."""
        self.push(None)
        self._end_if_drained()
        if not self.allowHalfOpen:
            self.end()

    def _after_end(self) -> None:
        if self.writableFinished:
            self.destroy()

    def _read(self, size: int) -> None:
        self.start_reading()

    def stop_reading(self) -> None:
        """Leave what the peer sends in the operating system, so that the peer has to wait."""
        if self._receiving:
            self._receiving = False
            if self._transport is not None and not self._transport.is_closing():
                self._transport.pause_reading()

    def start_reading(self) -> None:
        if not self._receiving:
            self._receiving = True
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()

    # --- closing

    def _destroy(self, err: BaseException | None) -> None:
        self.writable = False
        self._close_error = err
        if self._transport is not None:
            # Like close(2): what the system has not taken is dropped. (uvloop hands it over at the end of a turn.)
            self._home.loop.call_soon(self._transport.abort)
        else:
            self._home.next_tick(self._gone)

    @on_loop
    def destroySoon(self) -> None:
        """Close once everything written is flushed."""
        if self._transport is None:
            self.destroy()
            return
        self.writable = False
        self.writableCorked = 0
        self._write_corked()
        # Not `destroyed` before it is: destroy() can still cut it short when the peer takes nothing.
        self._transport.close()
        if not self.writableEnded:
            self.writableEnded = True
            self.when_flushed(self._finish)

    def abandon(self) -> None:
        """Close without telling anybody: the loop ends, and with it everything that could listen."""
        self._handler = self._events = self._happened = None
        self.destroy()

    def _lost(self, exc: Exception | None) -> None:
        """The transport is closed, by us or by the peer."""
        self._transport = None
        if exc is not None and self._close_error is None and not self.destroyed:
            self._close_error = self._explained(exc)
        self.destroyed = True
        self.writable = False
        self._gone()

    def _explained(self, exc: Exception) -> Exception:
        """What the transport ended with, under Node's name."""
        if isinstance(exc, NodeError) or not isinstance(exc, OSError):
            return exc
        return from_os_error(exc, "write" if isinstance(exc, BrokenPipeError) else "read")

    def _gone(self) -> None:
        err = self._close_error
        self._close_error = None
        self.connecting = False
        self._idle.close()
        self._home.sockets.discard(self)
        self._tell_unflushed(err)
        handler = self._handler
        if handler is not None:
            handler.closed(err)
        if err is not None:
            self.errored = err
            self._error_emitted = True
            if handler is None or self.listenerCount("error"):
                self._emit_safely("error", err)
        self.closed = self._close_emitted = True
        self._emit_safely("close", err is not None)
        # Last: what a listener has begun keeps a script alive from here on.
        self.unref()

    def _tell_unflushed(self, err: BaseException | None) -> None:
        """Those who wait for what was written learn why it never went out."""
        unflushed, self._when_flushed = self._when_flushed, ()
        if not unflushed:
            return
        reason = err or error("ERR_STREAM_DESTROYED", "write")
        if not self._was_open:
            # As in Node, only the first one where something else is to blame.
            never = error("ERR_SOCKET_CLOSED_BEFORE_CONNECTION")
            self._home.next_tick(unflushed.pop(0), never)
            reason = err or never
        for callback in unflushed:
            self._home.next_tick(callback, reason)

    def _listener_raised(self, exc: Exception) -> None:
        """Whoever should have taken care of this connection cannot."""
        super()._listener_raised(exc)
        self.destroy()

    # --- time

    def _timed_out(self) -> None:
        unsent = self.writableLength
        if self._unsent and unsent != self._unsent and self._full:
            # The peer takes it, if slowly.
            self._unsent = unsent
            self._idle.restart()
            return
        if self._handler is not None:
            self._handler.timed_out()
        self._emit_safely("timeout")

    # --- what keeps a script alive

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
