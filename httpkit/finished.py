"""`finished`: when a stream is done with, well or not.

A stream is done when nothing is left to be read, or written, and it is closed, where it is one that closes. Streams are
told apart by what they can do, as in Node: requests and responses of HTTP, which are no Writable, are taken as well.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#streamfinishedstream-options-callback, Node's
lib/internal/streams/end-of-stream.js and utils.js
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Mapping
from typing import Any

from .abort import addAbortListener, checked_signal
from .errors import AbortError, error, wrong_type
from .iteration import Answer
from .lifecycle import Callback, Options, fitted
from .loop import Home, home
from .readable import Readable
from .writable import Writable


def finished(stream: Any, options: Any = None, callback: Callback | None = None, **more: Any) -> Any:
    """Call `callback(err)` when `stream` is done with; gives a function that takes the wish back.

    Without a callback the result can be awaited; it raises what went wrong, such as ERR_STREAM_PREMATURE_CLOSE where
    the stream was closed before its end. Options, as a mapping or as keywords: `readable` and `writable` (whether to
    wait for this side), `error` (False: errors do not count), `signal`, and `cleanup` (when awaited: to take all
    listeners off again). Raises ERR_INVALID_ARG_TYPE.

    Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#streamfinishedstream-options-callback
    """
    if callable(options):
        options, callback = None, options
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type("options", "a mapping", options)
    wanted = {**(options or {}), **more}
    where = home_of(stream)
    if callback is not None:
        stop = where.call(watch, stream, wanted, fitted(callback, 1))
        return lambda: where.call(stop)
    outcome: concurrent.futures.Future[None] = concurrent.futures.Future()
    where.call(watch, stream, wanted, lambda err: settle(outcome, err))
    return Answer(outcome)


def settle(outcome: concurrent.futures.Future[Any], err: BaseException | None, value: Any = None) -> None:
    """Give `outcome` its exception, or else its value."""
    if outcome.set_running_or_notify_cancel():
        outcome.set_result(value) if err is None else outcome.set_exception(err)


def home_of(*streams: Any) -> Home:
    """The loop the first of `streams` that lives on one lives on."""
    for stream in streams:
        if isinstance(found := getattr(stream, "_home", None), Home):
            return found
    return home()


# --- what a stream is, and how far it is


def is_stream(thing: Any) -> bool:
    """Whether it is a stream, of ours or any other."""
    return can_do(thing, "on") and (can_do(thing, "pipe") or can_do(thing, "write"))


def can_do(thing: Any, *names: str) -> bool:
    return all(callable(getattr(thing, name, None)) for name in names)


def _reads(stream: Any) -> bool:
    """Whether it keeps the state of a readable stream."""
    return isinstance(stream, Readable)


def _writes(stream: Any) -> bool:
    """Whether it keeps the state of a writable stream."""
    return isinstance(stream, Writable) or (_reads(stream) and can_do(stream, "write"))


def has_readable_side(stream: Any, *, strict: bool = False) -> bool:
    if not can_do(stream, "pipe", "on") or (strict and not can_do(stream, "pause", "resume")):
        return False
    return not _writes(stream) or (_reads(stream) and getattr(stream, "_is_readable", True))


def has_writable_side(stream: Any) -> bool:
    return can_do(stream, "write", "on") and not (_reads(stream) and not getattr(stream, "_is_writable", True))


def readable_is_finished(stream: Any, *, strict: bool = True) -> bool:
    """Whether 'end' was emitted; not `strict`: or will be, as nothing is left."""
    if not _reads(stream) or stream.errored is not None:
        return False
    return bool(stream.readableEnded or (not strict and stream._eof and not stream.readableLength))


def writable_is_finished(stream: Any) -> bool:
    """Whether 'finish' was emitted, or will be, as nothing is left."""
    if getattr(stream, "writableFinished", False) is True:
        return True
    if not _writes(stream) or stream.errored is not None:
        return False
    return bool(stream.writableEnded and not stream.writableLength)


def is_readable(stream: Any) -> bool | None:
    """Whether it can be read; None for what cannot say."""
    if not isinstance(readable := getattr(stream, "readable", None), bool):
        return None
    return has_readable_side(stream) and readable and not stream.destroyed and not readable_is_finished(stream)


def is_writable(stream: Any) -> bool | None:
    """Whether it can be written to; None for what cannot say."""
    if not isinstance(writable := getattr(stream, "writable", None), bool):
        return None
    return has_writable_side(stream) and writable and not stream.destroyed and not stream.writableEnded


def _is_request(stream: Any) -> bool:
    return can_do(stream, "setHeader", "abort")


def _will_close(stream: Any) -> bool:
    if _reads(stream) or _writes(stream):
        return bool(stream._auto_destroy and stream._emits_close and not stream.closed)
    return can_do(stream, "assignSocket")


def _error_of(stream: Any) -> BaseException | None:
    return stream.errored if _reads(stream) or _writes(stream) else None


# --- waiting for the end


def watch(stream: Any, options: Options, callback: Callback) -> Callable[[], None]:
    """`finished` on the loop of the stream."""
    if options.get("signal") is not None:
        checked_signal(options["signal"])
    if not is_stream(stream):
        raise wrong_type("stream", "a stream", stream)
    watcher = _Watcher(stream, options, callback)
    watcher.start()
    return watcher.stop


class _Watcher:
    """Listens to a stream until it is done with."""

    def __init__(self, stream: Any, options: Options, callback: Callback) -> None:
        self.stream = stream
        self.options = options
        self.callback: Callback | None = callback
        self.home = home_of(stream)
        readable, writable = options.get("readable"), options.get("writable")
        self.waits_to_read = has_readable_side(stream) if readable is None else readable
        self.waits_to_write = has_writable_side(stream) if writable is None else writable
        waits_for_all = (self.waits_to_read, self.waits_to_write) == (
            has_readable_side(stream),
            has_writable_side(stream),
        )
        self.will_close = waits_for_all and _will_close(stream)
        self.read = readable_is_finished(stream, strict=False)
        self.written = writable_is_finished(stream)
        self._listeners: list[tuple[Any, str, Callback]] = []
        self._heard_signal: Any = None

    def start(self) -> None:
        stream = self.stream
        self._listen_to_request() if _is_request(stream) else self._listen_to_legacy()
        if not self.will_close and isinstance(getattr(stream, "aborted", None), bool):
            self._on(stream, "aborted", self._closed)
        self._on(stream, "end", self._end)
        self._on(stream, "finish", self._finish)
        if self.options.get("error") is not False:
            self._on(stream, "error", self._tell)
        self._on(stream, "close", self._closed)
        if already := self._already_done():
            self.home.next_tick(already)
        self._heed_signal()

    def _listen_to_request(self) -> None:
        if not self.will_close:
            self._on(self.stream, "abort", self._closed)

    def _listen_to_legacy(self) -> None:
        if self.waits_to_write and not _writes(self.stream):
            self._on(self.stream, "end", self._legacy_finish)
            self._on(self.stream, "close", self._legacy_finish)

    def _on(self, emitter: Any, name: str, listener: Callback) -> None:
        self._listeners.append((emitter, name, listener))
        emitter.on(name, listener)

    def _already_done(self) -> Callback | None:
        """What to say of a stream that has nothing to tell any more."""
        stream = self.stream
        if stream.closed:
            return self._closed
        if getattr(stream, "_error_emitted", False):
            return None if self.will_close else self._was_closed
        if not self.waits_to_read:
            if (not self.will_close or is_readable(stream)) and (self.written or is_writable(stream) is False):
                return None if getattr(stream, "_pending", 0) else self._was_closed
        elif not self.waits_to_write:
            if (not self.will_close or is_writable(stream)) and (self.read or is_readable(stream) is False):
                return self._was_closed
        elif _reads(stream) and getattr(stream, "req", None) is not None and stream.aborted:
            return self._was_closed
        return None

    def _heed_signal(self) -> None:
        signal = self.options.get("signal")
        if signal is None or self.stream.closed:
            return
        if signal.aborted:
            self.home.next_tick(self._aborted)
        else:
            self._heard_signal = addAbortListener(signal, lambda event: self.home.call(self._aborted))

    def _aborted(self) -> None:
        callback = self.callback
        self.stop()
        if callback is not None:
            self._call(callback, AbortError(cause=self.options["signal"].reason))

    def stop(self) -> None:
        self.callback = None
        for emitter, name, listener in self._listeners:
            emitter.off(name, listener)
        self._listeners.clear()

    # --- what the stream tells

    def _finish(self, *_: Any) -> None:
        self.written = True
        # It should not be destroyed yet. One that is does things its own way, and may not close.
        self.will_close = self.will_close and not self.stream.destroyed
        if self.will_close and (not getattr(self.stream, "readable", False) or self.waits_to_read):
            return
        if not self.waits_to_read or self.read:
            self._tell()

    def _end(self, *_: Any) -> None:
        self.read = True
        self.will_close = self.will_close and not self.stream.destroyed
        if self.will_close and (not getattr(self.stream, "writable", False) or self.waits_to_write):
            return
        if not self.waits_to_write or self.written:
            self._tell()

    def _legacy_finish(self, *_: Any) -> None:
        if not getattr(self.stream, "writable", False):
            self._finish()

    def _closed(self, *_: Any) -> None:
        stream = self.stream
        is_read = self.read or not has_readable_side(stream, strict=True) or readable_is_finished(stream, strict=False)
        is_written = self.written or writable_is_finished(stream)
        done = (is_read or not self.waits_to_read) and (is_written or not self.waits_to_write)
        self._tell(_error_of(stream) or (None if done else error("ERR_STREAM_PREMATURE_CLOSE")))

    def _was_closed(self) -> None:
        self._tell(_error_of(self.stream))

    def _tell(self, err: BaseException | None = None, *_: Any) -> None:
        """Once."""
        callback, self.callback = self.callback, None
        if self._heard_signal is not None:
            self._heard_signal.dispose()
        if self.options.get("cleanup"):
            self.stop()
        if callback is not None:
            self._call(callback, err)

    def _call(self, callback: Callback, err: BaseException | None) -> None:
        result = callback(err)
        if asyncio.iscoroutine(result):
            self.home.spawn(result)
