from __future__ import annotations

import asyncio
from typing import Any

import pytest

from httpkit.abort import AbortController, AbortSignal
from httpkit.errors import NodeError
from httpkit.events import (
    EventEmitter,
    MaxListenersExceededWarning,
    errorMonitor,
    getEventListeners,
    getMaxListeners,
    listenerCount,
    setMaxListeners,
)
from httpkit.loop import Resident


@pytest.fixture
def emitter() -> EventEmitter:
    return EventEmitter()


def test_listeners_are_called_in_order_with_the_arguments(emitter: EventEmitter) -> None:
    calls: list[Any] = []
    emitter.on("x", lambda *args: calls.append(("first", args)))
    emitter.prependListener("x", lambda *args: calls.append(("before", args)))
    assert emitter.emit("x", 1, 2) is True
    assert calls == [("before", (1, 2)), ("first", (1, 2))]
    assert emitter.emit("y") is False


def test_once_is_gone_before_it_runs(emitter: EventEmitter) -> None:
    calls: list[int] = []

    def listener() -> None:
        calls.append(emitter.listenerCount("x"))
        emitter.emit("x")

    emitter.once("x", listener)
    emitter.emit("x")
    assert calls == [0]


def test_once_runs_once_also_when_its_event_is_emitted_again_before_its_turn(emitter: EventEmitter) -> None:
    calls: list[str] = []

    @emitter.once("x")
    def again() -> None:
        emitter.emit("x")

    emitter.once("x", lambda: calls.append("once"))
    emitter.emit("x")
    assert calls == ["once"]


def test_on_and_once_are_decorators_too(emitter: EventEmitter) -> None:
    @emitter.on("x")
    def listener(value: int) -> int:
        return value + 1

    assert emitter.listeners("x") == [listener]
    assert listener(1) == 2, "the function stays what it was"


def test_a_running_emit_calls_those_that_were_there(emitter: EventEmitter) -> None:
    calls: list[str] = []

    def first() -> None:
        calls.append("first")
        emitter.off("x", second)
        emitter.on("x", lambda: calls.append("late"))

    def second() -> None:
        calls.append("second")

    emitter.on("x", first)
    emitter.on("x", second)
    emitter.emit("x")
    assert calls == ["first", "second"]


def test_off_removes_one_occurrence_also_of_once(emitter: EventEmitter) -> None:
    def listener() -> None: ...

    emitter.on("x", listener).on("x", listener).once("y", listener)
    emitter.off("x", listener).off("y", listener).off("z", listener)
    assert (emitter.listenerCount("x"), emitter.listenerCount("y"), emitter.eventNames()) == (1, 0, ["x"])
    assert emitter.removeAllListeners().eventNames() == []


def test_listeners_and_their_wrappers(emitter: EventEmitter) -> None:
    def listener() -> None: ...

    emitter.once("x", listener)
    assert emitter.listeners("x") == [listener]
    assert emitter.rawListeners("x") != [listener]
    assert emitter.listenerCount("x", listener) == 1


def test_new_and_removed_listeners_are_announced(emitter: EventEmitter) -> None:
    calls: list[Any] = []

    def listener() -> None: ...

    emitter.on("newListener", lambda name, added: calls.append(("new", name, added is listener)))
    emitter.on("removeListener", lambda name, removed: calls.append(("removed", name, removed is listener)))
    emitter.once("x", listener)
    emitter.emit("x")
    assert calls == [("new", "removeListener", False), ("new", "x", True), ("removed", "x", True)]


def test_those_who_hear_of_removals_are_removed_last(emitter: EventEmitter) -> None:
    removed: list[str] = []
    emitter.on("removeListener", lambda name, _: removed.append(name))
    emitter.on("x", print).on("y", print).removeAllListeners()
    assert (removed, emitter.eventNames()) == (["x", "y"], [])


def test_an_error_nobody_hears_is_raised(emitter: EventEmitter) -> None:
    with pytest.raises(ZeroDivisionError):
        emitter.emit("error", ZeroDivisionError())
    with pytest.raises(NodeError, match=r"Unhandled error. \('text'\)") as unhandled:
        emitter.emit("error", "text")
    assert (unhandled.value.code, vars(unhandled.value)["context"]) == ("ERR_UNHANDLED_ERROR", "text")
    heard: list[str] = []
    emitter.on("error", heard.append)
    emitter.emit("error", "text")
    assert heard == ["text"]


def test_a_listener_that_raises_stops_the_rest(emitter: EventEmitter) -> None:
    calls: list[str] = []
    emitter.on("x", lambda: 1 / 0)
    emitter.on("x", lambda: calls.append("second"))
    with pytest.raises(ZeroDivisionError):
        emitter.emit("x")
    assert calls == []


def test_many_listeners_are_warned_about_once(emitter: EventEmitter) -> None:
    emitter.setMaxListeners(2)
    emitter.on("x", print).on("x", print)
    with pytest.warns(MaxListenersExceededWarning, match="3 'x' listeners added"):
        emitter.on("x", print)
    emitter.on("x", print)
    assert (emitter.getMaxListeners(), EventEmitter().getMaxListeners()) == (2, 10)


@pytest.mark.parametrize(("count", "kind"), [(-1, ValueError), (float("nan"), ValueError), ("3", TypeError)])
def test_a_limit_that_is_no_number(emitter: EventEmitter, count: float, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="setMaxListeners"):
        emitter.setMaxListeners(count)


