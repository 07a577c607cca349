"""finished: when a stream is done with, well or not; on streams of every kind, and too late."""

from prelude import attempt, log, run, tick, watch

from httpkit.abort import AbortController
from httpkit.stream import Duplex, PassThrough, Readable, Writable, finished


def readable(**options):
    return Readable(read=lambda: None, **options)


def writable(**options):
    return Writable({"write": lambda chunk, encoding, callback: callback(), **options})


def tell(lane, name):
    return lambda error: log(lane, name, error)


async def settle():
    for _ in range(5):
        await tick()


async def reading():
    lane = "readable"
    done = readable()
    finished(done, tell(lane, "done"))
    watch(lane, "done", done, "end", "close")
    done.resume().push(None)
    await settle()
    finished(done, tell(lane, "late"))
    await settle()

    early = readable()
    finished(early, tell(lane, "early"))
    early.destroy()
    await settle()
    finished(early, tell(lane, "early, late"))
    await settle()

    failed = readable()
    finished(failed, tell(lane, "failed"))
    failed.destroy(Exception("no"))
    await settle()
    finished(failed, tell(lane, "failed, late"))
    await settle()


async def writing():
    lane = "writable"
    done = writable()
    finished(done, tell(lane, "done"))
    watch(lane, "done", done, "finish", "close")
    done.end("x")
    await settle()
    finished(done, tell(lane, "late"))
    await settle()

    early = writable()
    finished(early, tell(lane, "early"))
    early.write("x")
    early.destroy()
    await settle()

    failed = writable(write=lambda chunk, encoding, callback: callback(Exception("no")))
    finished(failed, tell(lane, "failed"))
    failed.end("x")
    await settle()

    forever = writable(final=lambda: None)
    finished(forever, tell(lane, "never"))
    forever.end()
    await settle()


async def both():
    lane = "duplex"
    stream = PassThrough()
    finished(stream, tell(lane, "both"))
    finished(stream, {"readable": False}, tell(lane, "writable"))
    finished(stream, {"writable": False}, tell(lane, "readable"))
    watch(lane, "stream", stream, "finish", "end", "close")
    stream.end("x")
    await settle()
    log(lane, "read")
    stream.resume()
    await settle()

    half = Duplex(read=lambda: None, write=lambda chunk, encoding, callback: callback())
    finished(half, tell(lane, "half"))
    finished(half, {"writable": False}, tell(lane, "half readable"))
    half.resume().push(None)
    await settle()
    half.destroy()
    await settle()


async def options():
    lane = "options"
    aborted = readable()
    controller = AbortController()
    finished(
        aborted,
        {"signal": controller.signal},
        lambda error: log(lane, "aborted", error.code, type(error).__name__),
    )
    controller.abort()
    await settle()
    log(lane, aborted.destroyed)
    finished(aborted, {"signal": controller.signal}, lambda error: log(lane, "already", error.code))
    await settle()

    stopped = readable()
    stop = finished(stopped, tell(lane, "stopped"))
    log(lane, stopped.listenerCount("end"), stopped.listenerCount("close"), stopped.listenerCount("error"))
    stop()
    log(lane, stopped.listenerCount("end"), stopped.listenerCount("close"), stopped.listenerCount("error"))
    stopped.destroy()
    await settle()

    deaf = readable()
    finished(deaf, {"error": False}, tell(lane, "deaf"))
    deaf.on("error", lambda error: None)
    deaf.destroy(Exception("no"))
    await settle()

    attempt(lane, "no stream", lambda: finished({}, lambda error: None))
    attempt(lane, "no signal", lambda: finished(readable(), {"signal": 1}, lambda error: None))


async def awaited():
    lane = "awaited"
    done = writable()
    waiting = finished(done, {"cleanup": True})
    done.end()
    log(lane, await waiting, done.listenerCount("finish"))
    failed = writable()
    failing = finished(failed)
    failed.destroy()
    try:
        await failing
    except Exception as error:  # noqa: BLE001 - what it was is the point
        log(lane, error)


async def main():
    await reading()
    await writing()
    await both()
    await options()
    await awaited()


run(main)
