"""Stream: what all streams have in common. A stream is destroyed once, may fail once, and closes.

A stream is made of functions: options (`Readable(read=f)`), or methods of a subclass (`_read`). Such a *hook* may leave
out arguments that it has no use for, as functions in JavaScript may. It may be `async def`, too: then it need not call
its callback, its end says the same.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html, Node's lib/internal/streams/destroy.js
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, Self, TypeVar

from .abort import AbortController, addAbortListener, checked_signal
from .constants import HIGH_WATER_MARK
from .errors import AbortError, wrong_type, wrong_value
from .loop import Resident, on_loop

S = TypeVar("S")
Callback = Callable[..., Any]
Options = Mapping[str, Any]

# How many arguments each hook is called with.
_HOOKS = {"_read": 1, "_write": 3, "_writev": 2, "_final": 1, "_transform": 3, "_flush": 1, "_destroy": 2}

# As many objects wait in a stream of objects as bytes do in one of bytes: here, 16.
_OBJECTS = 16


def hook(function: Callback) -> Callback:
    """A method to be overridden, by one that may take fewer arguments."""
    return function


def _positional(function: Callback) -> tuple[float, int]:
    """How many positional arguments `function` takes at most, and how many it requires."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        # A builtin that does not tell.
        return 1, 1
    named = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    takes_any = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    return float("inf") if takes_any else len(named), sum(each.default is each.empty for each in named)


def fitted(function: Callback, count: int) -> Callback:
    """`function`, to be called with `count` arguments: those it does not take are left out."""
    taken = _positional(function)[0]
    return function if taken >= count else lambda *args: function(*args[: int(taken)])


def told_of(signal: Any, function: Callback, count: int) -> Callback:
    """`function`, to be called with `count` arguments; where it requires one more, that is `{'signal': signal}`."""
    if _positional(function)[1] <= count:
        return function
    given = {"signal": AbortController().signal if signal is None else signal}
    return lambda *args: function(*args, given)


def _method(name: str, function: Callback, *, of_a_class: bool) -> Callback:
    """`function` as the method `name`, which a stream calls; an option's function is not told its stream."""
    count = _HOOKS[name]
    taken = int(min(_positional(function)[0] - of_a_class, count))
    takes_time = inspect.iscoroutinefunction(function)
    if of_a_class and taken == count and not takes_time:
        return function

    def method(stream: Stream, *args: Any) -> None:
        result = function(stream, *args[:taken]) if of_a_class else function(*args[:taken])
        if takes_time:
            callback = args[-1] if taken < count and callable(args[-1]) else None
            stream._home.spawn(stream._follow(result, callback, args[0] if name == "_destroy" else None))

    return method


def high_water_mark(options: Options, objects: bool, side: str | None = None) -> int:
    """How much waits in a stream before it asks to slow down; `side` is the option for one half of a duplex.

    Raises ERR_INVALID_ARG_VALUE.
    """
    mark = options.get("highWaterMark")
    if mark is None and side is not None:
        mark = options.get(side)
    if mark is None:
        return _OBJECTS if objects else HIGH_WATER_MARK
    if isinstance(mark, bool) or not isinstance(mark, int) or mark < 0:
        raise wrong_value(f"options.{side or 'highWaterMark'}", "must be an int of at least 0", mark)
    return mark


