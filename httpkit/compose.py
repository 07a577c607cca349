"""`compose`: several streams as one Duplex, written to at the first and read from at the last.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#streamcomposestreams, Node's compose.js and duplexify.js
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Mapping
from typing import Any

from .abort import AbortController, checked_signal
from .duplex import Duplex
from .errors import AbortError, error, wrong_type, wrong_value
from .finished import is_readable, is_stream, is_writable, watch
from .iteration import Supply
from .lifecycle import Callback, Options, addAbortSignal, told_of
from .pipeline import give_up, pipeline
from .readable import Readable


def compose(*streams: Any) -> Any:
    """Join `streams`, or functions from an async iterator to one, to one Duplex.

    Raises ERR_MISSING_ARGS and ERR_INVALID_ARG_VALUE for what cannot be read from, or written to, where it has to be.
    """
    if not streams:
        raise error("ERR_MISSING_ARGS", '"streams" argument')
    stages = list(streams)
    for index in {0, len(stages) - 1}:
        if not is_stream(stages[index]):
            stages[index] = _as_stream(stages[index])
    if len(stages) == 1:
        return stages[0]
    for index, stage in enumerate(stages):
        if not is_stream(stage):
            continue
        if index < len(stages) - 1 and not is_readable(stage):
            raise wrong_value(f"streams[{index}]", "must be readable", streams[index])
        if index > 0 and not is_writable(stage):
            raise wrong_value(f"streams[{index}]", "must be writable", streams[index])
    return _Composed(stages)


class _Composed(Duplex):
    """A Duplex whose far ends are a stream to write to and one to read from."""

    def __init__(self, stages: list[Any]) -> None:
        self._head, self._tail = stages[0], stages[-1]
        writable, readable = bool(is_writable(self._head)), bool(is_readable(self._tail))
        # Whom to tell when the head has drained, the tail is finished, all are closed.
        self._drained: Callback | None = None
        self._ended: Callback | None = None
        self._all_closed: Callback | None = None
        self._is_over = False
        pipeline(*stages, self._pipeline_done)
        super().__init__(
            writableObjectMode=bool(getattr(self._head, "writableObjectMode", False)),
            readableObjectMode=bool(getattr(self._tail, "readableObjectMode", False)),
            writable=writable,
            readable=readable,
        )
        if writable:
            self._head.on("drain", self._go_on)
            watch(self._tail, {}, self._tail_done)
        if readable:
            self._tail.on("data", self._got)
            self._tail.on("end", lambda: self.push(None))

    def _pipeline_done(self, err: BaseException | None = None) -> None:
        self._is_over = True
        closed, self._all_closed = self._all_closed, None
        if closed is not None:
            closed(err)
        elif err is not None or not (self._is_readable or self._is_writable):
            self.destroy(err)

    def _write(self, chunk: Any, encoding: str, callback: Callback) -> None:
        if self._head.write(chunk, encoding if isinstance(chunk, str) else None):
            callback()
        else:
            self._drained = callback

    def _go_on(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None:
            drained()

    def _final(self, callback: Callback) -> None:
        self._head.end()
        self._ended = callback

    def _tail_done(self, err: BaseException | None) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()

    def _read(self, size: int) -> None:
        self._tail.resume()

    def _got(self, chunk: Any) -> None:
        if not self.push(chunk):
            self._tail.pause()

    def _destroy(self, err: BaseException | None, callback: Callback) -> None:
        if err is None and not self._is_over:
            err = AbortError()
        self._drained = self._ended = None
        give_up(self._tail, err)
        if self._is_over:
            callback(err)
        else:
            self._all_closed = callback


def _as_stream(thing: Any) -> Any:
    if callable(thing):
        return _through(thing)
    if hasattr(thing, "__aiter__") or hasattr(thing, "__iter__"):
        return Readable.from_(thing)
    raise wrong_type("body", "a stream, an iterable or a function", thing)


def _through(function: Callback) -> Duplex:
    """A function as a Duplex: it iterates over what is written; what it yields is read."""
    written = _Written()
    stopped = AbortController()
    made = told_of(stopped.signal, function, 1)(aiter(written))
    if hasattr(made, "__aiter__"):
        supply = Supply(made)

        def close(err: BaseException | None, callback: Callback) -> None:
            stopped.abort()
            supply.close(err, callback)

        stream = Duplex(
            {"objectMode": True, "readableHighWaterMark": 1},
            read=supply.read, write=written.write, final=written.end, destroy=close,
        )  # fmt: skip
        supply.stream = stream
        return stream
    if not inspect.isawaitable(made):
        raise error("ERR_INVALID_RETURN_VALUE", "Iterable, AsyncIterable or AsyncFunction", "body", repr(made))
    return _into(made, written)


def _into(made: Any, written: _Written) -> Duplex:
    """A coroutine as a stream that can only be written to; it is finished when the coroutine has returned."""

    async def final(callback: Callback) -> None:
        written.end(lambda: None)
        try:
            await task
        except Exception as exc:  # noqa: BLE001 - told to those who listen for 'error'
            callback(exc)
        else:
            callback()

    def close(err: BaseException | None, callback: Callback) -> None:
        task.cancel()
        callback(err)

    stream = Duplex(objectMode=True, readable=False, write=written.write, final=final, destroy=close)
    task = stream._home.spawn(made)
    return stream


class _Written:
    """What is written, as an async iterator; each chunk is asked for before the next is taken."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[tuple[Any, Callback]] = asyncio.Queue()

    def write(self, chunk: Any, encoding: str, callback: Callback) -> None:
        self._waiting.put_nowait((chunk, callback))

    def end(self, callback: Callback) -> None:
        self._waiting.put_nowait((None, callback))

    async def __aiter__(self) -> AsyncIterator[Any]:
        while True:
            chunk, callback = await self._waiting.get()
            callback()
            if chunk is None:
                return
            yield chunk


def _compose(self: Readable, stream: Any, options: Options | None = None, *, signal: Any = None) -> Any:
    """This stream and `stream`, or a function, as one Duplex. Option: `signal`. Raises as `compose` does."""
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type("options", "a mapping", options)
    signal = (options or {}).get("signal", signal)
    if signal is not None:
        checked_signal(signal)
    composed = compose(self, stream)
    return composed if signal is None else addAbortSignal(signal, composed)


# Set from here, as in Node, because a Readable knows nothing of what it can be made part of.
Readable.compose = _compose
