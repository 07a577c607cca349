"""What can be done with the items of a stream, as with those of an array: over anything that can be iterated async.

`map_`, `filter_`, `flat_map`, `take` and `drop` are async generators; the others give what they find. Options, as a
mapping or as keywords: `signal` stops the work with an AbortError; `concurrency` is how many items are worked on at a
time (1), `highWaterMark` how many more results may wait (`concurrency` - 1). The results keep the order of the items.

A function is called with an item, and with `{'signal': …}` if it requires a second argument; it may be `async def`.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#readablemapfn-options, Node's operators.js
"""

from __future__ import annotations

import asyncio
import inspect
import math
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from typing import Any

from .abort import checked_signal
from .checks import number
from .errors import AbortError, NodeError, out_of_range, wrong_type
from .lifecycle import told_of

Items = AsyncIterable[Any]
Function = Callable[..., Any]
Options = Mapping[str, Any] | None

# A result that is none; no initial value.
_NOTHING = object()


def map_(items: Items, fn: Function, options: Options = None, /, **more: Any) -> AsyncIterator[Any]:
    """What `fn` makes of each item. Raises ERR_INVALID_ARG_TYPE and ERR_OUT_OF_RANGE."""
    wanted = _checked(options, more)
    concurrency = _count(wanted, "concurrency", 1, least=1)
    waiting = _count(wanted, "highWaterMark", concurrency - 1, least=0)
    return _mapped(items, _called(fn, wanted), concurrency, concurrency + waiting, wanted.get("signal"))


async def _mapped(
    items: Items, function: Callable[[Any], Awaitable[Any]], concurrency: int, limit: int, signal: Any
) -> AsyncIterator[Any]:
    results: deque[asyncio.Future[Any]] = deque()
    arrived, room = asyncio.Event(), asyncio.Event()
    running = 0

    def processed(result: asyncio.Future[Any]) -> None:
        nonlocal running
        running -= 1
        room.set()
        # It is raised where its turn comes; where that never comes it is no news.
        _ = result.cancelled() or result.exception()

    async def work() -> None:
        nonlocal running
        async with _opened(items) as values:
            async for value in values:
                _stop_if_aborted(signal)
                running += 1
                result = asyncio.ensure_future(function(value))
                result.add_done_callback(processed)
                results.append(result)
                arrived.set()
                while running >= concurrency or len(results) >= limit:
                    room.clear()
                    await room.wait()

    working = asyncio.ensure_future(work())
    working.add_done_callback(lambda _: arrived.set())
    try:
        while results or not working.done():
            if not results:
                arrived.clear()
                await arrived.wait()
                continue
            value = await results[0]
            _stop_if_aborted(signal)
            if value is not _NOTHING:
                yield value
            results.popleft()
            room.set()
        await working
    finally:
        for task in (working, *results):
            task.cancel()
        # What reads the items lets go of them.
        await asyncio.wait([working])


def filter_(items: Items, fn: Function, options: Options = None, /, **more: Any) -> AsyncIterator[Any]:
    """The items for which `fn` says so. Raises as `map_` does."""
    test = _called(fn, _checked(options, more))

    async def kept(item: Any) -> Any:
        return item if await test(item) else _NOTHING

    return map_(items, kept, options, **more)


def flat_map(items: Items, fn: Function, options: Options = None, /, **more: Any) -> AsyncIterator[Any]:
    """The items of what `fn` makes of each item, an iterable or an async one. Raises as `map_` does."""
    return _flattened(map_(items, fn, options, **more))


