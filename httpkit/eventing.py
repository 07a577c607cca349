"""Events to await and to iterate over: Node's `events.once` and `events.on`.

An emitter may live on another loop, and in another thread, than whoever waits for it. What has come is therefore kept
in futures of `concurrent.futures`, which any loop can wait for.

Source: https://nodejs.org/docs/latest-v24.x/api/events.html#eventsonceemitter-name-options
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import ExitStack, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from .abort import AbortSignal, Event, addAbortListener, checked_signal
from .checks import integer
from .errors import AbortError, NodeError, raisable, wrong_type

if TYPE_CHECKING:
    from .events import EventEmitter

Listener = Callable[..., Any]
L = TypeVar("L", bound=Listener)


def once(
    emitter: EventEmitter | AbortSignal,
    name: str,
    options: Mapping[str, Any] | None = None,
    *,
    signal: AbortSignal | None = None,
) -> Awaitable[list[Any]]:
    """The arguments of the next `name`, to be awaited on any loop; it listens from now on.

    Raises what 'error' carries if that comes first, and AbortError when `signal` is aborted. Giving up waiting
    (a cancelled task, a timeout) takes the listeners off.

    Source: https://nodejs.org/docs/latest-v24.x/api/events.html#eventsonceemitter-name-options
    """
    return _Next(emitter, name, (options or {}).get("signal", signal))


def on(
    emitter: EventEmitter | AbortSignal,
    name: str,
    options: Mapping[str, Any] | None = None,
    *,
    signal: AbortSignal | None = None,
    close: Iterable[str] = (),
    highWaterMark: int = sys.maxsize,
    lowWaterMark: int = 1,
) -> AsyncIterator[list[Any]]:
    """Iterates over the arguments of each `name`, on any loop; it listens from now on.

    Ends with one of the events in `close`; raises what 'error' carries, and AbortError when `signal` is aborted.
    While more than `highWaterMark` events wait to be taken the emitter is paused, until less than `lowWaterMark` do.
    Raises ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE.

    Source: https://nodejs.org/docs/latest-v24.x/api/events.html#eventsonemitter-eventname-options
    """
    given = {"signal": signal, "close": close, "highWaterMark": highWaterMark, "lowWaterMark": lowWaterMark}
    settings: dict[str, Any] = {**given, **(options or {})}
    return _Each(_Inbox(emitter, name, **settings))


class NextEvent:
    """What `emitter.once(name)` gives: await it for the arguments of the next event, or decorate a listener with it."""

    def __init__(self, emitter: EventEmitter, name: str) -> None:
        self._emitter = emitter
        self._name = name

    def __call__(self, listener: L) -> L:
        self._emitter.once(self._name, listener)
        return listener

    def __await__(self) -> Generator[Any, None, list[Any]]:
        return once(self._emitter, self._name).__await__()


class EachEvent:
    """What `emitter.on(name)` gives: iterate over it with `async for`, or decorate a listener with it."""

    def __init__(self, emitter: EventEmitter, name: str) -> None:
        self._emitter = emitter
        self._name = name

    def __call__(self, listener: L) -> L:
        self._emitter.on(self._name, listener)
        return listener

    def __aiter__(self) -> AsyncIterator[list[Any]]:
        return on(self._emitter, self._name)


class _Listening:
    """The listeners somebody who waits has put up, to be taken off together."""

    def __init__(self) -> None:
        self._listeners = ExitStack()

    def to(self, emitter: Any, name: str, listener: Listener) -> None:
        if hasattr(emitter, "removeListener"):
            emitter.on(name, listener)
            self._listeners.callback(_take_off, emitter, name, listener)
        elif isinstance(emitter, AbortSignal):
            emitter.addEventListener(name, listener)
            self._listeners.callback(emitter.removeEventListener, name, listener)
        else:
            raise wrong_type("emitter", "an instance of EventEmitter", emitter)

    def to_events(self, emitter: Any, name: str, listener: Listener, failed: Callable[[Any], None]) -> None:
        self.to(emitter, name, listener)
        if name != "error" and not isinstance(emitter, AbortSignal):
            self.to(emitter, "error", failed)

    def to_signal(self, signal: AbortSignal | None, failed: Callable[[Any], None]) -> None:
        def aborted(event: Event) -> None:
            failed(AbortError(cause=event.target.reason))

        if signal is not None:
            self._listeners.enter_context(addAbortListener(signal, aborted))

    def end(self) -> None:
        self._listeners.close()


def _take_off(emitter: EventEmitter, name: str, listener: Listener) -> None:
    # An emitter whose loop has ended calls nobody any more.
    with suppress(NodeError):
        emitter.removeListener(name, listener)


class _Next:
    """One event to come."""

    def __init__(self, emitter: Any, name: str, signal: AbortSignal | None) -> None:
        self._arguments: Future[list[Any]] = Future()
        listening = _Listening()
        if signal is not None and checked_signal(signal).aborted:
            self._failed(AbortError(cause=signal.reason))
            return
        listening.to_events(emitter, name, self._happened, self._failed)
        listening.to_signal(signal, self._failed)
        self._arguments.add_done_callback(lambda _: listening.end())

    def __await__(self) -> Generator[Any, None, list[Any]]:
        return asyncio.wrap_future(self._arguments).__await__()

    def _happened(self, *args: Any) -> None:
        # Whoever waited may have given up at the same moment, in another thread.
        with suppress(InvalidStateError):
            self._arguments.set_result(list(args))

    def _failed(self, reason: Any) -> None:
        with suppress(InvalidStateError):
            self._arguments.set_exception(raisable(reason))


class _Inbox:
    """Events that wait to be taken: they come in the emitter's thread, and are taken in any other."""

    def __init__(
        self,
        emitter: Any,
        name: str,
        *,
        signal: AbortSignal | None,
        close: Iterable[str],
        highWaterMark: int,
        lowWaterMark: int,
    ) -> None:
        if signal is not None and checked_signal(signal).aborted:
            raise AbortError(cause=signal.reason)
        self._emitter = emitter
        self._high = _checked_mark("highWaterMark", highWaterMark)
        self._low = _checked_mark("lowWaterMark", lowWaterMark)
        self._events: deque[list[Any]] = deque()
        self._failure: BaseException | None = None
        self._ended = self._paused = False
        # Held for what follows, never while the emitter, which another thread may have to work for, is asked.
        self._lock = Lock()
        self._takers: list[Future[None]] = []
        self._listening = _Listening()
        self._listening.to_events(emitter, name, self._put, self._fail)
        for event in close:
            self._listening.to(emitter, event, self.end)
        self._listening.to_signal(signal, self._fail)
        if self._ended:
            # Meanwhile, in the emitter's thread.
            self._listening.end()

    async def take(self) -> list[Any]:
        """The next event, when it is there."""
        while True:
            with self._lock:
                if self._events:
                    event = self._events.popleft()
                    resume = self._paused and len(self._events) < self._low
                    self._paused = self._paused and not resume
                    break
                if self._failure is not None:
                    failure, self._failure = self._failure, None
                    raise failure
                if self._ended:
                    raise StopAsyncIteration
                taker: Future[None] = Future()
                self._takers.append(taker)
            await asyncio.wrap_future(taker)
        if resume:
            self._emitter.resume()
        return event

    def end(self, *_: Any) -> None:
        """Take nothing in any more; what is here can still be taken."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._paused = False
        self._listening.end()
        self._wake()

    def _put(self, *args: Any) -> None:
        with self._lock:
            self._events.append(list(args))
            pause = not self._paused and len(self._events) > self._high
            self._paused = self._paused or pause
        if pause:
            self._emitter.pause()
        self._wake()

    def _fail(self, reason: Any) -> None:
        self._failure = raisable(reason)
        self.end()

    def _wake(self) -> None:
        with self._lock:
            takers, self._takers = self._takers, []
        for taker in takers:
            with suppress(InvalidStateError):
                taker.set_result(None)


def _checked_mark(name: str, value: Any) -> int:
    return integer(f"options.{name}", value, least=1)


class _Each(AsyncIterator[list[Any]]):
    """Empties an inbox, and closes it when it is thrown away, as leaving `for await` does in Node."""

    def __init__(self, inbox: _Inbox) -> None:
        self._inbox = inbox

    async def __anext__(self) -> list[Any]:
        return await self._inbox.take()

    async def aclose(self) -> None:
        """Stop listening, as Node's `return()` does."""
        self._inbox.end()

    def __del__(self) -> None:
        if not sys.is_finalizing():
            self._inbox.end()
