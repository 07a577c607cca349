"""From a stream to `async for`, and from anything that can be iterated to a stream.

Iterating reads by asking: it waits for 'readable' and takes what there is. It ends with the stream, and a stream whose
iteration is given up is destroyed.

Source: Node's lib/internal/streams/readable.js (createAsyncIterator) and from.js
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from .errors import error, report, wrong_type
from .loop import Home

if TYPE_CHECKING:
    from .readable import Readable

T = TypeVar("T")


class Reading:
    """Reads a stream chunk by chunk, on its loop."""

    def __init__(self, stream: Readable) -> None:
        self.stream = stream
        self.begun = False
        self.ended = False
        self._error: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._listeners: dict[str, Callable[..., None]] = {
            "readable": self._wake,
            "error": self._failed,
            "end": self._end,
            "close": self._closed,
        }

    async def next(self) -> Any:
        """The next chunk; None at the end. Raises what ended the stream before it."""
        stream = self.stream
        self.begin()
        while True:
            chunk = None if stream.destroyed else stream.read()
            if chunk is not None:
                return chunk
            if self._error is not None:
                raise self._error
            if self.ended:
                return None
            self._waiter = stream._home.loop.create_future()
            await self._waiter

    def begin(self) -> None:
        """Hear from now on what happens to the stream."""
        if self.begun:
            return
        self.begun = True
        for name, listener in self._listeners.items():
            self.stream.on(name, listener)
        if self.stream.closed:
            self._closed()

    def stop(self) -> None:
        """Read no more, and leave the stream as it is."""
        for name, listener in self._listeners.items():
            self.stream.off(name, listener)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _failed(self, err: BaseException) -> None:
        self._error = self._error or err
        self._wake()

    def _end(self) -> None:
        # What can also be written closes later, or never; the others at once.
        if hasattr(self.stream, "write") or not self.stream._auto_destroy:
            self.ended = True
            self._wake()

    def _closed(self, *_: Any) -> None:
        stream = self.stream
        if not self.ended:
            self.ended = True
            if stream.errored is not None:
                self._error = stream.errored
            elif not stream.readableEnded:
                self._error = error("ERR_STREAM_PREMATURE_CLOSE")
        self._wake()


class Iteration:
    """`async for` over a stream, from any loop."""

    def __init__(self, stream: Readable, *, destroy_on_return: bool = True) -> None:
        self._reading: Reading | None = Reading(stream)
        self._home = stream._home
        self._destroys = destroy_on_return

    def __aiter__(self) -> Self:
        return self

    def begin(self) -> Self:
        """Hear from now on what happens to the stream, though nobody iterates yet."""
        if self._reading is not None:
            self._home.call(self._reading.begin)
        return self

    async def __anext__(self) -> Any:
        reading = self._reading
        if reading is None:
            raise StopAsyncIteration
        try:
            chunk = await self._home.wait(reading.next())
        except BaseException:
            self._reading = None
            self._home.call(_leave, reading, True)
            raise
        if chunk is None:
            self._reading = None
            self._home.call(_leave, reading, self._destroys)
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Give it up."""
        reading, self._reading = self._reading, None
        if reading is not None and reading.begun:
            self._home.call(_leave, reading, self._destroys)

    def __del__(self) -> None:
        # `break` tells an iterator nothing; that nobody holds it any more does.
        reading, where = self._reading, self._home
        if reading is not None and reading.begun and not where.loop.is_closed():
            where.loop.call_soon_threadsafe(where.enter, _leave, reading, self._destroys)


def _leave(reading: Reading, destroys: bool) -> None:
    """An iteration is over: a stream of which something is left is of no use to anybody."""
    stream: Any = reading.stream
    still_written = reading.ended and getattr(stream, "allowHalfOpen", False) and stream.writable
    if destroys and stream._auto_destroy and not still_written:
        if not stream.destroyed:
            stream._left_early()
    else:
        reading.stop()


def is_one_item(thing: Any) -> bool:
    """Whether it is a chunk by itself, though it can be iterated."""
    return isinstance(thing, (str, bytes, bytearray, memoryview))


