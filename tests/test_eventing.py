from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable
from typing import Any

import pytest

from httpkit.abort import AbortController, AbortSignal
from httpkit.errors import AbortError, NodeError
from httpkit.events import EventEmitter, on, once
from httpkit.loop import Resident, background


@pytest.fixture
def emitter() -> EventEmitter:
    return EventEmitter()


def soon(function: Callable[..., Any], *args: Any) -> None:
    asyncio.get_running_loop().call_soon(function, *args)


async def some(iterator: Any, count: int) -> list[list[Any]]:
    return [await anext(iterator) for _ in range(count)]


def test_once_listens_from_the_call_on(emitter: EventEmitter) -> None:
    async def main() -> list[Any]:
        event = once(emitter, "x")
        emitter.emit("x", 1, "two")
        emitter.emit("x", 3)
        return [await event, await event]

    assert asyncio.run(main()) == [[1, "two"], [1, "two"]]
    assert emitter.eventNames() == []


def test_once_can_be_called_where_no_loop_runs(emitter: EventEmitter) -> None:
    event = once(emitter, "x")
    emitter.emit("x", 1)

    async def main() -> list[Any]:
        return await event

    assert asyncio.run(main()) == [1]


def test_an_awaited_method_listens_then(emitter: EventEmitter) -> None:
    async def main() -> list[Any]:
        event = emitter.once("x")
        assert emitter.eventNames() == []
        soon(emitter.emit, "x", 1)
        return await event

    assert asyncio.run(main()) == [1]


def test_an_error_that_comes_first_is_raised(emitter: EventEmitter) -> None:
    async def main() -> None:
        event, wrapped = once(emitter, "x"), once(emitter, "x")
        emitter.emit("error", ZeroDivisionError())
        with pytest.raises(ZeroDivisionError):
            await event
        with pytest.raises(ZeroDivisionError):
            await wrapped
        event = once(emitter, "x")
        emitter.emit("error", "text")
        with pytest.raises(NodeError, match="Unhandled error. \\('text'\\)"):
            await event
        event = once(emitter, "error")
        emitter.emit("error", "text")
        assert await event == ["text"]

    asyncio.run(main())
    assert emitter.eventNames() == []


def test_once_is_aborted(emitter: EventEmitter) -> None:
    async def main() -> None:
        controller = AbortController()
        event = once(emitter, "x", signal=controller.signal)
        controller.abort("enough")
        for aborted in (event, once(emitter, "x", {"signal": controller.signal})):
            with pytest.raises(AbortError, match="The operation was aborted") as raised:
                await aborted
            assert raised.value.cause == "enough"

    asyncio.run(main())
    assert emitter.eventNames() == []


def test_a_signal_is_left_alone_after_the_event(emitter: EventEmitter) -> None:
    signal = AbortController().signal
    once(emitter, "x", signal=signal)
    emitter.emit("x")
    assert signal._listeners("abort") == []


def test_whoever_gives_up_no_longer_listens(emitter: EventEmitter) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(emitter.once("x"))
        await asyncio.sleep(0)
        assert emitter.listenerCount("x") == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert emitter.eventNames() == []


def test_a_signal_is_an_emitter_too() -> None:
    async def main() -> list[Any]:
        controller = AbortController()
        event = once(controller.signal, "abort")
        controller.abort("enough")
        return [each.target.reason for each in await event]

    assert asyncio.run(main()) == ["enough"]


@pytest.mark.parametrize("wait", [once, on])
def test_what_is_no_emitter(wait: Callable[..., Any], emitter: EventEmitter) -> None:
    with pytest.raises(TypeError, match='The "emitter" argument must be an instance of EventEmitter'):
        wait({}, "x")
    with pytest.raises(TypeError, match='The "options.signal" property must be an instance of AbortSignal'):
        wait(emitter, "x", signal=4)


def test_on_gives_what_came_and_what_comes(emitter: EventEmitter) -> None:
    async def main() -> None:
        events = on(emitter, "x")
        emitter.emit("x", 1)
        emitter.emit("x", 2, 3)
        soon(emitter.emit, "x", 4)
        assert await some(events, 3) == [[1], [2, 3], [4]]

    asyncio.run(main())


def test_async_for_over_the_method(emitter: EventEmitter) -> None:
    async def main() -> list[int]:
        soon(emitter.emit, "x", 1, 2)
        async for first, second in emitter.on("x"):
            assert emitter.listenerCount("x") == 1
            return [first, second]
        return []

    assert asyncio.run(main()) == [1, 2]


def test_whoever_leaves_the_loop_no_longer_listens(emitter: EventEmitter) -> None:
    async def main() -> None:
        soon(emitter.emit, "x")
        async for _ in emitter.on("x"):
            break
        gc.collect()
        assert emitter.eventNames() == []

    asyncio.run(main())


