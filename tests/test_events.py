from __future__ import annotations

from typing import Any

import pytest

from httpkit.errors import NodeError
from httpkit.events import EventEmitter, MaxListenersExceededWarning


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


def test_an_error_nobody_hears_is_raised(emitter: EventEmitter) -> None:
    with pytest.raises(ZeroDivisionError):
        emitter.emit("error", ZeroDivisionError())
    with pytest.raises(NodeError, match=r"Unhandled error. \('text'\)"):
        emitter.emit("error", "text")
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


@pytest.mark.parametrize("count", [-1, "3", None, True])
def test_a_limit_that_is_no_number(emitter: EventEmitter, count: int) -> None:
    with pytest.raises(ValueError, match="setMaxListeners"):
        emitter.setMaxListeners(count)


def test_a_listener_must_be_callable(emitter: EventEmitter) -> None:
    with pytest.raises(TypeError, match='The "listener" argument must be of type function. Received type int'):
        emitter.on("x", 7)  # type: ignore[call-overload]


def test_without_a_loop_there_is_nobody_to_run_a_coroutine(emitter: EventEmitter) -> None:
    async def listener() -> None: ...

    emitter.on("x", listener)
    with pytest.raises(TypeError, match="lives on no event loop"):
        emitter.emit("x")
