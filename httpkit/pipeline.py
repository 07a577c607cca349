"""`pipeline`: streams, iterables and functions joined to one; when one fails, all are destroyed.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#streampipelinesource-transforms-destination-callback,
Node's lib/internal/streams/pipeline.js
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any

from .abort import AbortController, addAbortListener, checked_signal
from .errors import AbortError, error, wrong_type
from .finished import can_do, home_of, is_readable, is_stream, is_writable, readable_is_finished, settle, watch
from .iteration import Answer, is_one_item
from .lifecycle import Callback, fitted, told_of


def pipeline(*streams: Any, **options: Any) -> Any:
    """Pipe each of `streams` into the next, and be done when all are; all are destroyed when one fails.

    The first may be any iterable, a function that gives one, or a stream; those between streams or functions from an
    async iterator to one (`async def upper(chunks): async for chunk in chunks: yield …`); the last a stream or a
    coroutine function, whose result is the pipeline's. The whole can be awaited; it raises what went wrong. With a
    plain function at the end, `callback(err, value)`, that is called instead, and the last stream is given back.

    Options, also as a mapping at the end: `signal`, and `end` (False: the last stream is not ended). Raises
    ERR_MISSING_ARGS, ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE and ERR_STREAM_UNABLE_TO_PIPE.
    """
    stages = list(streams)
    callback = stages.pop() if stages and _is_callback(stages[-1]) else None
    if stages and isinstance(stages[-1], Mapping):
        options = {**stages.pop(), **options}
    if len(stages) == 1 and isinstance(stages[0], (list, tuple)):
        stages = list(stages[0])
    if len(stages) < 2:
        raise error("ERR_MISSING_ARGS", '"streams" argument')
    where = home_of(*stages)
    if callback is not None:
        return where.call(_Pipeline(stages, fitted(callback, 2), options).start)
    outcome: concurrent.futures.Future[Any] = concurrent.futures.Future()
    where.call(_Pipeline(stages, lambda err, value: settle(outcome, err, value), options).start)
    return Answer(outcome)


def _is_callback(last: Any) -> bool:
    takes_part = inspect.iscoroutinefunction(last) or inspect.isasyncgenfunction(last)
    return callable(last) and not takes_part and not is_stream(last)


class _Pipeline:
    """Streams on their way to be done."""

    def __init__(self, stages: list[Any], callback: Callback, options: Mapping[str, Any]) -> None:
        self.stages = stages
        self.callback = callback
        self.home = home_of(*stages)
        self.ends = options.get("end") is not False
        self.signal = options.get("signal")
        if self.signal is not None:
            checked_signal(self.signal)
        self.controller = AbortController()
        self.error: BaseException | None = None
        self.value: Any = None
        self._unfinished = 0
        self._destroy: list[Callable[[BaseException | None], Any]] = []
        # What is taken off the last stream, which may be used on.
        self._let_go: list[Callable[[], Any]] = []

    def start(self) -> Any:
        """Join the streams; gives the last one."""
        if self.signal is not None:
            self._let_go.append(addAbortListener(self.signal, lambda event: self.home.call(self._abort)).dispose)
        joined: Any = None
        for index, stage in enumerate(self.stages):
            is_last = index == len(self.stages) - 1
            if is_stream(stage):
                self._take_care_of(stage, index, is_last)
            if index == 0:
                joined = self._first(stage)
            elif is_stream(stage):
                self._join(joined, stage, is_last)
                joined = stage
            elif callable(stage):
                joined = self._call(stage, joined, index, is_last)
            else:
                raise wrong_type(f"streams[{index}]", "a stream or a function", stage)
        return joined

    def _take_care_of(self, stream: Any, index: int, is_last: bool) -> None:
        following: Any = None if is_last else self.stages[index + 1]
        if is_stream(following) and (getattr(following, "closed", False) or following.destroyed):
            raise error("ERR_STREAM_UNABLE_TO_PIPE")
        if not is_last or self.ends:
            destroy, stop = _destroyer(stream, reading=not is_last, writing=index > 0)
            self._destroy.append(destroy)
            if is_last and is_readable(stream):
                self._let_go.append(stop)

        def on_error(err: BaseException) -> None:
            # Also what goes wrong after everything has been piped.
            if not _is_consequence(err):
                self.finish(err, is_final=False)

        stream.on("error", on_error)
        if is_last and is_readable(stream):
            self._let_go.append(lambda: stream.off("error", on_error))

    # --- joining two

    def _first(self, stage: Any) -> Any:
        if is_stream(stage):
            return stage
        source = told_of(self.controller.signal, stage, 0)() if callable(stage) else stage
        if not hasattr(source, "__aiter__") and not isinstance(source, Iterable):
            if callable(stage):
                raise error("ERR_INVALID_RETURN_VALUE", "Iterable, AsyncIterable or Stream", "source", repr(source))
            raise wrong_type("streams[0]", "a stream, an iterable or a function", stage)
        return source

    def _join(self, source: Any, stream: Any, is_last: bool) -> None:
        ends = not is_last or self.ends
        if is_stream(source):
            self._unfinished += 2
            stop = self._pipe(source, stream, ends)
            if is_last and is_readable(stream):
                self._let_go.append(stop)
        else:
            self._unfinished += 1
            self.home.spawn(self._pump(_items(source), stream, ends))

    def _pipe(self, source: Any, stream: Any, ends: bool) -> Callable[[], None]:
        ended = False

        def on_close(*_: Any) -> None:
            if not ended:
                self.finish(error("ERR_STREAM_PREMATURE_CLOSE"), is_final=False)

        def end() -> None:
            nonlocal ended
            ended = True
            stream.end()

        stream.on("close", on_close)
        source.pipe(stream, {"end": False})
        if not ends:
            self.finish_one()
        elif readable_is_finished(source):
            self.home.next_tick(end)
        else:
            source.once("end", end)
        watch(source, {"readable": True, "writable": False}, lambda err: self._read(source, err))
        return watch(stream, {"readable": False, "writable": True}, self.finish_one)

    def _read(self, source: Any, err: BaseException | None) -> None:
        """A source is done with. Some are closed before they emit 'end', which then is still to come."""
        closed_early = getattr(err, "code", None) == "ERR_STREAM_PREMATURE_CLOSE"
        if closed_early and getattr(source, "_eof", False) and source.errored is None:
            source.once("end", self.finish_one)
            source.once("error", self.finish_one)
        else:
            self.finish_one(err)

    async def _pump(self, items: AsyncIterator[Any], stream: Any, ends: bool) -> None:
        """Write what comes from no stream."""
        pump = _Pump(stream)
        try:
            async with aclosing(items) as opened:  # type: ignore[type-var] # a generator, which can be closed
                if getattr(stream, "writableNeedDrain", False):
                    await pump.room()
                async for item in opened:
                    if not stream.write(item):
                        await pump.room()
            if ends:
                stream.end()
                await pump.room()
            self.finish_one()
        except Exception as exc:  # noqa: BLE001 - it is the pipeline's
            self.finish_one(pump.error or exc)
        finally:
            pump.stop()

    def _call(self, function: Callback, source: Any, index: int, is_last: bool) -> Any:
        """What a function makes of what comes before it."""
        made = told_of(self.controller.signal, function, 1)(_items(source))
        if not is_last:
            if not hasattr(made, "__aiter__"):
                raise error("ERR_INVALID_RETURN_VALUE", "AsyncIterable", f"transform[{index - 1}]", repr(made))
            return made
        if not inspect.isawaitable(made):
            raise error("ERR_INVALID_RETURN_VALUE", "a coroutine", "destination", repr(made))
        self._unfinished += 1
        task = self.home.spawn(self._result(made))
        self._destroy.append(lambda err: task.cancel())
        return None

    async def _result(self, made: Any) -> None:
        try:
            self.value = await made
        except Exception as exc:  # noqa: BLE001 - it is the pipeline's
            self.finish_one(exc)
        except asyncio.CancelledError:
            self.finish_one(self.error or AbortError())
        else:
            self.finish_one()

    # --- the end

    def _abort(self) -> None:
        assert self.signal is not None
        self.finish(AbortError(cause=self.signal.reason), is_final=False)

    def finish_one(self, err: BaseException | None = None, *_: Any) -> None:
        """One of those the pipeline waits for is done."""
        self._unfinished -= 1
        self.finish(err, is_final=self._unfinished == 0)

    def finish(self, err: BaseException | None, *, is_final: bool) -> None:
        if err is not None and (self.error is None or _is_consequence(self.error)):
            self.error = err
        if self.error is None and not is_final:
            return
        destroy, self._destroy = self._destroy, []
        for each in destroy:
            each(self.error)
        self.controller.abort()
        if is_final:
            if self.error is None:
                for let_go in self._let_go:
                    let_go()
            self.home.next_tick(self._tell, self.error)

    def _tell(self, err: BaseException | None) -> None:
        result = self.callback(err, self.value)
        if asyncio.iscoroutine(result):
            self.home.spawn(result)


class _Pump:
    """Waits for a stream that is full, or about to finish."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.error: BaseException | None = None
        self._changed = asyncio.Event()
        self._stop_watching = watch(stream, {"readable": False}, self._resume)
        stream.on("drain", self._resume)

    def _resume(self, err: BaseException | None = None) -> None:
        self.error = self.error or err
        self._changed.set()

    async def room(self) -> None:
        """Raises what has gone wrong instead."""
        if self.error is None:
            self._changed.clear()
            await self._changed.wait()
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        self._stop_watching()
        self.stream.off("drain", self._resume)


