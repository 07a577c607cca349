"""Node's EventEmitter.

Listeners are kept as one immutable tuple per event, so that a running `emit` calls exactly those that were there when
it began, without copying anything. A coroutine function may be a listener: the coroutine it gives is handed to
`_adopt`, which the classes that live on a loop answer by running it there. What JavaScript says with symbols is said
with strings here; the one that names a method is a Python name.

Source: https://nodejs.org/docs/latest-v24.x/api/events.html
"""

from __future__ import annotations

import warnings
from collections.abc import Coroutine, Mapping
from types import CoroutineType
from typing import Any, ClassVar, Final, Self, overload

from .abort import AbortSignal, addAbortListener
from .checks import number
from .errors import raisable, wrong_type
from .eventing import EachEvent, Listener, NextEvent, on, once

__all__ = [
    "EventEmitter",
    "Listener",
    "MaxListenersExceededWarning",
    "addAbortListener",
    "captureRejectionSymbol",
    "errorMonitor",
    "getEventListeners",
    "getMaxListeners",
    "listenerCount",
    "on",
    "once",
    "setMaxListeners",
]

errorMonitor: Final = "Symbol(events.errorMonitor)"
captureRejectionSymbol: Final = "nodejs_rejection"


class MaxListenersExceededWarning(RuntimeWarning):
    """Many listeners for one event: usually one is added again and again and never removed."""


class _Once:
    """A listener that takes itself off before it runs."""

    __slots__ = ("emitter", "fired", "listener", "name")

    def __init__(self, emitter: EventEmitter, name: str, listener: Listener) -> None:
        self.emitter = emitter
        self.name = name
        self.listener = listener
        self.fired = False

    def __call__(self, *args: Any) -> Any:
        if self.fired:
            # Emitted again by a listener that came before it.
            return None
        self.fired = True
        self.emitter._remove(self.name, self)
        return self.listener(*args)


def getEventListeners(emitter: EventEmitter | AbortSignal, name: str) -> list[Listener]:
    """The listeners of `name`."""
    return emitter._listeners(name) if isinstance(emitter, AbortSignal) else _checked(emitter).listeners(name)


def listenerCount(emitter: EventEmitter | AbortSignal, name: str) -> int:
    """How many listeners `name` has."""
    return len(getEventListeners(emitter, name))


def getMaxListeners(emitter: EventEmitter | AbortSignal) -> float:
    """The number of listeners of one event above which a warning is given; 0, for never, of a signal."""
    return 0 if isinstance(emitter, AbortSignal) else _checked(emitter).getMaxListeners()


def setMaxListeners(count: float = 10, *emitters: EventEmitter | AbortSignal) -> None:
    """Warn when an event of one of `emitters`, or of any emitter, has more than `count` listeners."""
    if not emitters:
        EventEmitter.defaultMaxListeners = _checked_limit(count)
    for emitter in emitters:
        if not isinstance(emitter, AbortSignal):
            _checked(emitter, "eventTargets").setMaxListeners(count)


def _checked(emitter: Any, name: str = "emitter") -> EventEmitter:
    if not isinstance(emitter, EventEmitter):
        raise wrong_type(name, "an instance of EventEmitter or AbortSignal", emitter)
    return emitter


def _checked_limit(count: Any) -> float:
    limit: float = number("setMaxListeners", count, least=0)
    return limit


def _unwrapped(listener: Listener) -> Listener:
    return listener.listener if isinstance(listener, _Once) else listener


