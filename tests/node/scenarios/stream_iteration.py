"""From streams to iterations and back: async for, iterator(), Readable.from_, async disposal."""

import asyncio

from prelude import attempt, log, run, tick, watch

from httpkit.stream import Duplex, Readable


async def settle():
    for _ in range(10):
        await tick()


def set_immediate(function, *args):
    asyncio.get_running_loop().call_soon(function, *args)


def filled(*chunks):
    stream = Readable(read=lambda: None)
    for chunk in chunks:
        stream.push(chunk)
    return stream


def facts(stream):
    return [
        stream.readableEnded,
        stream.destroyed,
        stream.readableFlowing,
        stream.readableDidRead,
        getattr(stream.errored, "code", None),
    ]


async def iterating():
    lane = "iterate"
    whole = filled("a", "b", None)
    async for chunk in whole:
        log(lane, chunk)
    log(lane, facts(whole), whole.closed)
    later = filled("a")
    set_immediate(lambda: later.push("b"))
    set_immediate(lambda: set_immediate(lambda: later.push(None)))
    async for chunk in later:
        log(lane, chunk)
    failing = filled("a")
    failing.on("data", lambda chunk: set_immediate(lambda: failing.destroy(Exception("no"))))
    try:
        async for chunk in failing:
            log(lane, chunk)
    except Exception as error:  # noqa: BLE001 - what it was is the point
        log(lane, error)
    closing = filled()
    set_immediate(lambda: closing.destroy())
    try:
        async for chunk in closing:
            log(lane, chunk)
    except Exception as error:  # noqa: BLE001
        log(lane, error)
    async for chunk in whole:
        log(lane, "again", chunk)
    texts = filled("é").setEncoding("latin1")
    texts.push(None)
    async for text in texts:
        log(lane, text)


async def leaving():
    lane = "leave"
    left = filled("a", "b")
    watch(lane, "left", left, "close")
    async for chunk in left:
        log(lane, chunk)
        break
    await settle()
    log(lane, facts(left))
    kept = filled("a")
    async for chunk in kept.iterator({"destroyOnReturn": False}):
        log(lane, chunk)
        break
    await settle()
    log(lane, facts(kept))
    kept.push("b")
    kept.push(None)
    async for chunk in kept:
        log(lane, chunk)
    half = Duplex(read=lambda: None, write=lambda chunk, encoding, callback: callback())
    half.push("x")
    half.push(None)
    async for chunk in half:
        log(lane, chunk)
    await settle()
    log(lane, half.destroyed, half.writable)


async def resolved(value):
    return value


async def rejected(error):
    raise error


async def from_iterables():
    lane = "from"

    async def later():
        yield 1
        await tick()
        yield "two"

    def now():
        yield "x"
        yield "y"

    for iterable in ([1, 2, 3], "text", b"bytes", now(), later(), [resolved(1), 2], {"s"}):
        stream = Readable.from_(iterable)
        items = [item async for item in stream]
        log(lane, items, stream.readableObjectMode, stream.readableHighWaterMark)
    chunks = Readable.from_(["ab", "cd"], {"objectMode": False})
    log(lane, chunks.readableObjectMode, chunks.readableHighWaterMark)
    async for chunk in chunks:
        log(lane, chunk)
    attempt(lane, "number", lambda: Readable.from_(7))
    attempt(lane, "null", lambda: Readable.from_(None))


async def from_failing():
    lane = "from failing"

    async def fails():
        yield 1
        raise RuntimeError("no")

    def fails_now():
        yield 1
        raise RuntimeError("now")

    for iterable in (fails(), fails_now(), [1, None, 2], [rejected(Exception("rejected"))]):
        stream = Readable.from_(iterable)
        try:
            async for item in stream:
                log(lane, item)
        except Exception as error:  # noqa: BLE001
            log(lane, error)


async def from_given_up():
    lane = "from given up"

    async def endless():
        i = 0
        try:
            while True:
                yield i
                i += 1
        finally:
            log(lane, "cleaned up")

    def endless_now():
        i = 0
        try:
            while True:
                yield i
                i += 1
        finally:
            log(lane, "cleaned up, too")

    for iterable in (endless(), endless_now()):
        stream = Readable.from_(iterable)
        async for item in stream:
            log(lane, item)
            if item == 2:
                break
        await settle()
        log(lane, facts(stream))


async def pulling():
    lane = "pull"

    def counted():
        for i in range(4):
            log(lane, "asked", i)
            yield i

    stream = Readable.from_(counted())
    log(lane, stream.read())
    await settle()
    log(lane, stream.read(), stream.read())
    await settle()
    stream.on("data", lambda item: log(lane, item))
    await settle()


async def disposing():
    lane = "dispose"
    stream = filled("a")
    watch(lane, "stream", stream, "close")
    try:
        async with stream:
            pass
        log(lane, facts(stream), stream.closed)
    except Exception as error:  # noqa: BLE001
        log(lane, error)
    done = filled(None)
    async for chunk in done:
        log(lane, chunk)
    async with done:
        pass
    log(lane, facts(done))
    failed = filled()
    failed.on("error", lambda error: None)
    failed.destroy(Exception("before"))
    try:
        async with failed:
            pass
    except Exception as error:  # noqa: BLE001
        log(lane, error)


async def main():
    await iterating()
    await leaving()
    await from_iterables()
    await from_failing()
    await from_given_up()
    await pulling()
    await disposing()


run(main)