async def _flattened(groups: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async with _opened(groups) as opened:
        async for group in opened:
            if hasattr(group, "__aiter__"):
                async for item in group:
                    yield item
            else:
                for item in group:
                    yield item


def take(items: Items, number: float, options: Options = None, /, **more: Any) -> AsyncIterator[Any]:
    """The first `number` items. Raises ERR_OUT_OF_RANGE and ERR_INVALID_ARG_TYPE."""
    return _taken(items, _number(number), _checked(options, more).get("signal"))


async def _taken(items: Items, number: float, signal: Any) -> AsyncIterator[Any]:
    async with _unless_aborted(items, signal) as values:
        async for item in values:
            number -= 1
            if number >= 0:
                yield item
            if number <= 0:
                return


def drop(items: Items, number: float, options: Options = None, /, **more: Any) -> AsyncIterator[Any]:
    """All but the first `number` items. Raises ERR_OUT_OF_RANGE and ERR_INVALID_ARG_TYPE."""
    return _dropped(items, _number(number), _checked(options, more).get("signal"))


async def _dropped(items: Items, number: float, signal: Any) -> AsyncIterator[Any]:
    async with _unless_aborted(items, signal) as values:
        async for item in values:
            number -= 1
            if number < 0:
                yield item


async def for_each(items: Items, fn: Function, options: Options = None, /, **more: Any) -> None:
    """Call `fn` with each item. Raises as `map_` does, and what `fn` raises."""
    async for _ in filter_(items, fn, options, **more):
        pass


async def to_array(items: Items, options: Options = None, /, **more: Any) -> list[Any]:
    """All items. Raises ERR_INVALID_ARG_TYPE."""
    async with _unless_aborted(items, _checked(options, more).get("signal"), at_once=False) as values:
        return [item async for item in values]


async def some(items: Items, fn: Function, options: Options = None, /, **more: Any) -> bool:
    """Whether `fn` says so for any item; reads no further than that. Raises as `map_` does."""
    return await _first(filter_(items, fn, options, **more)) is not _NOTHING


async def every(items: Items, fn: Function, options: Options = None, /, **more: Any) -> bool:
    """Whether `fn` says so for all items; reads no further than the first other. Raises as `map_` does."""
    test = _called(fn, _checked(options, more))

    async def fails(item: Any) -> bool:
        return not await test(item)

    return not await some(items, fails, options, **more)


async def find(items: Items, fn: Function, options: Options = None, /, **more: Any) -> Any:
    """The first item for which `fn` says so; None where there is none. Raises as `map_` does."""
    found = await _first(filter_(items, fn, options, **more))
    return None if found is _NOTHING else found


async def _first(items: AsyncIterator[Any]) -> Any:
    async with _opened(items) as opened:
        async for item in opened:
            return item
    return _NOTHING


async def reduce(
    items: Items, fn: Function, initialValue: Any = _NOTHING, options: Options = None, /, **more: Any
) -> Any:
    """What `fn(previous, item)` makes of all items, one after the other, from `initialValue` or the first item.

    Raises ERR_INVALID_ARG_TYPE, and ERR_MISSING_ARGS where there is neither.
    """
    initialValue = more.pop("initialValue", initialValue)
    wanted = _checked(options, more)
    signal = wanted.get("signal")
    call = _called(fn, wanted, 2, "reducer")
    value = initialValue
    async with _unless_aborted(items, signal) as values:
        async for item in values:
            value = item if value is _NOTHING else await call(value, item)
    if value is _NOTHING:
        raise NodeError("Reduce of an empty stream requires an initial value", "ERR_MISSING_ARGS")
    return value


# --- reading the items


def _opened(items: Items) -> AbstractAsyncContextManager[AsyncIterator[Any]]:
    """An iteration that is told when it is given up."""
    iterator: Any = aiter(items)
    return aclosing(iterator) if hasattr(iterator, "aclose") else nullcontext(iterator)


def _unless_aborted(
    items: Items, signal: Any, *, at_once: bool = True
) -> AbstractAsyncContextManager[AsyncIterator[Any]]:
    async def heeding() -> AsyncIterator[Any]:
        async with _opened(items) as opened:
            if at_once:
                _stop_if_aborted(signal)
            async for item in opened:
                _stop_if_aborted(signal)
                yield item

    return aclosing(heeding())  # type: ignore[type-var] # a generator, which can be closed


def _stop_if_aborted(signal: Any) -> None:
    if signal is not None and signal.aborted:
        raise AbortError(cause=signal.reason)


# --- arguments


def _called(function: Any, options: Mapping[str, Any], count: int = 1, name: str = "fn") -> Function:
    """`function` as one to be awaited; it is handed the signal where it requires one argument more than `count`."""
    if not callable(function):
        raise wrong_type(name, "of type function", function)
    function = told_of(options.get("signal"), function, count)

    async def call(*args: Any) -> Any:
        result = function(*args)
        return await result if inspect.isawaitable(result) else result

    return call


def _checked(options: Options, more: Mapping[str, Any]) -> Mapping[str, Any]:
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type("options", "a mapping", options)
    wanted = {**(options or {}), **more}
    if wanted.get("signal") is not None:
        checked_signal(wanted["signal"])
    return wanted


def _count(options: Mapping[str, Any], name: str, default: int, *, least: int) -> int:
    value = options.get(name)
    if value is None:
        return default
    if not least <= number(f"options.{name}", value) < math.inf:
        raise out_of_range(f"options.{name}", f">= {least}", value)
    return int(value)


def _number(number: Any) -> float:
    """How many, as Number() makes it of anything."""
    try:
        value = float(number)
    except (TypeError, ValueError):
        return 0
    if value < 0:
        raise out_of_range("number", ">= 0", number)
    return 0 if math.isnan(value) else value
