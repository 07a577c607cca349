"""Duplex, Transform and PassThrough: two sides, and when they are closed; a pair, each the far end of the other."""

import asyncio

from prelude import attempt, log, once, run, watch

from httpkit.stream import Duplex, PassThrough, Transform, duplexPair

EVENTS = ["data", "end", "drain", "prefinish", "finish", "error", "close", "pause", "resume"]


def state(stream):
    return [
        stream.readable, stream.readableEnded, stream.readableLength, stream.readableFlowing, stream.readableDidRead,
        stream.readableAborted, stream.writable, stream.writableEnded, stream.writableFinished, stream.writableLength,
        stream.writableNeedDrain, stream.destroyed, stream.closed, stream.errored,
    ]  # fmt: skip


def upper(chunk, encoding, callback):
    callback(None, chunk.decode().upper())


async def transforms():
    lane = "transform"
    stream = Transform(
        transform=upper,
        flush=lambda callback: callback(None, "!"),
    )
    watch(lane, "stream", stream, *EVENTS)
    stream.on("data", lambda chunk: log(lane, chunk))
    log(lane, stream.write("abc"), stream.write("def", lambda: log(lane, "written")))
    stream.end("ghi", lambda: log(lane, "ended"))
    log(lane, state(stream))
    await once(stream, "close")
    log(lane, state(stream))


async def transform_errors():
    for lane, transform in (
        ("transform fails", lambda chunk, encoding, callback: callback(Exception("no"))),
        (
            "transform fails later",
            lambda chunk, encoding, callback: asyncio.get_running_loop().call_soon(callback, Exception("no")),
        ),
    ):
        stream = Transform(transform=transform)
        watch(lane, "stream", stream, *EVENTS)
        stream.write("a", lambda error, lane=lane: log(lane, "a", error))
        stream.write("b", lambda error, lane=lane: log(lane, "b", error))
        stream.end(lambda error, lane=lane: log(lane, "end", error))
        await once(stream, "close")
        log(lane, state(stream))
    attempt("not implemented", "write", lambda: Transform().write("x"))
    flushing = Transform(transform=upper, flush=lambda callback: callback(Exception("flush")))
    watch("flush fails", "stream", flushing, *EVENTS)
    flushing.resume().end("x")
    await once(flushing, "close")


async def back_pressure():
    lane = "back-pressure"
    stream = PassThrough(highWaterMark=4)
    watch(lane, "stream", stream, "drain", "finish", "end", "close")
    log(lane, stream.write("ab"), stream.write("cd"), stream.write("ef"), stream.write("gh"))
    log(lane, stream.readableLength, stream.writableLength, stream.writableNeedDrain)
    await once(stream, "readable")
    log(lane, stream.read(), stream.readableLength, stream.writableLength)
    await once(stream, "drain")
    log(lane, stream.readableLength, stream.writableLength)
    stream.end()
    stream.on("data", lambda chunk: log(lane, chunk))
    await once(stream, "close")
    none = PassThrough(highWaterMark=0)
    log("no buffer", none.readableHighWaterMark, none.writableHighWaterMark, none.write("a"), none.write("b"))
    log("no buffer", none.readableLength, none.writableLength)


async def sides():
    lane = "sides"
    echo = []

    def write(chunk, encoding, callback):
        echo.append(chunk)
        callback()

    stream = Duplex(read=lambda: None, write=write, readableObjectMode=True, writableHighWaterMark=3)
    watch(lane, "stream", stream, *EVENTS)
    log(
        lane,
        stream.readableObjectMode,
        stream.writableObjectMode,
        stream.readableHighWaterMark,
        stream.writableHighWaterMark,
    )
    log(lane, stream.write("abc"), stream.push(7), stream.allowHalfOpen)
    stream.end("d")
    await once(stream, "finish")
    log(lane, state(stream), echo)
    stream.push(None)
    stream.on("data", lambda item: log(lane, item))
    await once(stream, "close")
    log(lane, state(stream))


async def half_open():
    for allow_half_open in (True, False):
        lane = f"half-open {str(allow_half_open).lower()}"
        stream = Duplex(
            allowHalfOpen=allow_half_open, read=lambda: None, write=lambda chunk, encoding, callback: callback()
        )
        watch(lane, "stream", stream, *EVENTS)
        closed = once(stream, "close")
        stream.resume().push(None)
        await once(stream, "end")
        if allow_half_open:
            stream.end()
        await closed
        log(lane, state(stream))
    for side in ("readable", "writable"):
        stream = Duplex({side: False}, read=lambda: None, write=lambda chunk, encoding, callback: callback())
        watch(side, "stream", stream, *EVENTS)
        log(side, state(stream))
        if side == "readable":
            stream.end("x")
        else:
            stream.resume().push(None)
        await once(stream, "close")
        log(side, state(stream))


async def pair():
    lane = "pair"
    a, b = duplexPair()
    watch(lane, "a", a, *EVENTS)
    watch(lane, "b", b, *EVENTS)
    b.on("data", lambda chunk: log(lane, "b got", chunk))
    log(lane, a.write("hello", lambda: log(lane, "written")), a.write(""))
    log(lane, state(a))
    await once(b, "data")
    b.end("bye")
    a.on("data", lambda chunk: log(lane, "a got", chunk))
    await once(a, "end")
    log(lane, state(a), state(b))
    a.end()
    await once(a, "close")
    log(lane, state(a), state(b))


async def pair_destroyed():
    for error in (None, Exception("gone")):
        lane = f"pair destroyed {str(error is not None).lower()}"
        a, b = duplexPair()
        watch(lane, "a", a, *EVENTS)
        watch(lane, "b", b, *EVENTS)
        b.resume()
        a.write("x", lambda error=None, lane=lane: log(lane, "written", error))
        a.destroy(error)
        await once(b, "close" if error else "end")
        log(lane, state(a), state(b))
        b.destroy()


async def pair_slow():
    lane = "pair slow"
    a, b = duplexPair(highWaterMark=4)
    watch(lane, "a", a, "drain", "finish")
    log(lane, a.write("ab"), a.write("cd"), a.write("ef"))
    log(lane, a.writableLength, b.readableLength)
    await once(b, "readable")
    log(lane, b.read(1), b.read(), a.writableLength, b.readableLength)
    a.end()
    b.resume()
    await once(a, "finish")


async def main():
    await transforms()
    await transform_errors()
    await back_pressure()
    await sides()
    await half_open()
    await pair()
    await pair_destroyed()
    await pair_slow()


run(main)
