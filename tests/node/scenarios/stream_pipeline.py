"""pipeline: streams, iterables and functions; what is destroyed when one fails; and compose."""

from prelude import attempt, log, run, tick

from httpkit.abort import AbortController
from httpkit.stream import (
    Duplex,
    PassThrough,
    Readable,
    Transform,
    Writable,
    addAbortSignal,
    compose,
    pipeline,
)


async def settle():
    for _ in range(20):
        await tick()


def sink(lane, **options):
    def write(chunk, encoding, callback):
        log(lane, "sink", chunk)
        callback()

    return Writable({"write": write, **options})


def upper():
    return Transform(transform=lambda chunk, encoding, callback: callback(None, chunk.decode().upper()))


def broken():
    return Transform(transform=lambda chunk, encoding, callback: callback(Exception("broken")))


def facts(*streams):
    return [[stream.destroyed, str(stream.errored) if stream.errored else None] for stream in streams]


def tell(lane, name):
    return lambda error, value: log(lane, name, error, value)


async def joining():
    lane = "join"
    to = sink(lane)
    log(lane, pipeline(Readable.from_(["a", "b"]), upper(), to, tell(lane, "streams")) is to)
    await settle()
    log(lane, facts(to), to.writableFinished)

    async def exclaim(chunks):
        async for chunk in chunks:
            yield f"{chunk if isinstance(chunk, str) else chunk.decode()}!"

    pipeline(["x", "y"], exclaim, sink(lane), tell(lane, "functions"))
    await settle()

    def lines():
        yield "one"
        yield "two"

    pipeline(lines, upper(), sink(lane), tell(lane, "source"))
    await settle()

    async def joined(chunks):
        return "".join([chunk.decode() async for chunk in chunks])

    log(lane, await pipeline(["m", "n"], upper(), joined))
    left_open = sink(lane)
    await pipeline(Readable.from_(["z"]), left_open, {"end": False})
    log(lane, left_open.writableEnded, left_open.destroyed)
    duplex = PassThrough()
    pipeline(Readable.from_(["d"]), duplex, tell(lane, "duplex"))
    await settle()
    log(lane, duplex.destroyed, duplex.writableFinished)
    duplex.on("data", lambda chunk: log(lane, chunk))
    await settle()


async def failing():
    lane = "fail"
    from_ = Readable(read=lambda: None)
    via = broken()
    to = sink(lane)
    pipeline(from_, via, to, tell(lane, "in the middle"))
    from_.push("a")
    await settle()
    log(lane, facts(from_, via, to))

    source = Readable(read=lambda: None)
    end = sink(lane)
    pipeline(source, end, tell(lane, "source"))
    source.destroy(Exception("no source"))
    await settle()
    log(lane, facts(source, end))

    left = Readable(read=lambda: None)
    gone = sink(lane)
    pipeline(left, gone, tell(lane, "closed"))
    gone.destroy()
    await settle()
    log(lane, facts(left, gone))

    early = Readable(read=lambda: None)
    other = sink(lane)
    pipeline(early, other, tell(lane, "source closed"))
    early.destroy()
    await settle()
    log(lane, facts(early, other))

    async def fails():
        yield "a"
        raise RuntimeError("generator")

    last = sink(lane)
    pipeline(fails, last, tell(lane, "generator"))
    await settle()
    log(lane, facts(last))

    held = sink(lane, write=lambda chunk, encoding, callback: callback(Exception("disk full")))
    pipeline(["a", "b"], held, tell(lane, "iterable"))
    await settle()
    log(lane, facts(held))

    async def destination(chunks):
        raise RuntimeError("destination")

    try:
        await pipeline(["a"], destination)
    except Exception as error:  # noqa: BLE001 - what it was is the point
        log(lane, error)


async def misuse():
    lane = "misuse"
    attempt(lane, "one", lambda: pipeline(sink(lane), lambda error: None))
    closed = sink(lane)
    closed.destroy()
    attempt(lane, "closed", lambda: pipeline(Readable.from_(["a"]), closed, lambda error: None))


async def aborting():
    lane = "abort"
    controller = AbortController()
    from_ = Readable(read=lambda: None)
    to = sink(lane)
    done = pipeline(from_, to, {"signal": controller.signal})
    controller.abort()
    try:
        await done
    except Exception as error:  # noqa: BLE001
        log(lane, error.code, from_.destroyed, to.destroyed)
    stream = Readable(read=lambda: None)
    second = AbortController()
    log(lane, addAbortSignal(second.signal, stream) is stream)
    stream.on("error", lambda error: log(lane, "error", error.code, error.cause is second.signal.reason))
    second.abort()
    await settle()
    log(lane, stream.destroyed)
    third = AbortController()
    optioned = sink(lane, signal=third.signal)
    optioned.on("error", lambda error: log(lane, "option", error.code))
    third.abort()
    await settle()
    already = Readable(read=lambda: None, signal=third.signal)
    already.on("error", lambda error: log(lane, "already", error.code))
    await settle()
    attempt(lane, "no signal", lambda: addAbortSignal(1, stream))
    attempt(lane, "no stream", lambda: addAbortSignal(third.signal, {}))


async def composing():
    lane = "compose"

    async def exclaim(chunks):
        async for chunk in chunks:
            yield f"{chunk if isinstance(chunk, str) else chunk.decode()}!"

    duplex = compose(upper(), PassThrough())
    duplex.on("data", lambda chunk: log(lane, chunk))
    duplex.on("end", lambda: log(lane, "end"))
    duplex.on("close", lambda: log(lane, "close"))
    log(lane, duplex.write("a"))
    duplex.end("b")
    await settle()
    functions = compose(exclaim, exclaim)
    functions.on("data", lambda chunk: log(lane, chunk))
    functions.on("finish", lambda: log(lane, "finish"))
    functions.end("c")
    await settle()
    log(lane, await Readable.from_(["x", "y"]).compose(exclaim).toArray())
    log(lane, b"".join(await Readable.from_(["x", "y"]).compose(upper()).toArray()).decode())
    bad = compose(upper(), broken())
    bad.on("error", lambda error: log(lane, "error", error))
    bad.on("close", lambda: log(lane, "bad close"))
    bad.resume().end("x")
    await settle()
    one = PassThrough()
    two = PassThrough()
    whole = compose(one, two)
    whole.on("error", lambda error: log(lane, "destroyed", error))
    whole.destroy(Exception("whole"))
    await settle()
    log(lane, facts(whole, one, two))
    attempt(lane, "nothing", lambda: compose())
    attempt(lane, "not readable", lambda: compose(sink(lane), upper()))
    attempt(lane, "not writable", lambda: compose(upper(), Readable.from_(["x"])))
    log(lane, isinstance(duplex, Duplex), compose(one) is one)


async def main():
    await joining()
    await failing()
    await misuse()
    await aborting()
    await composing()


run(main)
