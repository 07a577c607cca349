"""Writable: what write() and end() answer and call back, in which order its events come, and what misuse gives."""

import asyncio

from prelude import attempt, log, once, run, tick, watch

from httpkit.stream import Readable, Writable

EVENTS = ["drain", "prefinish", "finish", "error", "close", "pipe", "unpipe"]


def state(stream):
    return [
        stream.writable, stream.writableEnded, stream.writableFinished, stream.writableLength, stream.writableNeedDrain,
        stream.writableCorked, stream.writableAborted, stream.destroyed, stream.closed, stream.errored,
    ]  # fmt: skip


def set_immediate(function, *args):
    # Through the queue that ticks are run from, too.
    asyncio.get_running_loop().call_soon(function, *args)


def next_tick(stream, function):
    stream._home.next_tick(function)


def at(when, lane, **options):
    """Writes at once, in a later turn, or when it is told to."""
    waiting = []

    def write(chunk, encoding, callback):
        log(lane, "write", chunk, encoding)
        if when == "once":
            callback()
        elif when == "later":
            set_immediate(callback)
        else:
            waiting.append(callback)

    stream = Writable({"write": write, **options})
    watch(lane, "stream", stream, *EVENTS)
    stream.go = lambda *args: waiting.pop(0)(*args)
    return stream


def wrote(lane, name):
    return lambda error=None: log(lane, name, error)


async def settle():
    for _ in range(5):
        await tick()


async def order():
    for when in ("once", "later"):
        lane = f"order, {when}"

        def final(callback, lane=lane):
            log(lane, "final")
            callback()

        stream = at(when, lane, final=lambda callback, final=final: final(callback))
        closed = once(stream, "close")
        log(lane, stream.write("a", wrote(lane, "a")), stream.write("b"), stream.write(b"c", wrote(lane, "c")))
        stream.end("d", wrote(lane, "end"))
        stream.end(wrote(lane, "end again"))
        log(lane, state(stream))
        await closed
        log(lane, state(stream))
        stream.end(wrote(lane, "end late"))
        await settle()


async def same_callback():
    lane = "same callback"
    stream = at("once", lane)
    both = wrote(lane, "both")
    stream.write("a", both)
    stream.write("b", both)
    stream.write("c", wrote(lane, "c"))
    stream.write("d", both)
    next_tick(stream, lambda: log(lane, "tick"))
    await settle()


async def back_pressure():
    lane = "back-pressure"
    stream = at("told", lane, highWaterMark=3)
    log(lane, stream.write("ab"), stream.write("c"), stream.write("d"), state(stream))
    stream.go()
    log(lane, state(stream))
    stream.go()
    stream.go()
    log(lane, state(stream))
    await settle()
    log(lane, stream.write("abc"), state(stream))
    stream.end()
    stream.go()
    await once(stream, "close")
    sync = at("once", lane, highWaterMark=1)
    log(lane, sync.write("abc"), sync.writableLength, sync.writableNeedDrain)
    await settle()
    none = at("told", lane, highWaterMark=0)
    log(lane, none.write("x"), none.write(""), none.writableHighWaterMark)


async def corking():
    lane = "cork"

    def writev(chunks, callback):
        log(lane, "writev", [[each.chunk, each.encoding] for each in chunks])
        callback()

    stream = at("once", lane, writev=writev)
    stream.cork()
    stream.cork()
    stream.write("a", wrote(lane, "a"))
    stream.write("b")
    stream.write("c", wrote(lane, "c"))
    stream.uncork()
    log(lane, state(stream))
    stream.uncork()
    log(lane, state(stream))
    stream.cork()
    stream.write("d")
    stream.end("e")
    await once(stream, "close")
    one = at("once", lane)
    one.cork()
    one.write("x")
    one.write("y")
    next_tick(one, lambda: one.uncork())
    await settle()


