"""The operators over anything that can be iterated async; on a Readable they are compared with Node's.

See the scenario stream_operators.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from httpkit import operators
from httpkit.stream import Readable


class Numbers:
    """1, 2, 3, …, and whether it was told that nobody wants more."""

    def __init__(self, count: int = 5) -> None:
        self.count = count
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[int]:
        try:
            for n in range(1, self.count + 1):
                yield n
        finally:
            self.closed = True


async def listed(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


def test_over_an_async_generator() -> None:
    async def main() -> list[Any]:
        squares = operators.map_(Numbers(), lambda n: n * n)
        odd = operators.filter_(squares, lambda n: n % 2)
        return await operators.to_array(operators.take(operators.drop(odd, 1), 5))

    assert asyncio.run(main()) == [9, 25]


@pytest.mark.parametrize("concurrency", [1, 2, 3])
def test_no_more_than_so_many_at_a_time(concurrency: int) -> None:
    async def main() -> tuple[list[int], int]:
        running = most = 0

        async def work(n: int) -> int:
            nonlocal running, most
            running += 1
            most = max(most, running)
            for _ in range(6 - n):
                await asyncio.sleep(0)
            running -= 1
            return n

        return await listed(operators.map_(Numbers(), work, concurrency=concurrency)), most

    assert asyncio.run(main()) == ([1, 2, 3, 4, 5], concurrency)


def test_what_is_given_up_lets_go() -> None:
    async def main() -> list[bool]:
        found, taken, mapped = Numbers(), Numbers(), Numbers()
        await operators.find(found, lambda n: n == 2)
        await listed(operators.take(taken, 2))
        stream = operators.map_(mapped, lambda n: n)
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined] # a generator, which can be closed
        return [found.closed, taken.closed, mapped.closed]

    assert asyncio.run(main()) == [True, True, True]


def test_an_error_cancels_what_runs_beside_it() -> None:
    async def main() -> list[str]:
        record: list[str] = []
        both_run, cancelled = asyncio.Event(), asyncio.Event()

        async def work(n: int) -> None:
            if n == 1:
                await both_run.wait()
                raise ValueError("first")
            both_run.set()
            try:
                await asyncio.Event().wait()
            finally:
                record.append(f"{n} cancelled")
                cancelled.set()

        with pytest.raises(ValueError, match="first"):
            await operators.for_each(Numbers(2), work, concurrency=2)
        await cancelled.wait()
        return record

    assert asyncio.run(main()) == ["2 cancelled"]


def test_a_builtin_is_called_with_the_item_alone() -> None:
    async def main() -> list[Any]:
        rest = Readable.from_([1.5, 2.25])
        return [await Readable.from_(["1", "2"]).map(int).toArray(), await rest.map(round).toArray()]

    assert asyncio.run(main()) == [[1, 2], [2, 2]]


def test_it_begins_though_nobody_awaits_it(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> list[int]:
        seen: list[int] = []
        done = asyncio.Event()
        stream = Readable.from_([1, 2])
        stream.on("close", done.set)
        stream.forEach(seen.append)
        await done.wait()
        return seen

    assert asyncio.run(main()) == [1, 2]
    assert capsys.readouterr().err == ""


def test_a_failure_nobody_awaits_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        done = asyncio.Event()
        stream = Readable.from_([0])
        stream.on("close", done.set)
        stream.forEach(lambda n: 1 / n)
        await done.wait()
        for _ in range(10):
            await asyncio.sleep(0)

    asyncio.run(main())
    gc.collect()
    assert capsys.readouterr().err.count("ZeroDivisionError") == 1


def test_from_another_loop() -> None:
    numbers = Readable.from_(range(5))

    async def main() -> int:
        total: int = await numbers.map(lambda n: n * 2).reduce(lambda total, n: total + n)
        return total

    assert asyncio.run(main()) == 20