def test_an_iterator_can_be_closed(emitter: EventEmitter) -> None:
    async def main() -> None:
        events: Any = on(emitter, "x")
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        await events.aclose()
        with pytest.raises(StopAsyncIteration):
            await waiting
        assert emitter.eventNames() == []

    asyncio.run(main())


def test_it_ends_with_an_event_after_what_came_before(emitter: EventEmitter) -> None:
    async def main() -> list[Any]:
        events = on(emitter, "x", {"close": ["end", "close"]})
        emitter.emit("x", 1)
        emitter.emit("end")
        emitter.emit("x", 2)
        return [event async for event in events]

    assert asyncio.run(main()) == [[1]]
    assert emitter.eventNames() == []


def test_an_error_comes_after_what_came_before(emitter: EventEmitter) -> None:
    async def main() -> None:
        events = on(emitter, "x")
        emitter.emit("x", 1)
        emitter.emit("error", ZeroDivisionError())
        assert await anext(events) == [1]
        with pytest.raises(ZeroDivisionError):
            await anext(events)
        with pytest.raises(StopAsyncIteration):
            await anext(events)

    asyncio.run(main())
    assert emitter.eventNames() == []


def test_on_is_aborted(emitter: EventEmitter) -> None:
    async def main() -> None:
        controller = AbortController()
        events = on(emitter, "x", signal=controller.signal)
        soon(controller.abort, "enough")
        with pytest.raises(AbortError) as raised:
            await anext(events)
        assert raised.value.cause == "enough"
        with pytest.raises(AbortError):
            on(emitter, "x", signal=controller.signal)

    asyncio.run(main())
    assert emitter.eventNames() == []


class Pausing(EventEmitter):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")


def test_marks_pause_and_resume_the_emitter() -> None:
    async def main() -> None:
        emitter = Pausing()
        events = on(emitter, "x", highWaterMark=2, lowWaterMark=2)
        for each in range(2):
            emitter.emit("x", each)
        assert emitter.calls == []
        for each in range(2):
            emitter.emit("x", each)
        assert emitter.calls == ["pause"]
        await some(events, 2)
        assert emitter.calls == ["pause"]
        await some(events, 1)
        assert emitter.calls == ["pause", "resume"]

    asyncio.run(main())


@pytest.mark.parametrize("mark", ["highWaterMark", "lowWaterMark"])
def test_marks_that_are_none(emitter: EventEmitter, mark: str) -> None:
    with pytest.raises(ValueError, match=f'The value of "options.{mark}" is out of range. It must be >= 1'):
        on(emitter, "x", {mark: 0})
    with pytest.raises(TypeError, match=f'The "options.{mark}" property must be of type number'):
        on(emitter, "x", {mark: "1"})


class Distant(Resident):
    """Lives on the background loop; `happen` emits there."""

    ONE_SHOT = frozenset({"ready"})

    def happen(self, name: str, *args: Any) -> None:
        self._home.call(self.emit, name, *args)


@pytest.fixture
def distant() -> Distant:
    return Distant()


def test_events_of_another_thread(distant: Distant) -> None:
    assert distant._home is background()

    async def main() -> list[Any]:
        event = once(distant, "x")
        events = on(distant, "x")
        threading.Thread(target=distant.happen, args=("x", 1)).start()
        return [await event, await anext(events)]

    assert asyncio.run(main()) == [[1], [1]]
    assert distant.eventNames() == []


def test_a_one_shot_event_that_has_happened_in_another_thread(distant: Distant) -> None:
    distant.happen("ready", 1)

    async def main() -> list[Any]:
        return [await distant.once("ready"), await once(distant, "ready"), await anext(on(distant, "ready"))]

    assert asyncio.run(main()) == [[1], [1], [1]]


def test_many_takers_of_many_events_of_another_thread(distant: Distant) -> None:
    async def main() -> list[int]:
        events = on(distant, "x", close=["end"])

        async def take() -> list[int]:
            return [value async for (value,) in events]

        def emit() -> None:
            for value in range(500):
                distant.happen("x", value)
            distant.happen("end")

        takers = [asyncio.ensure_future(take()) for _ in range(5)]
        threading.Thread(target=emit).start()
        return sorted(value for taken in await asyncio.gather(*takers) for value in taken)

    assert asyncio.run(main()) == list(range(500))


def test_an_emitter_whose_loop_has_ended_is_left_alone() -> None:
    async def leave() -> tuple[Any, Any]:
        living = Resident()
        return once(living, "x", signal=controller.signal), on(living, "x")

    controller = AbortController()
    event, events = asyncio.run(leave())
    controller.abort()

    async def main() -> None:
        await events.aclose()
        with pytest.raises(AbortError):
            await event

    asyncio.run(main())


def test_a_deadline_from_the_clocks_thread(distant: Distant) -> None:
    async def main() -> None:
        with pytest.raises(AbortError) as raised:
            await once(distant, "never", signal=AbortSignal.timeout(1))
        assert isinstance(raised.value.cause, TimeoutError)

    asyncio.run(main())
    assert distant.eventNames() == []