class Supply:
    """What a stream made of an iterable is read from: any iterable, also of awaitables, or an async one."""

    def __init__(self, iterable: Any) -> None:
        """Raises ERR_INVALID_ARG_TYPE."""
        if is_one_item(iterable):
            iterable = (iterable,)
        self.stream: Readable
        self._values: Iterator[Any] | None = None
        self._task: asyncio.Task[None] | None = None
        self._room: asyncio.Future[None] | None = None
        if hasattr(iterable, "__aiter__"):
            self._later_values: AsyncIterator[Any] = aiter(iterable)
        elif hasattr(iterable, "__iter__"):
            self._values = iter(iterable)
        else:
            raise wrong_type("iterable", "an instance of Iterable", iterable)

    def read(self) -> None:
        """The stream wants more."""
        if self._values is not None:
            self._push_values(self._values)
        elif self._task is None:
            self._task = self.stream._home.spawn(self._push_later_values())
        elif self._room is not None and not self._room.done():
            self._room.set_result(None)

    def _push_values(self, values: Iterator[Any]) -> None:
        for value in values:
            if inspect.isawaitable(value):
                self._values, self._later_values = None, _awaited(chain([value], values))
                self.read()
                return
            if not self._push(value):
                return
        self.stream.push(None)

    def _push(self, value: Any) -> bool:
        if value is None:
            raise error("ERR_STREAM_NULL_VALUES")
        return self.stream.push(value)

    async def _push_later_values(self) -> None:
        stream = self.stream
        try:
            while True:
                if not self._push(await self._next()):
                    self._room = stream._home.loop.create_future()
                    await self._room
        except StopAsyncIteration:
            stream.push(None)
        except Exception as exc:  # noqa: BLE001 - told to those who listen for 'error'
            stream.destroy(exc)

    async def _next(self) -> Any:
        # What it waits for is nothing that a plain script would wait for by itself.
        where = self.stream._home
        where.ref()
        try:
            return await anext(self._later_values)
        finally:
            where.unref()

    def close(self, err: BaseException | None, callback: Callable[..., Any]) -> None:
        """The stream is destroyed: let the iterable clean up."""
        if self._values is None:
            self.stream._home.spawn(self._close_later(err, callback))
            return
        if inspect.isgenerator(self._values) and not self._values.gi_running:
            self._values.close()
        callback(err)

    async def _close_later(self, err: BaseException | None, callback: Callable[..., Any]) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if inspect.isasyncgen(self._later_values):
            await self._later_values.aclose()
        callback(err)


async def _awaited(values: Iterable[Any]) -> AsyncIterator[Any]:
    for value in values:
        yield await value if inspect.isawaitable(value) else value


class Answer(Generic[T]):
    """Something to come. Whatever finds it has begun; it can be awaited from any loop."""

    def __init__(self, outcome: concurrent.futures.Future[T]) -> None:
        self._outcome = outcome
        # Whether somebody is going to hear of a failure: by awaiting this, or because it can still be awaited.
        self._awaited = threading.Event()
        outcome.add_done_callback(partial(_report_unheard, weakref.ref(self), self._awaited))

    @classmethod
    def of(cls, home: Home, coroutine: Coroutine[Any, Any, T]) -> Answer[T]:
        """What `coroutine` returns, which runs on the loop of `home` and keeps a plain script alive."""

        async def kept_alive() -> T:
            home.ref()
            try:
                return await coroutine
            finally:
                home.unref()

        return cls(home.start(kept_alive()))

    def __await__(self) -> Generator[Any, None, T]:
        self._awaited.set()
        return asyncio.wrap_future(self._outcome).__await__()

    def __del__(self) -> None:
        if self._outcome.done():
            _report_unheard(lambda: None, self._awaited, self._outcome)


def _report_unheard(
    held: Callable[[], object], awaited: threading.Event, outcome: concurrent.futures.Future[Any]
) -> None:
    exc = None if outcome.cancelled() else outcome.exception()
    if isinstance(exc, Exception) and held() is None and not awaited.is_set():
        report(exc)
