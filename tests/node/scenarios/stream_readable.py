"""Readable: when _read is called and what comes out, by 'data', 'readable', read(), setEncoding; facts and misuse."""

import asyncio

from prelude import attempt, log, once, run, tick, watch

from httpkit.stream import Readable

EVENTS = ["end", "error", "close", "pause", "resume"]


def state(stream):
    return [
        stream.readable, stream.readableEnded, stream.readableFlowing, stream.readableLength, stream.readableDidRead,
        stream.readableAborted, stream.isPaused(), stream.destroyed, stream.closed, stream.errored,
    ]  # fmt: skip


def set_immediate(function, *args):
    asyncio.get_running_loop().call_soon(function, *args)


async def settle():
    for _ in range(5):
        await tick()


def source(lane, chunks, *, later=False, **options):
    """A source that pushes one of `chunks` each time it is asked: at once, or in a later turn."""
    left = [*chunks]

    def read(size):
        log(lane, "_read", size)
        chunk = left.pop(0) if left else None
        if later:
            set_immediate(lambda: log(lane, "push", stream.push(chunk)))
        else:
            log(lane, "push", stream.push(chunk))

    stream = Readable({"read": read, **options})
    watch(lane, "stream", stream, *EVENTS)
    return stream


async def flowing():
    for later in (False, True):
        lane = f"data, {'later' if later else 'at once'}"
        stream = source(lane, ["ab", "cd", "ef"], later=later)
        closed = once(stream, "close")
        log(lane, state(stream))
        stream.on("data", lambda chunk, lane=lane: log(lane, "data", chunk))
        log(lane, state(stream))
        await closed
        log(lane, state(stream))


async def asking():
    for later in (False, True):
        lane = f"readable, {'later' if later else 'at once'}"
        stream = source(lane, ["ab", "cd", "ef"], later=later, highWaterMark=3)
        closed = once(stream, "close")

        def readable(lane=lane, stream=stream):
            log(lane, "readable", stream.readableLength)
            while (chunk := stream.read()) is not None:
                log(lane, "read", chunk)

        stream.on("readable", readable)
        log(lane, state(stream))
        await closed
        log(lane, state(stream))


async def sizes():
    lane = "sizes"
    stream = source(lane, ["abc", "def", "ghi"], highWaterMark=4)
    log(lane, stream.read(0), stream.readableLength)
    await settle()
    log(lane, stream.readableLength, stream.readableBuffer)
    log(lane, stream.read(2), stream.read(3), stream.readableLength)
    log(lane, stream.read(20), stream.readableHighWaterMark)
    await settle()
    log(lane, stream.read(1), stream.read(100), stream.readableHighWaterMark, stream.read())
    attempt(lane, "too much", lambda: stream.read(2**30 + 1))
    await settle()
    log(lane, state(stream))


async def pausing():
    lane = "pause"
    stream = Readable(read=lambda: None)
    watch(lane, "stream", stream, *EVENTS)

    def data(chunk):
        log(lane, "data", chunk)
        stream.pause()

    stream.on("data", data)
    stream.push("a")
    stream.push("b")
    stream.push("c")
    await settle()
    log(lane, state(stream))
    stream.resume()
    log(lane, state(stream))
    await settle()
    stream.resume().pause().resume()
    await settle()
    stream.resume()
    stream.push(None)
    await settle()
    log(lane, state(stream))
    unasked = Readable(read=lambda: None)
    unasked.pause().on("data", lambda chunk: log("paused first", "data", chunk))
    unasked.push("x")
    await settle()
    log("paused first", state(unasked))
    unasked.resume()
    await settle()


async def switching():
    lane = "listeners"
    stream = Readable(read=lambda: None)

    def data(chunk):
        log(lane, "data", chunk)

    def readable():
        log(lane, "readable")

    stream.on("data", data)
    stream.on("readable", readable)
    log(lane, stream.readableFlowing)
    stream.push("a")
    await settle()
    log(lane, stream.readableFlowing, stream.readableLength)
    stream.off("readable", readable)
    log(lane, stream.readableFlowing)
    await settle()
    log(lane, stream.readableFlowing, stream.readableLength)
    stream.off("data", data)
    stream.push("b")
    await settle()
    log(lane, stream.readableFlowing, stream.readableLength)
    again = Readable(read=lambda: None)
    again.once("readable", lambda: log(lane, "once"))
    again.push("x")
    await settle()
    log(lane, again.readableFlowing, again.readableLength)
    again.removeAllListeners("readable")
    await settle()
    log(lane, again.readableFlowing)


