"""The operators of a Readable, those of an array: what they give, in which order they work, and when they stop."""

import asyncio

from prelude import attempt, log, run, tick

from httpkit.abort import AbortController, AbortSignal
from httpkit.stream import Readable


def numbers(count=5):
    return Readable.from_(range(1, count + 1))


async def settle():
    for _ in range(10):
        await tick()


async def failure(lane, name, answer):
    try:
        log(lane, name, await answer)
    except Exception as error:  # noqa: BLE001 - what it was is the point
        log(lane, name, error.code if getattr(error, "code", "") == "ABORT_ERR" else error)


async def streams():
    lane = "streams"

    async def later(n):
        await tick()
        return n * 2

    async def is_big(n):
        return n > 3

    log(lane, await numbers().map(lambda n: n * 2).toArray())
    log(lane, await numbers().map(later).toArray())
    log(lane, await numbers().filter(lambda n: n % 2).toArray())
    log(lane, await numbers().filter(is_big).toArray())
    log(lane, await numbers(3).flatMap(lambda n: [n, n]).toArray())
    log(lane, await numbers(3).flatMap(lambda n: numbers(n)).toArray())
    log(lane, await numbers().take(2).toArray(), await numbers().take(0).toArray(), await numbers(2).take(9).toArray())
    log(lane, await numbers().drop(3).toArray(), await numbers().drop(0).toArray(), await numbers(2).drop(9).toArray())
    log(lane, await numbers().drop(1).filter(lambda n: n != 3).map(lambda n: n * n).take(2).toArray())
    log(lane, isinstance(numbers().map(lambda n: n), Readable), numbers().take(1).readableObjectMode)


async def answers():
    lane = "answers"
    seen = []
    log(lane, await numbers().forEach(lambda n: seen.append(n)), seen)
    log(
        lane,
        await numbers().some(lambda n: n > 4),
        await numbers().some(lambda n: n > 5),
        await numbers(0).some(lambda n: True),
    )
    log(
        lane,
        await numbers().every(lambda n: n > 0),
        await numbers().every(lambda n: n < 5),
        await numbers(0).every(lambda n: False),
    )
    log(lane, await numbers().find(lambda n: n > 2), await numbers().find(lambda n: n > 5))
    log(lane, await numbers().reduce(lambda sum_, n: sum_ + n), await numbers().reduce(lambda sum_, n: sum_ + n, 10))
    log(lane, await numbers(0).reduce(lambda sum_, n: sum_ + n, 7), await numbers(0).toArray())
    await failure(lane, "nothing to reduce", numbers(0).reduce(lambda sum_, n: sum_ + n))


async def order():
    for concurrency in (1, 2, 3):
        lane = f"concurrency {concurrency}"
        done = []
        gates = []

        def work(n, lane=lane, gates=gates):
            log(lane, "begin", n)
            result = asyncio.get_running_loop().create_future()

            def finish():
                log(lane, "end", n)
                result.set_result(n)

            gates.append(finish)
            return result

        stream = numbers(4).map(work, {"concurrency": concurrency})
        everything = stream.forEach(lambda n, lane=lane: log(lane, "got", n))
        while len(done) < 4:
            await settle()
            if gates:
                gates.pop()()
                done.append(1)
        await everything


async def errors():
    lane = "errors"

    def three(n):
        if n == 3:
            raise RuntimeError("three")
        return n

    async def two(n):
        if n == 2:
            raise RuntimeError("two")

    def reducer(sum_, n):
        raise RuntimeError("reducer")

    await failure(lane, "map", numbers().map(three).toArray())
    await failure(lane, "forEach", numbers().forEach(two))
    await failure(lane, "reduce", numbers().reduce(reducer))
    failing = Readable(read=lambda: None)
    failing.push("a")
    result = failing.map(lambda chunk: chunk.decode()).toArray()
    await settle()
    failing.destroy(Exception("source"))
    await failure(lane, "source", result)
    attempt(lane, "no function", lambda: numbers().map(7))
    attempt(lane, "concurrency", lambda: numbers().map(lambda n: n, {"concurrency": 0}))
    attempt(lane, "highWaterMark", lambda: numbers().map(lambda n: n, {"highWaterMark": -1}))
    attempt(lane, "options", lambda: numbers().map(lambda n: n, 7))
    attempt(lane, "signal", lambda: numbers().map(lambda n: n, {"signal": 7}))
    attempt(lane, "take", lambda: numbers().take(-1))
    await failure(lane, "some", numbers().some(7))
    await failure(lane, "reducer", numbers().reduce(7))


async def stopping():
    lane = "stop"
    some = numbers(9)
    await some.some(lambda n: n == 3)
    await settle()
    log(lane, some.destroyed)
    taken = numbers(9)
    await taken.take(2).toArray()
    await settle()
    log(lane, taken.destroyed)
    mapped = numbers(9)
    stream = mapped.map(lambda n: n)
    async for n in stream:
        log(lane, n)
        if n == 2:
            break
    await settle()
    log(lane, stream.destroyed, mapped.destroyed)


async def aborting():
    lane = "abort"
    for name in ("toArray", "map", "filter", "forEach", "take", "drop", "some", "every", "find", "flatMap"):
        controller = AbortController()
        signal = controller.signal
        source = numbers(9)

        def stop(n, controller=controller, name=name):
            if n == 3:
                controller.abort()
            return [n] if name == "flatMap" else name == "every"

        heeded = source.filter(lambda n, stop=stop: [stop(n)])
        if name == "toArray":
            result = heeded.toArray({"signal": signal})
        elif name == "take":
            result = heeded.take(9, {"signal": signal}).toArray()
        elif name == "drop":
            result = heeded.drop(0, {"signal": signal}).toArray()
        else:
            result = getattr(source, name)(stop, {"signal": signal})
        if name in ("map", "filter", "flatMap"):
            result = result.toArray()
        await failure(lane, name, result)
    already = numbers(3)
    await failure(lane, "reduce", already.reduce(lambda sum_, n: sum_ + n, 0, {"signal": AbortSignal.abort()}))
    await settle()
    log(lane, already.destroyed)
    await failure(lane, "told", numbers(2).map(lambda n, options: [n, options["signal"].aborted]).toArray())


async def main():
    await streams()
    await answers()
    await order()
    await errors()
    await stopping()
    await aborting()


run(main)
