"""AbortController and AbortSignal: one switch that stops whatever was given its signal.

A controller may be used from any thread. Listeners are called in the thread that aborts (for `AbortSignal.timeout()`
the clock's own); what lives on a loop hops to it. As in Node, a timeout keeps no script alive.

Source: https://nodejs.org/docs/latest-v24.x/api/globals.html#class-abortcontroller
"""

from __future__ import annotations

import sched
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Self

from .checks import integer
from .errors import AbortError, TimeoutError, error, report, wrong_type  # noqa: A004 - Node's name

AbortListener = Callable[["Event"], Any]

_MOST_MS = 2**32 - 1
# Held while signals change, never while listeners run.
_lock = threading.RLock()


class Event:
    """Something that happened: the `type` of the event, and its `target`, to whom it happened."""

    def __init__(self, name: str, target: Any = None) -> None:
        self.type = name
        self.target = target

    def __repr__(self) -> str:
        return f"<Event {self.type}>"


class _Registration(NamedTuple):
    name: str
    listener: AbortListener
    once: bool


class AbortSignal:
    """Tells those who listen that they are to stop. Made by an AbortController, or by `abort`, `timeout`, `any`."""

    _aborted: bool
    _reason: Any
    _onabort: AbortListener | None
    _registrations: list[_Registration]
    # The signals one of any() was made of, and those that follow this one because somebody listens to them.
    _sources: tuple[AbortSignal, ...]
    _followers: dict[AbortSignal, None]

    def __init__(self) -> None:
        raise error("ERR_ILLEGAL_CONSTRUCTOR")

    @classmethod
    def _new(cls, sources: tuple[AbortSignal, ...] = ()) -> Self:
        signal = cls.__new__(cls)
        signal._aborted = False
        signal._reason = signal._onabort = None
        signal._registrations = []
        signal._sources = sources
        signal._followers = {}
        return signal

    @classmethod
    def abort(cls, reason: Any = None) -> Self:
        """A signal that is aborted already; `reason` is an AbortError unless given."""
        signal = cls._new()
        signal._abort(reason)
        return signal

    @classmethod
    def timeout(cls, delay: float) -> Self:
        """A signal that is aborted in `delay` ms, with a TimeoutError.

        Raises ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE.
        """
        integer("delay", delay, 0, _MOST_MS)
        signal = cls._new()
        _clock.later(delay, lambda: signal._abort(TimeoutError()))
        return signal

    @classmethod
    def any(cls, signals: Iterable[AbortSignal]) -> Self:
        """A signal that is aborted with the first of `signals`, for its reason. Raises ERR_INVALID_ARG_TYPE."""
        if not isinstance(signals, Iterable):
            raise wrong_type("signals", "an iterable of AbortSignal", signals)
        sources: list[AbortSignal] = []
        for index, signal in enumerate(signals):
            checked_signal(signal, f"signals[{index}]")
            sources += signal._sources or [signal]
        combined = cls._new(tuple(dict.fromkeys(sources)))
        combined._look_at_sources()
        return combined

    @property
    def aborted(self) -> bool:
        """Whether it was aborted."""
        self._look_at_sources()
        return self._aborted

    @property
    def reason(self) -> Any:
        """Why it was aborted; None as long as it is not."""
        self._look_at_sources()
        return self._reason

    @property
    def onabort(self) -> AbortListener | None:
        """A listener that can be assigned."""
        return self._onabort

    @onabort.setter
    def onabort(self, listener: AbortListener | None) -> None:
        self._onabort = listener if callable(listener) else None
        if self._onabort is not None:
            self.addEventListener("abort", self._call_onabort)
        else:
            self.removeEventListener("abort", self._call_onabort)

    def throwIfAborted(self) -> None:
        """Raise the reason once it is aborted; a reason that cannot be raised as the `cause` of an AbortError."""
        if self.aborted:
            raise self._reason if isinstance(self._reason, BaseException) else AbortError(cause=self._reason)

    def addEventListener(
        self, name: str, listener: AbortListener, options: Mapping[str, Any] | None = None, *, once: bool = False
    ) -> None:
        """Call `listener` with an Event when the signal is aborted; a listener that is there already stays one."""
        if not callable(listener):
            raise wrong_type("listener", "of type function", listener)
        self._look_at_sources()
        with _lock:
            if listener in self._listeners(name):
                return
            self._registrations.append(_Registration(name, listener, bool((options or {}).get("once", once))))
            if len(self._registrations) == 1:
                for source in self._sources:
                    source._followers[self] = None

    def removeEventListener(self, name: str, listener: AbortListener) -> None:
        """Call `listener` no more."""
        with _lock:
            for registration in self._registrations:
                if (registration.name, registration.listener) == (name, listener):
                    self._remove(registration)
                    return

    def __repr__(self) -> str:
        return f"<AbortSignal aborted={self.aborted}>"

    def _listeners(self, name: str) -> list[AbortListener]:
        return [registration.listener for registration in self._registrations if registration.name == name]

    def _remove(self, registration: _Registration) -> None:
        self._registrations.remove(registration)
        if not self._registrations:
            for source in self._sources:
                source._followers.pop(self, None)

    def _look_at_sources(self) -> None:
        """Without listeners a signal made by any() follows no other: it looks when it is asked."""
        for source in self._sources:
            if source._aborted:
                self._abort(source._reason)
                return

    def _abort(self, reason: Any) -> None:
        with _lock:
            if self._aborted:
                return
            followers, self._followers = self._followers, {}
            changed = [self, *(follower for follower in followers if not follower._aborted)]
            reason = AbortError("This operation was aborted") if reason is None else reason
            for signal in changed:
                signal._aborted, signal._reason = True, reason
        for signal in changed:
            signal._tell()

    def _tell(self) -> None:
        event = Event("abort", self)
        for registration in tuple(self._registrations):
            with _lock:
                if registration.name != "abort" or registration not in self._registrations:
                    continue
                if registration.once:
                    self._remove(registration)
            try:
                registration.listener(event)
            except Exception as exc:  # noqa: BLE001 - reported; the others are called
                report(exc)

    def _call_onabort(self, event: Event) -> Any:
        return self._onabort(event) if self._onabort is not None else None