def test_a_listener_must_be_callable(emitter: EventEmitter) -> None:
    with pytest.raises(TypeError, match='The "listener" argument must be of type function. Received type int'):
        emitter.on("x", 7)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match='The "listener" argument must be of type function. Received type int'):
        emitter.off("x", 7)  # type: ignore[arg-type]


def test_without_a_loop_there_is_nobody_to_run_a_coroutine(emitter: EventEmitter) -> None:
    async def listener() -> None: ...

    emitter.on("x", listener)
    with pytest.raises(TypeError, match="lives on no event loop"):
        emitter.emit("x")


def test_a_monitor_sees_errors_and_handles_none(emitter: EventEmitter) -> None:
    seen: list[Any] = []
    emitter.on(errorMonitor, lambda err: seen.append(("monitor", err)))
    with pytest.raises(NodeError):
        emitter.emit("error", "unheard")
    emitter.on("error", lambda err: seen.append(("handler", err)))
    emitter.emit("error", "heard")
    assert seen == [("monitor", "unheard"), ("monitor", "heard"), ("handler", "heard")]
    assert emitter.listenerCount("error") == 1


def test_the_functions_ask_emitters_and_signals(emitter: EventEmitter) -> None:
    signal = AbortController().signal
    emitter.once("x", print)
    signal.addEventListener("abort", print)
    assert getEventListeners(emitter, "x") == getEventListeners(signal, "abort") == [print]
    assert listenerCount(emitter, "x") == listenerCount(signal, "abort") == 1
    setMaxListeners(3, emitter, signal)
    assert (getMaxListeners(emitter), getMaxListeners(signal), EventEmitter().getMaxListeners()) == (3, 0, 10)
    for ask in (getMaxListeners, lambda each: getEventListeners(each, "x"), lambda each: setMaxListeners(3, each)):
        with pytest.raises(TypeError, match="must be an instance of EventEmitter or AbortSignal. Received type int"):
            ask(7)  # type: ignore[arg-type]


def test_the_limit_of_all_emitters(emitter: EventEmitter) -> None:
    emitter.setMaxListeners(5)
    setMaxListeners(20)
    try:
        assert (EventEmitter.defaultMaxListeners, emitter.getMaxListeners()) == (20, 5)
        assert EventEmitter().getMaxListeners() == 20
    finally:
        setMaxListeners()
    assert EventEmitter.defaultMaxListeners == 10


class Living(Resident):
    """The simplest emitter whose listeners may be `async def`."""

    def __init__(self) -> None:
        super().__init__()
        self.reported: list[Exception] = []

    def _listener_raised(self, exc: Exception) -> None:
        self.reported.append(exc)


async def ended(living: Living) -> None:
    """Let its listeners run to their end."""
    await asyncio.gather(*living._home._tasks, return_exceptions=True)


class Broken(Exception):
    pass


async def fail(*_: Any) -> None:
    raise Broken


@pytest.mark.parametrize("captured", [False, True])
def test_the_failure_of_an_async_listener(captured: bool) -> None:
    async def main() -> tuple[list[Any], list[Any]]:
        living = Living()
        living.captureRejections = captured
        heard: list[Any] = []
        living.on("error", heard.append)
        living.on("x", fail)
        living.emit("x")
        await ended(living)
        return [type(each) for each in heard], [type(each) for each in living.reported]

    assert asyncio.run(main()) == (([Broken], []) if captured else ([], [Broken]))


def test_a_captured_failure_that_nobody_hears_is_reported() -> None:
    async def main() -> list[type]:
        living = Living()
        living.captureRejections = True
        living.on("x", fail)
        living.emit("x")
        await ended(living)
        return [type(each) for each in living.reported]

    assert asyncio.run(main()) == [Broken]


def test_an_error_listener_that_fails_is_not_captured_for_ever() -> None:
    async def main() -> tuple[list[type], bool]:
        living = Living()
        living.captureRejections = True
        living.on("error", fail)
        living.on("x", fail)
        living.emit("x")
        await ended(living)
        return [type(each) for each in living.reported], living.captureRejections

    assert asyncio.run(main()) == ([Broken], True)


def test_a_method_may_take_captured_failures() -> None:
    async def main() -> list[Any]:
        taken: list[Any] = []
        living = Living()
        living.captureRejections = True
        setattr(living, EventEmitter.captureRejectionSymbol, lambda err, *args: taken.append((type(err), *args)))
        living.on("x", fail)
        living.emit("x", 1, "two")
        await ended(living)
        assert living.reported == []
        return taken

    assert asyncio.run(main()) == [(Broken, "x", 1, "two")]


def test_the_option_that_captures() -> None:
    assert EventEmitter().captureRejections is False
    assert EventEmitter({"captureRejections": True}).captureRejections is True
    with pytest.raises(TypeError, match='The "options.captureRejections" property must be of type bool'):
        EventEmitter(captureRejections="yes")  # type: ignore[arg-type]


def test_what_the_class_offers() -> None:
    assert EventEmitter.errorMonitor == errorMonitor
    called: list[AbortSignal] = []
    signal = AbortSignal.abort()
    EventEmitter.addAbortListener(signal, lambda event: called.append(event.target))
    assert called == [signal]
    assert EventEmitter.getEventListeners(EventEmitter().on("x", print), "x") == [print]