class EventEmitter:
    """Calls the listeners of an event, in the order they were added, when it is emitted.

    Where `captureRejections` is on (an option, or set on the class for all), an `async def` listener that fails makes
    its emitter emit 'error', or do what its method `nodejs_rejection(err, name, *args)` says. Raises
    ERR_INVALID_ARG_TYPE.
    """

    defaultMaxListeners: ClassVar[float] = 10
    captureRejections: bool = False
    captureRejectionSymbol: ClassVar[str] = captureRejectionSymbol
    # Its listeners see each 'error', and do not count as its handlers.
    errorMonitor: ClassVar[str] = errorMonitor
    addAbortListener = staticmethod(addAbortListener)
    getEventListeners = staticmethod(getEventListeners)

    # Events that happen once in the life of an emitter.
    ONE_SHOT: ClassVar[frozenset[str]] = frozenset()

    _events: dict[str, tuple[Listener, ...]] | None = None
    # One-shot events that have happened, with their arguments, where they are kept for late listeners.
    _happened: dict[str, tuple[Any, ...]] | None = None
    _max_listeners: float | None = None
    _warned: frozenset[str] = frozenset()

    def __init__(self, options: Mapping[str, Any] | None = None, *, captureRejections: bool | None = None) -> None:
        capture = (options or {}).get("captureRejections", captureRejections)
        if capture is not None:
            if not isinstance(capture, bool):
                raise wrong_type("options.captureRejections", "of type bool", capture)
            self.captureRejections = capture

    @overload
    def on(self, name: str, listener: Listener) -> Self: ...
    @overload
    def on(self, name: str) -> EachEvent: ...
    def on(self, name: str, listener: Listener | None = None) -> Any:
        """Call `listener` at every `name`.

        Without a listener it is a decorator, `@server.on('request')`, and an iterable: `async for` over
        `server.on('request')` gives the arguments of each, and listens while the loop runs.
        """
        if listener is None:
            return EachEvent(self, name)
        return self._add(name, listener, listener)

    @overload
    def once(self, name: str, listener: Listener) -> Self: ...
    @overload
    def once(self, name: str) -> NextEvent: ...
    def once(self, name: str, listener: Listener | None = None) -> Any:
        """Call `listener` at the next `name` only.

        Without a listener it is a decorator, and an awaitable: `await server.once('listening')` listens, and gives the
        arguments.
        """
        if listener is None:
            return NextEvent(self, name)
        return self._add(name, listener, _Once(self, name, listener))

    def addListener(self, name: str, listener: Listener) -> Self:
        """The same as `on`."""
        return self.on(name, listener)

    def prependListener(self, name: str, listener: Listener) -> Self:
        """As `on`, but `listener` is called before those already there."""
        return self._add(name, listener, listener, first=True)

    def prependOnceListener(self, name: str, listener: Listener) -> Self:
        """As `once`, but `listener` is called before those already there."""
        return self._add(name, listener, _Once(self, name, listener), first=True)

    def off(self, name: str, listener: Listener) -> Self:
        """Remove `listener` from `name`: one occurrence, the one added last."""
        if not callable(listener):
            raise wrong_type("listener", "of type function", listener)
        return self._remove(name, listener)

    def removeListener(self, name: str, listener: Listener) -> Self:
        """The same as `off`."""
        return self.off(name, listener)

    def removeAllListeners(self, name: str | None = None) -> Self:
        """Remove every listener of `name`, or of all events."""
        # Last go those who are told of the others.
        names = sorted(self.eventNames(), key="removeListener".__eq__) if name is None else [name]
        for event in names:
            for listener in reversed(self.rawListeners(event)):
                self._remove(event, listener)
        return self

    def emit(self, name: str, *args: Any) -> bool:
        """Call the listeners of `name` with `args`; True if there were any.

        A listener's exception reaches the caller and stops the rest. 'error' without a listener raises the error.
        """
        if self._happened is not None and name in self.ONE_SHOT:
            self._happened.setdefault(name, args)
        events = self._events
        if name == "error":
            self._before_error(args)
        if events is None or name not in events:
            return False
        for listener in events[name]:
            result = listener(*args)
            # An `async def` listener: its body has not run yet.
            if result is not None and type(result) is CoroutineType:
                self._adopt_from(result, name, args)
        return True

    def listeners(self, name: str) -> list[Listener]:
        """The listeners of `name`."""
        return [_unwrapped(listener) for listener in self.rawListeners(name)]

    def rawListeners(self, name: str) -> list[Listener]:
        """The listeners of `name` with the wrappers that `once` puts around them."""
        return list((self._events or {}).get(name, ()))

    def listenerCount(self, name: str, listener: Listener | None = None) -> int:
        """How many listeners `name` has, or how often `listener` is among them."""
        found = (self._events or {}).get(name, ())
        return len(found) if listener is None else sum(_unwrapped(each) == listener for each in found)

    def eventNames(self) -> list[str]:
        """The events that have listeners, in the order the first one was added."""
        return list(self._events or ())

    def setMaxListeners(self, count: float) -> Self:
        """Warn when an event has more than `count` listeners; 0 for never. Raises ERR_OUT_OF_RANGE."""
        self._max_listeners = _checked_limit(count)
        return self

    def getMaxListeners(self) -> float:
        """The number of listeners of one event above which a warning is given."""
        return self.defaultMaxListeners if self._max_listeners is None else self._max_listeners

    def nodejs_rejection(self, err: Exception, name: str, *args: Any) -> None:
        """What an `async def` listener of `name` that failed with `err` leads to where `captureRejections` is on."""
        before, self.captureRejections = self.captureRejections, False
        try:
            self.emit("error", err)
        finally:
            self.captureRejections = before

    def _add(self, name: str, listener: Listener, stored: Listener, *, first: bool = False) -> Self:
        if not callable(listener):
            raise wrong_type("listener", "of type function", listener)
        events = self._events
        if events is None:
            events = self._events = {}
        elif "newListener" in events:
            self.emit("newListener", name, listener)
        there = events.get(name, ())
        events[name] = (stored, *there) if first else (*there, stored)
        if there:
            self._warn_if_many(name, len(there) + 1)
        return self

    def _remove(self, name: str, listener: Listener) -> Self:
        events = self._events
        there = events.get(name, ()) if events is not None else ()
        for index in range(len(there) - 1, -1, -1):
            if there[index] == listener or _unwrapped(there[index]) == listener:
                break
        else:
            return self
        assert events is not None
        events[name] = there[:index] + there[index + 1 :]
        if not events[name]:
            del events[name]
        if "removeListener" in events:
            self.emit("removeListener", name, _unwrapped(there[index]))
        return self

    def _warn_if_many(self, name: str, count: int) -> None:
        limit = self.getMaxListeners()
        if 0 < limit < count and name not in self._warned:
            self._warned |= {name}
            warnings.warn(
                f"Possible leak: {count} '{name}' listeners added to {self!r}, expected at most {limit}. "
                "Remove those no longer needed, or raise the limit with setMaxListeners().",
                MaxListenersExceededWarning,
                stacklevel=4,
            )

    def _before_error(self, args: tuple[Any, ...]) -> None:
        events = self._events or {}
        if errorMonitor in events:
            self.emit(errorMonitor, *args)
        if "error" not in events:
            raise raisable(args[0] if args else None)

    def _adopt_from(self, coroutine: Coroutine[Any, Any, Any], name: str, args: tuple[Any, ...]) -> None:
        self._adopt(self._captured(coroutine, name, args) if self.captureRejections else coroutine)

    async def _captured(self, coroutine: Coroutine[Any, Any, Any], name: str, args: tuple[Any, ...]) -> None:
        try:
            await coroutine
        except Exception as exc:  # noqa: BLE001 - whoever emitted decides
            self.nodejs_rejection(exc, name, *args)

    def _adopt(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run what an `async def` listener gave."""
        coroutine.close()
        raise wrong_type("listener", "a plain function: this emitter lives on no event loop", coroutine)
