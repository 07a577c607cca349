"""Streams that can be read and written: Duplex, Transform, PassThrough, and two Duplex that are each other's far end.

A Duplex is a Readable and a Writable: two independent sides, closed when both are done.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#duplex-and-transform-streams
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .errors import error
from .lifecycle import Callback, Options, Stream, hook
from .readable import Readable
from .writable import Writable


class Duplex(Readable, Writable):
    """Made from the options of Readable and Writable, or by a subclass with `_read` and `_write`.

    Options of one side alone: `readableObjectMode`, `writableObjectMode`, `readableHighWaterMark`,
    `writableHighWaterMark`; `readable=False` and `writable=False` leave a side out. With `allowHalfOpen=False` the end
    of what is read ends what is written.
    """

    ONE_SHOT = Readable.ONE_SHOT | Writable.ONE_SHOT
    HOOK_OPTIONS: ClassVar[Mapping[str, str]] = {**Readable.HOOK_OPTIONS, **Writable.HOOK_OPTIONS}

    allowHalfOpen = True

    def __init__(self, options: Options | None = None, /, **more: Any) -> None:
        Stream.__init__(self)
        wanted = {**(options or {}), **more}
        self._set_up_reading(wanted, "readableHighWaterMark")
        self._set_up_writing(wanted, "writableHighWaterMark")
        self.allowHalfOpen = wanted.get("allowHalfOpen") is not False
        if wanted.get("readable") is False:
            self._is_readable, self._eof, self.readableEnded = False, True, True
        if wanted.get("writable") is False:
            self._is_writable, self.writableEnded, self.writableFinished = False, True, True
        self._set_up(wanted)

    def _after_end(self) -> None:
        if self.writable and not self.allowHalfOpen:
            self._home.next_tick(self._end_too)
        elif self._auto_destroy and (self.writableFinished or not self._is_writable):
            self.destroy()

    def _end_too(self) -> None:
        if self.writable:
            self.end()

    def _may_close_when_finished(self) -> bool:
        return self.readableEnded or not self._is_readable


class Transform(Duplex):
    """What is written comes out changed: by `transform(chunk, encoding, callback)`, and `flush(callback)` at the end.

    `callback(err, data)` says that a chunk is done with and what it became; `push` gives more than one chunk for one.
    """

    HOOK_OPTIONS: ClassVar[Mapping[str, str]] = {
        **Duplex.HOOK_OPTIONS,
        "transform": "_transform",
        "flush": "_flush",
    }

    _flush: Callback | None = None
    # To be called when there is room for what comes next.
    _go_on: Callback | None = None

    def __init__(self, options: Options | None = None, /, **more: Any) -> None:
        wanted = {**(options or {}), **more}
        if 0 in (wanted.get("highWaterMark"), wanted.get("readableHighWaterMark")):
            # Nothing is to be kept, so nothing on the other side either.
            own = {"readableHighWaterMark": 0, "writableHighWaterMark": wanted.get("writableHighWaterMark") or 0}
            wanted = {**wanted, "highWaterMark": None, **own}
        super().__init__(wanted)
        self._in_read = False
        self.on("prefinish", self._finish_transform)

    @hook
    def _transform(self, chunk: Any, encoding: str, callback: Callback) -> None:
        """Make something of `chunk`, then call `callback(err, data)`."""
        raise error("ERR_METHOD_NOT_IMPLEMENTED", "_transform()")

    def _final(self, callback: Callback | None = None) -> None:
        """The last chunk was written."""
        if self._flush is None or self.destroyed:
            self._finish_flush(callback)
            return
        self._flush(lambda err=None, data=None: self._finish_flush(callback, err, data))

    def _finish_flush(self, callback: Callback | None, err: BaseException | None = None, data: Any = None) -> None:
        if err is not None:
            (callback or self.destroy)(err)
            return
        if data is not None:
            self.push(data)
        self.push(None)
        if callback is not None:
            callback()

    def _finish_transform(self) -> None:
        # A `final` of the user's own does not end what is read; this does.
        if getattr(self._final, "__func__", None) is not Transform._final:
            Transform._final(self)

    def _write(self, chunk: Any, encoding: str, callback: Callback) -> None:
        before = self._length

        def transformed(err: BaseException | None = None, data: Any = None) -> None:
            if err is not None:
                callback(err)
                return
            if data is not None:
                self.push(data)
            if self._eof:
                # push(None) was called: what that means has to be told first.
                self._home.next_tick(callback)
            elif self.writableEnded or self._length == before or self._length < self.readableHighWaterMark:
                callback()
            else:
                self._go_on = callback

        self._transform(chunk, encoding, transformed)

    def _read(self, size: int) -> None:
        go_on, self._go_on = self._go_on, None
        if go_on is not None:
            go_on()


class PassThrough(Transform):
    """What is written comes out as it is."""

    def _transform(self, chunk: Any, encoding: str, callback: Callback) -> None:
        callback(None, chunk)


class DuplexSide(Duplex):
    """One of two: what is written here is read there."""

    _other: DuplexSide
    # To be called when what the other side has written is read here.
    _when_read: Callback | None = None

    def _read(self, size: int) -> None:
        when_read, self._when_read = self._when_read, None
        if when_read is not None:
            when_read()

    def _write(self, chunk: Any, encoding: str, callback: Callback) -> None:
        if not self.writableObjectMode and not chunk:
            self._home.next_tick(callback)
        else:
            self._other.push(chunk)
            self._other._when_read = callback

    def _final(self, callback: Callback) -> None:
        self._other.on("end", callback)
        self._other.push(None)

    def _destroy(self, err: BaseException | None, callback: Callback) -> None:
        # In a tick: who destroys this side must not be interrupted by those who listen to the other.
        self._home.next_tick(self._hang_up, err)
        callback(err)

    def _hang_up(self, err: BaseException | None) -> None:
        other = self._other
        if other.destroyed:
            return
        if err is None:
            other.push(None)
        else:
            # The error is this side's; the other only learns that it is over.
            other.destroy()


def duplexPair(options: Options | None = None, /, **more: Any) -> tuple[DuplexSide, DuplexSide]:
    """Two Duplex, each the far end of the other: a connection without a network.

    Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#streamduplexpairoptions
    """
    one, other = DuplexSide(options, **more), DuplexSide(options, **more)
    one._other, other._other = other, one
    return one, other