class AbortController:
    """Stops, with `abort()`, what was given its `signal`."""

    def __init__(self) -> None:
        self.signal = AbortSignal._new()

    def abort(self, reason: Any = None) -> None:
        """Abort the signal, once; `reason` is an AbortError unless given."""
        self.signal._abort(reason)

    def __repr__(self) -> str:
        return f"<AbortController signal={self.signal!r}>"


class _Subscription:
    """Takes an abort listener off again: with `dispose()`, or at the end of a `with`."""

    def __init__(self, signal: AbortSignal, listener: AbortListener) -> None:
        self._signal = signal
        self._listener = listener

    def dispose(self) -> None:
        self._signal.removeEventListener("abort", self._listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.dispose()


def addAbortListener(signal: AbortSignal, listener: AbortListener) -> _Subscription:
    """Call `listener` with an Event when `signal` is aborted: now, if it is. The result has a `dispose()`.

    Source: https://nodejs.org/docs/latest-v24.x/api/events.html#eventsaddabortlistenersignal-listener
    """
    checked_signal(signal, "signal")
    if not callable(listener):
        raise wrong_type("listener", "of type function", listener)
    with _lock:
        aborted = signal.aborted
        if not aborted:
            signal.addEventListener("abort", listener, once=True)
    if aborted:
        listener(Event("abort", signal))
    return _Subscription(signal, listener)


def checked_signal(signal: object, name: str = "options.signal") -> AbortSignal:
    """`signal`, which must be an AbortSignal. Raises ERR_INVALID_ARG_TYPE."""
    if not isinstance(signal, AbortSignal):
        raise wrong_type(name, "an instance of AbortSignal", signal)
    return signal


class _Clock:
    """Calls functions later, in one daemon thread, which ends when nothing is due any more."""

    def __init__(self) -> None:
        self._due = sched.scheduler(time.monotonic, self._sleep)
        self._changed = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def later(self, ms: float, function: Callable[[], Any]) -> None:
        with self._lock:
            self._due.enter(ms / 1000, 0, function)
            self._changed.set()
            # The thread of a fork's parent is not alive in the child.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="httpkit-timeouts", daemon=True)
                self._thread.start()

    def _sleep(self, seconds: float) -> None:
        self._changed.wait(seconds)
        self._changed.clear()

    def _run(self) -> None:
        while True:
            self._due.run()
            with self._lock:
                if self._due.empty():
                    self._thread = None
                    return


_clock = _Clock()
