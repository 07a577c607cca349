"""Node's EventEmitter.

Listeners are kept as one immutable tuple per event, so that a running `emit` calls exactly those that were there when
it began, without copying anything. A coroutine function may be a listener: the coroutine it gives is handed to
`_adopt`, which the classes that live on a loop answer by running it there.

Source: https://nodejs.org/docs/latest-v24.x/api/events.html
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Coroutine
from types import CoroutineType
from typing import Any, ClassVar, Self, overload

from .errors import error, out_of_range, wrong_type

Listener = Callable[..., Any]


class MaxListenersExceededWarning(RuntimeWarning):
    """Many listeners for one event: usually one is added again and again and never removed."""


class _Once:
    """A listener that takes itself off before it runs."""

    __slots__ = ("emitter", "listener", "name")

    def __init__(self, emitter: EventEmitter, name: str, listener: Listener) -> None:
        self.emitter = emitter
        self.name = name
        self.listener = listener

    def __call__(self, *args: Any) -> Any:
        self.emitter._remove(self.name, self)
        return self.listener(*args)


def _unwrapped(listener: Listener) -> Listener:
    return listener.listener if isinstance(listener, _Once) else listener


class EventEmitter:
    """Calls the listeners of an event, in the order they were added, when it is emitted."""

    defaultMaxListeners: ClassVar[int] = 10

    # Events that happen once in the life of an emitter.
    ONE_SHOT: ClassVar[frozenset[str]] = frozenset()

    _events: dict[str, tuple[Listener, ...]] | None = None
    # One-shot events that have happened, with their arguments, where they are kept for late listeners.
    _happened: dict[str, tuple[Any, ...]] | None = None
    _max_listeners: int | None = None
    _warned: frozenset[str] = frozenset()

    @overload
    def on(self, name: str, listener: Listener) -> Self: ...
    @overload
    def on(self, name: str) -> Callable[[Listener], Listener]: ...
    def on(self, name: str, listener: Listener | None = None) -> Any:
        """Call `listener` at every `name`. Without a listener it is a decorator: `@server.on('request')`."""
        if listener is None:
            return self._decorator(self.on, name)
        return self._add(name, listener, listener)

    @overload
    def once(self, name: str, listener: Listener) -> Self: ...
    @overload
    def once(self, name: str) -> Callable[[Listener], Listener]: ...
    def once(self, name: str, listener: Listener | None = None) -> Any:
        """Call `listener` at the next `name` only. Without a listener it is a decorator."""
        if listener is None:
            return self._decorator(self.once, name)
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
        return self._remove(name, listener)

    def removeListener(self, name: str, listener: Listener) -> Self:
        """The same as `off`."""
        return self.off(name, listener)

    def removeAllListeners(self, name: str | None = None) -> Self:
        """Remove every listener of `name`, or of all events."""
        for event in self.eventNames() if name is None else [name]:
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
        listeners = events.get(name) if events is not None else None
        if not listeners:
            if name == "error":
                raise self._unhandled(args)
            return False
        for listener in listeners:
            result = listener(*args)
            # An `async def` listener: its body has not run yet.
            if result is not None and type(result) is CoroutineType:
                self._adopt(result)
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

    def setMaxListeners(self, count: int) -> Self:
        """Warn when an event has more than `count` listeners; 0 for never. Raises ERR_OUT_OF_RANGE."""
        if isinstance(count, bool) or not isinstance(count, (int, float)) or not count >= 0:
            raise out_of_range("setMaxListeners", "a non-negative number", count)
        # 0 is Node's word for no limit.
        self._max_listeners = 0 if count == float("inf") else int(count)
        return self

    def getMaxListeners(self) -> int:
        """The number of listeners of one event above which a warning is given."""
        return self.defaultMaxListeners if self._max_listeners is None else self._max_listeners

    def _decorator(self, add: Callable[[str, Listener], Any], name: str) -> Callable[[Listener], Listener]:
        def decorate(listener: Listener) -> Listener:
            add(name, listener)
            return listener

        return decorate

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

    def _unhandled(self, args: tuple[Any, ...]) -> BaseException:
        reason = args[0] if args else None
        return reason if isinstance(reason, BaseException) else error("ERR_UNHANDLED_ERROR", reason)

    def _adopt(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run what an `async def` listener gave."""
        coroutine.close()
        raise wrong_type("listener", "a plain function: this emitter lives on no event loop", coroutine)