async def decoding():
    lane = "encoding"
    stream = Readable(read=lambda: None)
    stream.push(bytes([0x61, 0xE2]))
    stream.push(bytes([0x82]))
    log(lane, stream.readableEncoding, stream.readableLength)
    stream.setEncoding("UTF-8")
    log(lane, stream.readableEncoding, stream.readableLength)
    stream.on("data", lambda chunk: log(lane, chunk))
    await settle()
    stream.push(bytes([0xAC, 0xE2]))
    stream.push("text")
    stream.push("dGV4dA==", "base64")
    stream.push(None)
    await settle()
    for encoding in ("latin1", "hex", "base64", "base64url", "utf16le", "ascii"):
        each = Readable(read=lambda: None, encoding=encoding)
        each.push(bytes([0x41, 0xE9, 0xFF]))
        each.push(bytes([0x00, 0x30]))
        each.push("y", "ascii")
        each.push(None)
        log(lane, each.readableEncoding, each.read(), each.read())
    attempt(lane, "unknown", lambda: stream.setEncoding("nope"))
    attempt(lane, "unknown option", lambda: Readable(encoding="nope"))


async def unshifting():
    lane = "unshift"
    stream = Readable(read=lambda: None)
    watch(lane, "stream", stream, *EVENTS)
    log(lane, stream.push("body"), stream.unshift("head "), stream.unshift(""), stream.readableLength)
    log(lane, stream.read(2), stream.unshift(b"he"), stream.read())
    stream.push(None)
    log(lane, stream.unshift("rest"), stream.read())
    stream.resume()
    await settle()
    stream.unshift("late")
    await settle()
    kept = Readable(read=lambda: None, autoDestroy=False)
    watch(lane, "open", kept, *EVENTS)
    kept.resume().push(None)
    await settle()
    log(lane, kept.unshift("late"))
    await settle()
    log(lane, state(kept))


async def objects():
    lane = "objects"
    stream = source(lane, [1, {"a": 2}, "three", "", False, 0], objectMode=True, highWaterMark=2)
    log(lane, stream.readableObjectMode, stream.readableHighWaterMark)
    stream.read(0)
    await settle()
    log(lane, stream.readableLength, stream.readableBuffer, stream.read(5))
    stream.on("data", lambda item: log(lane, "data", item))
    await once(stream, "close")


async def misuse():
    lane = "misuse"

    def after_end(stream, chunk):
        stream.push(None)
        stream.push(chunk)

    def throws(stream):
        def read(size):
            raise RuntimeError("no")

        stream._read = read
        stream.read()

    def no_read(stream):
        del stream._read
        stream.resume()

    for name, act in (
        ("number", lambda stream: stream.push(7)),
        ("after end", lambda stream: after_end(stream, "x")),
        ("empty after end", lambda stream: after_end(stream, "")),
        ("throws", throws),
        ("no read", no_read),
    ):
        stream = Readable(read=lambda: None)
        watch(lane, name, stream, *EVENTS)
        act(stream)
        await settle()
        log(lane, name, state(stream))
    attempt(lane, "encoding", lambda: Readable(read=lambda: None).push("x", "nope"))
    attempt(lane, "high water mark", lambda: Readable(highWaterMark=1.5))


async def destroying():
    lane = "destroy"

    def destroy(error, callback):
        log(lane, "_destroy", error)
        set_immediate(callback, error)

    stream = Readable(read=lambda: None, destroy=destroy)
    watch(lane, "stream", stream, "data", "readable", *EVENTS)
    stream.push("x")
    stream.destroy(Exception("no"))
    stream.destroy()
    log(lane, state(stream), stream.push("y"), stream.read())
    await settle()
    log(lane, state(stream))
    silent = Readable(read=lambda: None, emitClose=False)
    watch(lane, "silent", silent, *EVENTS)
    silent.destroy()
    await settle()
    log(lane, state(silent))

    def raises(error, callback):
        raise RuntimeError("destroy")

    thrown = Readable(read=lambda: None, destroy=raises)
    watch(lane, "thrown", thrown, *EVENTS)
    thrown.destroy()
    await settle()


async def subclass():
    lane = "subclass"

    class Counter(Readable):
        def __init__(self, limit):
            super().__init__({"highWaterMark": 2, "encoding": "utf8"})
            self.count = 0
            self.limit = limit

        def _read(self):
            if self.count < self.limit:
                self.count += 1
                self.push(str(self.count - 1))
            else:
                self.push(None)

        def _destroy(self, error, callback):
            log(lane, "_destroy", error)
            callback(error)

    stream = Counter(4)
    watch(lane, "stream", stream, *EVENTS)
    stream.on("data", lambda text: log(lane, text))
    await once(stream, "close")


async def main():
    await flowing()
    await asking()
    await sizes()
    await pausing()
    await switching()
    await decoding()
    await unshifting()
    await objects()
    await misuse()
    await destroying()
    await subclass()


run(main)