def _is_consequence(err: BaseException) -> bool:
    """Whether it only says that something else went wrong."""
    return isinstance(err, AbortError) or getattr(err, "code", None) == "ERR_STREAM_PREMATURE_CLOSE"


async def _items(source: Any) -> AsyncIterator[Any]:
    """The items of anything that can be iterated; str and bytes are one."""
    if hasattr(source, "__aiter__"):
        iterator = aiter(source)
        try:
            async for item in iterator:
                yield item
        finally:
            if can_do(iterator, "aclose"):
                await iterator.aclose()
    else:
        for item in (source,) if is_one_item(source) else source:
            yield item


def _destroyer(stream: Any, *, reading: bool, writing: bool) -> tuple[Callable[[Any], None], Callable[[], None]]:
    """Destroys a stream that is not done with; and takes its listeners off again."""
    is_done = False

    def on_close(*_: Any) -> None:
        nonlocal is_done
        is_done = True

    def on_done(err: BaseException | None) -> None:
        nonlocal is_done
        is_done = err is None

    def destroy(err: BaseException | None) -> None:
        nonlocal is_done
        if not is_done:
            is_done = True
            give_up(stream, err or error("ERR_STREAM_DESTROYED", "pipe"))

    stream.on("close", on_close)
    return destroy, watch(stream, {"readable": reading, "writable": writing}, on_done)


def give_up(stream: Any, err: BaseException | None) -> None:
    """Destroy a stream, whatever that means for it."""
    if getattr(stream, "destroyed", False):
        return
    if err is None and (is_readable(stream) or is_writable(stream)):
        err = AbortError()
    request: Any = getattr(stream, "req", None)
    if can_do(stream, "setHeader", "abort"):
        stream.abort()
    elif can_do(request, "setHeader", "abort"):
        request.abort()
    else:
        if getattr(stream, "method", None) is not None and hasattr(stream, "rawHeaders"):
            # A request that came to a server: its connection is needed for the response.
            stream.socket = None
        stream.destroy(err)
