"""Node's writable stream: chunks go, one after the other, to `_write`, and wait while it is busy.

`write` answers False when more is waiting than `writableHighWaterMark`; whoever writes then waits for 'drain'. `_write`
may call back at once, or later: what follows from a write that ended at once happens in a tick, so that `write` has
always returned before its callback runs.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#writable-streams
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Self

from .constants import HIGH_WATER_MARK
from .encodings import known, to_bytes
from .errors import NodeError, error
from .lifecycle import Callback, Options, Stream, high_water_mark, hook
from .loop import on_loop


class Write(NamedTuple):
    """A chunk that waits, as `_writev` gets it."""

    chunk: Any
    encoding: str | None
    callback: Callback | None


class Writable(Stream):
    """A stream to be written to: 'drain', 'prefinish', 'finish', 'pipe', 'unpipe'.

    Made from options (`write`, `writev`, `final`, `destroy`, `highWaterMark`, `objectMode`, `decodeStrings`,
    `defaultEncoding`, `emitClose`, `autoDestroy`, `signal`), or by a subclass with `_write(chunk, encoding, callback)`
    and the like. Raises ERR_INVALID_ARG_VALUE and ERR_UNKNOWN_ENCODING.
    """

    ONE_SHOT = Stream.ONE_SHOT | {"prefinish", "finish"}
    HOOK_OPTIONS: ClassVar[Mapping[str, str]] = {
        **Stream.HOOK_OPTIONS,
        "write": "_write",
        "writev": "_writev",
        "final": "_final",
    }

    writableEnded = False
    writableFinished = False
    writableLength = 0
    writableCorked = 0
    writableHighWaterMark = HIGH_WATER_MARK
    writableObjectMode = False

    _writev: Callback | None = None
    _final: Callback | None = None

    _is_writable = True
    _decode_strings = True
    _default_encoding = "utf8"
    _writes: deque[Write]
    _when_finished: tuple[Callback, ...] = ()
    # The chunk that `_write` is busy with: its length and whom to tell.
    _writing = False
    _writing_length = 0
    _writing_callback: Callback | None = None
    # Whether `_write` was called just now, and has not returned.
    _write_began = False
    _flushing = False
    _needs_drain = False
    _final_called = False
    _prefinished = False
    # Writes whose callback has not run, and what else 'finish' has to wait for.
    _pending = 0
    _told_in_a_tick = False
    _callbacks_in_a_tick: list[Any] | None = None

    def __init__(self, options: Options | None = None, /, **more: Any) -> None:
        super().__init__()
        wanted = {**(options or {}), **more}
        self._set_up_writing(wanted)
        self._set_up(wanted)

    def _set_up_writing(self, options: Options, side: str | None = None) -> None:
        self._writes = deque()
        self.writableObjectMode = bool(options.get("objectMode") or (side and options.get("writableObjectMode")))
        self.writableHighWaterMark = high_water_mark(options, self.writableObjectMode, side)
        self._decode_strings = options.get("decodeStrings") is not False
        self._default_encoding = known(options.get("defaultEncoding") or "utf8")

    # --- facts

    @property
    def writable(self) -> bool:
        """Whether `write` can be called."""
        return self._is_writable and not (self.writableEnded or self.destroyed or self.errored is not None)

    @property
    def writableNeedDrain(self) -> bool:
        """Whether the last `write` answered False, and 'drain' is still to come."""
        return self._needs_drain and not (self.destroyed or self.writableEnded)

    @property
    def writableAborted(self) -> bool:
        """Whether it was destroyed, or failed, before 'finish'."""
        ended_early = self.destroyed or self.errored is not None
        return self._is_writable and ended_early and not self.writableFinished

    # --- for those who write

    @on_loop
    def write(self, chunk: Any, encoding: Any = None, callback: Callback | None = None) -> bool:
        """Write `chunk`; False when the buffer is full: wait for 'drain'. `callback` runs when it is written.

        Raises ERR_STREAM_NULL_VALUES, ERR_INVALID_ARG_TYPE and ERR_UNKNOWN_ENCODING. Written too late, it gives 'error'
        with ERR_STREAM_WRITE_AFTER_END.
        """
        if callable(encoding):
            encoding, callback = None, encoding
        return self._accept(chunk, encoding, callback) is True

    def _accept(self, chunk: Any, encoding: str | None, callback: Callback | None) -> bool | NodeError:
        """Whether there is room for more; the error, where it is too late."""
        if chunk is None:
            raise error("ERR_STREAM_NULL_VALUES")
        chunk, encoding = self._prepared(chunk, encoding)
        if self.writableEnded or self.destroyed:
            refused = (
                error("ERR_STREAM_WRITE_AFTER_END") if self.writableEnded else error("ERR_STREAM_DESTROYED", "write")
            )
            self._home.next_tick(self._call, callback, refused)
            self._fail(refused, later=True)
            return refused
        self._pending += 1
        return self._write_or_keep(Write(chunk, encoding, callback))

    def _prepared(self, chunk: Any, encoding: str | None) -> tuple[Any, str | None]:
        if self.writableObjectMode:
            return chunk, encoding
        encoding = known(encoding) if encoding and encoding != "buffer" else self._default_encoding
        if isinstance(chunk, str) and not self._decode_strings:
            return chunk, encoding
        return to_bytes(chunk, encoding), "buffer"

    def _write_or_keep(self, write: Write) -> bool:
        length = self._length_of(write.chunk)
        self.writableLength += length
        if self._writing or self.writableCorked or self.errored is not None:
            self._writes.append(write)
        else:
            self._begin_write(length, write.callback, self._write, write.chunk, write.encoding)
        has_room = self.writableLength < self.writableHighWaterMark or not self.writableLength
        if not has_room:
            self._needs_drain = True
        return has_room and not self.destroyed and self.errored is None

    def _length_of(self, chunk: Any) -> int:
        return 1 if self.writableObjectMode else len(chunk)

    @on_loop
    def end(self, chunk: Any = None, encoding: Any = None, callback: Callback | None = None) -> Self:
        """Write `chunk`, if any, and finish. `callback` runs at 'finish', or with the error that prevents it."""
        if callable(chunk):
            chunk, encoding, callback = None, None, chunk
        elif callable(encoding):
            encoding, callback = None, encoding
        refused = self._accept(chunk, encoding, None) if chunk is not None else None
        err = refused if isinstance(refused, NodeError) else None
        if self.writableCorked:
            self.writableCorked = 1
            self.uncork()
        if err is None:
            err = self._begin_to_end()
        if callback is not None:
            self._tell_of_finish(callback, err)
        return self

    def _begin_to_end(self) -> NodeError | None:
        if not self.writableEnded and self.errored is None:
            self.writableEnded = True
            self._finish_maybe(later=True)
        elif self.writableFinished:
            return error("ERR_STREAM_ALREADY_FINISHED", "end")
        elif self.destroyed:
            return error("ERR_STREAM_DESTROYED", "end")
        return None

    def _tell_of_finish(self, callback: Callback, err: BaseException | None) -> None:
        err = err or self.errored
        if err is not None:
            self._home.next_tick(self._call, callback, err)
        elif self.writableFinished:
            self._home.next_tick(self._call, callback)
        else:
            self._when_finished = (*self._when_finished, callback)

    @on_loop
    def cork(self) -> None:
        """Keep what is written until `uncork`, for `_writev` to take it at once."""
        self.writableCorked += 1

    @on_loop
    def uncork(self) -> None:
        """Write what was kept, once every `cork` has its `uncork`."""
        if self.writableCorked:
            self.writableCorked -= 1
            if not self._writing:
                self._flush_writes()

    @on_loop
    def setDefaultEncoding(self, encoding: str) -> Self:
        """How str is encoded where `write` is told no encoding. Raises ERR_UNKNOWN_ENCODING."""
        self._default_encoding = known(encoding)
        return self

    def pipe(self, destination: Any, options: Options | None = None, *, end: bool = True) -> Any:
        """What is written cannot be read: 'error' with ERR_STREAM_CANNOT_PIPE."""
        self._fail(error("ERR_STREAM_CANNOT_PIPE"))

    # --- for those who make one

    @hook
    def _write(self, chunk: Any, encoding: str | None, callback: Callback) -> None:
        """Write `chunk`, then call `callback(err)`. `encoding` is that of str, and 'buffer' for bytes."""
        if self._writev is None:
            raise error("ERR_METHOD_NOT_IMPLEMENTED", "_write()")
        self._writev([Write(chunk, encoding, None)], callback)

    # --- one write after the other

    def _begin_write(self, length: int, callback: Callback | None, write: Callback, *args: Any) -> None:
        self._writing_length, self._writing_callback = length, callback
        self._writing = self._write_began = True
        if self.destroyed:
            self._written(error("ERR_STREAM_DESTROYED", "write"))
        else:
            write(*args, self._written)
        self._write_began = False

    def _written(self, err: BaseException | None = None, *_: Any) -> None:
        """What `_write` calls back."""
        if not self._writing:
            self._fail(error("ERR_MULTIPLE_CALLBACK"))
            return
        callback, at_once = self._writing_callback, self._write_began
        self.writableLength -= self._writing_length
        self._writing, self._writing_length, self._writing_callback = False, 0, None
        if err is not None:
            self.errored = self.errored or err
            if at_once:
                self._home.next_tick(self._write_failed, err, callback)
            else:
                self._write_failed(err, callback)
            return
        if self._writes:
            self._flush_writes()
        if at_once:
            self._tell_in_a_tick(callback)
        else:
            self._tell(callback)

    def _tell_in_a_tick(self, callback: Callback | None) -> None:
        drains = self._needs_drain and not self.writableLength
        waiting = self._callbacks_in_a_tick
        if callback is not None and waiting is not None and waiting[0] == callback:
            waiting[1] += 1
        elif callback is not None:
            self._callbacks_in_a_tick = [callback, 1]
            self._told_in_a_tick = True
            self._home.next_tick(self._tell_counted, self._callbacks_in_a_tick)
        elif (drains or self.writableObjectMode) and not self._told_in_a_tick:
            self._told_in_a_tick = True
            self._home.next_tick(self._tell, None)
        else:
            self._pending -= 1
            if self.writableEnded:
                self._finish_maybe(later=True)

    def _tell_counted(self, waiting: list[Any]) -> None:
        self._callbacks_in_a_tick = None
        self._tell(*waiting)

    def _tell(self, callback: Callback | None, count: int = 1) -> None:
        """After a write: 'drain', its callback, the end."""
        self._told_in_a_tick = False
        if self._needs_drain and not (self.writableLength or self.writableEnded or self.destroyed):
            self._needs_drain = False
            self._emit_safely("drain")
        for _ in range(count):
            self._pending -= 1
            self._call(callback)
        if self.destroyed:
            self._refuse_writes()
        if self.writableEnded:
            self._finish_maybe(later=True)

    def _write_failed(self, err: BaseException, callback: Callback | None) -> None:
        self._pending -= 1
        self._call(callback, err)
        self._refuse_writes()
        self._fail(err)

    def _refuse_writes(self) -> None:
        """Tell those whose chunks are never going to be written."""
        if self._writing:
            return
        writes, self._writes = self._writes, deque()
        for write in writes:
            self.writableLength -= self._length_of(write.chunk)
            self._call(write.callback, self.errored or error("ERR_STREAM_DESTROYED", "write"))
        self._call_when_finished(self.errored or error("ERR_STREAM_DESTROYED", "end"))

    def _flush_writes(self) -> None:
        """Write what waits: all at once where there is a `_writev`, else one after the other."""
        if self.destroyed or self._flushing or self.writableCorked or not self._writes:
            return
        self._flushing = True
        if len(self._writes) > 1 and self._writev is not None:
            self._flush_together(self._writev)
        else:
            while self._writes and not self._writing:
                write = self._writes.popleft()
                length = self._length_of(write.chunk)
                self._begin_write(length, write.callback, self._write, write.chunk, write.encoding)
        self._flushing = False

    def _flush_together(self, writev: Callback) -> None:
        writes, self._writes = self._writes, deque()
        self._pending -= len(writes) - 1
        callbacks = [write.callback for write in writes if write.callback is not None]

        def tell_all(*err: Any) -> None:
            for callback in callbacks:
                self._call(callback, *err)

        self._begin_write(self.writableLength, tell_all if callbacks else None, writev, list(writes))

    # --- the end

    def _needs_finish(self) -> bool:
        over = self.destroyed or self.writableFinished or self.errored is not None
        return self.writableEnded and not (over or self._writing or self.writableLength or self._close_emitted)

    def _finish_maybe(self, *, later: bool = False) -> None:
        if not self._needs_finish():
            return
        self._prefinish()
        if self._pending:
            return
        if later:
            self._pending += 1
            self._home.next_tick(self._finish_in_a_tick)
        elif self._needs_finish():
            self._pending += 1
            self._finish()

    def _prefinish(self) -> None:
        if self._prefinished or self._final_called:
            return
        self._final_called = True
        if self._final is None or self.destroyed:
            self._prefinished = True
            self._emit_safely("prefinish")
            return
        self._write_began = True
        self._pending += 1
        try:
            self._final(self._finalized)
        except Exception as exc:  # noqa: BLE001 - told to those who listen for 'error'
            self._finalized(exc)
        self._write_began = False

    def _finalized(self, err: BaseException | None = None, *_: Any) -> None:
        """What `_final` calls back."""
        if self._prefinished:
            self._fail(err or error("ERR_MULTIPLE_CALLBACK"))
            return
        self._pending -= 1
        if err is not None:
            self._call_when_finished(err)
            self._fail(err, later=self._write_began)
        elif self._needs_finish():
            self._prefinished = True
            self._emit_safely("prefinish")
            self._pending += 1
            self._home.next_tick(self._finish)

    def _finish_in_a_tick(self) -> None:
        if self._needs_finish():
            self._finish()
        else:
            self._pending -= 1

    def _finish(self) -> None:
        self._pending -= 1
        self.writableFinished = True
        self._call_when_finished()
        self._emit_safely("finish")
        if self._auto_destroy and self._may_close_when_finished():
            self.destroy()

    def _call_when_finished(self, *err: BaseException) -> None:
        callbacks, self._when_finished = self._when_finished, ()
        for callback in callbacks:
            self._call(callback, *err)

    def _may_close_when_finished(self) -> bool:
        """Whether nothing is left to be done. Overridden by those that can also be read."""
        return True

    @on_loop
    def destroy(self, err: BaseException | None = None) -> Self:
        """Give up what is not written yet, and close; 'error' (if there is an error) and 'close' follow."""
        if (self._writes or self._when_finished) and not self.destroyed:
            self._home.next_tick(self._refuse_writes)
        return super().destroy(err)

    def _is_done(self) -> bool:
        return self.writableFinished