class Stream(Resident):
    """The base of everything that is read from or written to: 'error', 'close'."""

    ONE_SHOT = frozenset({"error", "close"})

    destroyed = False
    closed = False
    errored: BaseException | None = None

    # Options that are hooks, and the methods they take the place of.
    HOOK_OPTIONS: ClassVar[Mapping[str, str]] = {"destroy": "_destroy"}

    _auto_destroy = True
    _emits_close = True
    _error_emitted = False
    _close_emitted = False

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        for name in _HOOKS.keys() & vars(cls).keys():
            if inspect.isfunction(function := vars(cls)[name]):
                setattr(cls, name, _method(name, function, of_a_class=True))

    def _set_up(self, options: Options) -> None:
        """What the options of all streams say: their hooks, `emitClose`, `autoDestroy`, `signal`."""
        for option, name in self.HOOK_OPTIONS.items():
            if callable(function := options.get(option)):
                setattr(self, name, _method(name, function, of_a_class=False).__get__(self))
        if options.get("emitClose") is False:
            self._emits_close = False
        if options.get("autoDestroy") is False:
            self._auto_destroy = False
        if options.get("signal") is not None:
            addAbortSignal(options["signal"], self)

    async def _follow(
        self, coroutine: Coroutine[Any, Any, Any], callback: Callback | None, reason: BaseException | None
    ) -> None:
        """An `async def` hook; where it does not take its callback, that is called at its end."""
        try:
            value = await coroutine
        except Exception as exc:  # noqa: BLE001 - told to those who listen for 'error'
            (callback or self._fail)(exc)
        else:
            if callback is not None:
                callback(reason, value)

    @on_loop
    def destroy(self, err: BaseException | None = None) -> Self:
        """Drop what is buffered and let go of the source; 'error' (if there is an error) and 'close' follow."""
        if not self.destroyed:
            self.destroyed = True
            if err is not None and self.errored is None:
                self.errored = err
            try:
                self._destroy(err, self._destroyed)
            except Exception as exc:  # noqa: BLE001 - told to those who listen for 'error'
                self._destroyed(exc)
        return self

    @hook
    def _destroy(self, err: BaseException | None, callback: Callback) -> None:
        """Let go of what the stream stands for, then call `callback(err)`. Overridden by those that hold something."""
        callback(err)

    def _destroyed(self, err: BaseException | None = None, *_: Any) -> None:
        if not self.closed:
            self.closed = True
            if err is not None and self.errored is None:
                self.errored = err
            self._home.next_tick(self._close, err)

    def _close(self, err: BaseException | None) -> None:
        if err is not None:
            self.errored = self.errored or err
            self._emit_error_once(err)
        self.closed = self._close_emitted = True
        if self._emits_close:
            self._emit_safely("close")

    def _fail(self, err: BaseException, *, later: bool = False) -> None:
        """Something went wrong: as a rule that is the end of a stream."""
        if self.destroyed:
            return
        if self._auto_destroy:
            self.destroy(err)
            return
        self.errored = self.errored or err
        if later:
            self._home.next_tick(self._emit_error_once, err)
        else:
            self._emit_error_once(err)

    def _emit_error_once(self, err: BaseException) -> None:
        if not self._error_emitted:
            self._error_emitted = True
            self._emit_error(err)

    def _emit_error(self, err: BaseException) -> None:
        try:
            self.emit("error", err)
        except Exception as exc:  # noqa: BLE001 - reported; so is the error itself where nobody listens for it
            self._listener_raised(exc)

    def _call(self, callback: Callback | None, *args: Any) -> None:
        """Call what somebody waits with; what it raises must not stop the stream."""
        if callback is None:
            return
        try:
            result = callback(*args)
        except Exception as exc:  # noqa: BLE001 - reported; the stream goes on
            self._listener_raised(exc)
        else:
            if asyncio.iscoroutine(result):
                self._adopt(result)

    # --- `async with`

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._home.wait(self._dispose())

    async def _dispose(self) -> None:
        """Destroy, and wait until it is closed. Raises what else ended it."""
        unfinished = None if self.destroyed or self._is_done() else AbortError()
        if not self.closed:
            gone = asyncio.Event()
            self.on("error", lambda err: None)
            self.on("close", lambda *_: gone.set())
            self.destroy(unfinished)
            if self._emits_close:
                await gone.wait()
        if self.errored is not None and self.errored is not unfinished:
            raise self.errored

    def _is_done(self) -> bool:
        """Whether nothing is left to be read or written."""
        return True


def addAbortSignal(signal: Any, stream: S) -> S:
    """Destroy `stream` with an AbortError when `signal` is aborted; gives `stream`. Raises ERR_INVALID_ARG_TYPE.

    Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#streamaddabortsignalsignal-stream
    """
    checked_signal(signal, "signal")
    each: Any = stream
    if not (callable(getattr(each, "on", None)) and callable(getattr(each, "destroy", None))):
        raise wrong_type("stream", "a stream", stream)
    heard = addAbortListener(signal, lambda event: each.destroy(AbortError(cause=signal.reason)))
    each.on("close", lambda *_: heard.dispose())
    return stream