async def errors():
    error = Exception("no")
    for lane, answer in (
        ("fails", lambda callback: callback(error)),
        ("fails later", lambda callback: set_immediate(callback, error)),
    ):
        stream = Writable(write=lambda chunk, encoding, callback, answer=answer: answer(callback))
        watch(lane, "stream", stream, *EVENTS)
        log(lane, stream.write("a", wrote(lane, "a")), stream.write("b", wrote(lane, "b")))
        stream.end(wrote(lane, "end"))
        log(lane, state(stream))
        await once(stream, "close")
        log(lane, state(stream))
    final = at("once", "final fails", final=lambda callback: callback(error))
    final.end("x", wrote("final fails", "end"))
    await once(final, "close")
    log("final fails", state(final))

    def write_twice(chunk, encoding, callback):
        callback()
        callback()

    twice = Writable(write=write_twice)
    watch("twice", "stream", twice, *EVENTS)
    twice.write("x")
    await once(twice, "close")
    kept = at("once", "no autoDestroy", autoDestroy=False)
    kept.end("x")
    await settle()
    kept.write("y", wrote("no autoDestroy", "y"))
    await settle()
    log("no autoDestroy", state(kept))


async def destroying():
    lane = "destroy"

    def destroy(error, callback):
        log(lane, "_destroy", error)
        callback(error)

    stream = at("told", lane, destroy=destroy)
    stream.write("a", wrote(lane, "a"))
    stream.write("b", wrote(lane, "b"))
    stream.end("c", wrote(lane, "end"))
    stream.destroy()
    log(lane, state(stream))
    await settle()
    stream.go()
    await settle()
    log(lane, state(stream), stream.write("late", wrote(lane, "late")))
    stream.end(wrote(lane, "end late"))
    await settle()
    failed = at("once", "destroy with error", emitClose=False)
    failed.destroy(Exception("no"))
    failed.destroy(Exception("again"))
    log("destroy with error", failed.write("x", wrote("destroy with error", "x")))
    await settle()
    log("destroy with error", state(failed))
    replaced = at("once", "another error", destroy=lambda error, callback: callback(Exception("other")))
    replaced.destroy(Exception("no"))
    await settle()
    log("another error", state(replaced))


async def misuse():
    lane = "misuse"
    stream = at("once", lane)
    attempt(lane, "null", lambda: stream.write(None))
    attempt(lane, "number", lambda: stream.write(7))
    attempt(lane, "encoding", lambda: stream.write("x", "nope"))
    attempt(lane, "default encoding", lambda: stream.setDefaultEncoding("nope"))
    attempt(lane, "high water mark", lambda: Writable(highWaterMark=-1))
    attempt(lane, "no write", lambda: Writable().write("x"))
    stream.end()
    log(lane, stream.write("late", wrote(lane, "late")))
    await once(stream, "close")
    piped = at("once", "piped")
    piped.pipe(at("once", "piped"))
    await once(piped, "close")


async def encodings():
    lane = "encodings"
    stream = at("once", lane, defaultEncoding="latin1")
    stream.write("é")
    stream.write("c3a9", "hex")
    stream.write("w6k=", "base64")
    stream.write("é", "UTF-8")
    stream.write("é", "ucs2")
    stream.setDefaultEncoding("hex").write("ff")
    texts = at("once", lane, decodeStrings=False)
    texts.write("é")
    texts.write("ff", "hex")
    texts.write(b"x")
    objects = at("once", lane, objectMode=True)
    log(lane, objects.writableObjectMode, objects.writableHighWaterMark)
    objects.write({"a": 1})
    objects.write("text", "latin1")
    objects.write(7)
    objects.end()
    await once(objects, "close")


async def subclass():
    lane = "subclass"

    class Upper(Writable):
        def __init__(self):
            super().__init__({"highWaterMark": 5})
            self.text = ""

        def _write(self, chunk, encoding, callback):
            self.text += chunk.decode().upper()
            callback()

        def _final(self, callback):
            self.text += "."
            callback()

        def _destroy(self, error, callback):
            log(lane, "_destroy", error)
            super()._destroy(error, callback)

    stream = Upper()
    watch(lane, "stream", stream, *EVENTS)
    source = Readable(read=lambda: None)
    source.pipe(stream)
    source.push("abc")
    source.push("def")
    source.push(None)
    await once(stream, "close")
    log(lane, stream.text, stream.writableHighWaterMark)


async def main():
    await order()
    await same_callback()
    await back_pressure()
    await corking()
    await errors()
    await destroying()
    await misuse()
    await encodings()
    await subclass()


run(main)
