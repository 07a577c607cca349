"""pipe and unpipe: to one, to several, to slow ones, to those that fail, and after the end; wrap."""

from prelude import log, once, run, tick, watch

from httpkit.events import EventEmitter
from httpkit.stream import PassThrough, Readable, Writable

SOURCE = ["end", "close", "error", "pause", "resume"]
SINK = ["pipe", "unpipe", "drain", "finish", "close", "error"]


async def settle():
    for _ in range(8):
        await tick()


def source(lane):
    stream = Readable(read=lambda: None)
    watch(lane, "source", stream, *SOURCE)
    return stream


def sink(lane, name, *, held=None, **options):
    def write(chunk, encoding, callback):
        log(lane, name, chunk)
        if held is not None:
            held.append(callback)
        else:
            callback()

    stream = Writable({"write": write, **options})
    watch(lane, name, stream, *SINK)
    return stream


async def several():
    lane = "several"
    from_ = source(lane)
    a = sink(lane, "a")
    b = sink(lane, "b")
    log(lane, from_.pipe(a) is a, from_.pipe(b, {"end": False}) is b, from_.readableFlowing)
    from_.push("1")
    await settle()
    from_.unpipe(a)
    from_.push("2")
    await settle()
    from_.unpipe()
    log(lane, from_.readableFlowing)
    from_.push("3")
    await settle()
    log(lane, from_.readableLength, from_.listenerCount("data"), from_.listenerCount("end"), a.listenerCount("unpipe"))
    from_.pipe(b, {"end": False})
    from_.push(None)
    await settle()
    log(lane, b.writableEnded, b.listenerCount("drain"), b.listenerCount("error"))
    from_.unpipe(b)
    late = sink(lane, "late")
    from_.pipe(late)
    await settle()


async def slow():
    lane = "slow"
    from_ = source(lane)
    held_a = []
    held_b = []
    a = sink(lane, "a", held=held_a, highWaterMark=2)
    b = sink(lane, "b", held=held_b, highWaterMark=4)
    from_.pipe(a)
    from_.pipe(b)
    from_.push("12")
    await settle()
    from_.push("34")
    await settle()
    log(lane, from_.readableFlowing, from_.readableLength, a.writableLength, b.writableLength)
    held_a.pop(0)()
    await settle()
    log(lane, from_.readableFlowing, a.writableLength, b.writableLength)
    held_b.pop(0)()
    held_a.pop(0)()
    await settle()
    log(lane, from_.readableFlowing, a.writableLength, b.writableLength)
    held_b.pop(0)()
    await settle()
    from_.push("5678")
    await settle()
    log(lane, from_.readableFlowing, a.writableNeedDrain, b.writableNeedDrain)
    from_.unpipe(a)
    await settle()
    log(lane, from_.readableFlowing)
    held_b.pop(0)()
    await settle()
    log(lane, from_.readableFlowing)
    full = sink(lane, "full", held=[], highWaterMark=1)
    full.write("x")
    full.write("y")
    other = source(lane)
    other.push("z")
    other.pipe(full)
    log(lane, other.readableFlowing)
    await settle()


async def failing():
    lane = "failing"
    from_ = source(lane)
    bad = sink(lane, "bad", write=lambda chunk, encoding, callback: callback(Exception("disk full")))
    from_.pipe(bad)
    from_.push("1")
    await settle()
    log(lane, from_.destroyed, from_.readableFlowing, from_.listenerCount("data"))
    destroyed = sink(lane, "destroyed")
    from_.pipe(destroyed)
    from_.push("2")
    await settle()
    destroyed.destroy()
    await settle()
    log(lane, from_.readableFlowing, from_.listenerCount("data"))

    def raises(chunk):
        raise RuntimeError("raised")

    raising = sink(lane, "raising", write=raises)
    from_.pipe(raising)
    from_.push("3")
    await settle()
    log(lane, from_.readableFlowing, raising.destroyed)
    error = sink(lane, "emitting")
    from_.pipe(error)
    error.emit("error", Exception("emitted"))
    log(lane, from_.listenerCount("data"), error.destroyed)
    gone = sink(lane, "gone")
    gone.destroy()
    await settle()
    from_.pipe(gone)
    from_.push("4")
    await settle()
    log(lane, gone.listenerCount("close"), from_.listenerCount("data"))
    broken = source(lane)
    kept = sink(lane, "kept")
    broken.pipe(kept)
    broken.destroy(Exception("no more"))
    await settle()
    log(lane, kept.destroyed, kept.writableEnded)


async def chained():
    lane = "chained"
    from_ = Readable(read=lambda: None)
    to = sink(lane, "to")
    from_.pipe(PassThrough()).pipe(PassThrough(highWaterMark=2)).pipe(to)
    from_.push("abc")
    from_.push("def")
    from_.push(None)
    await once(to, "close")
    texts = Readable(read=lambda: None, encoding="latin1")
    latin1 = sink(lane, "latin1")
    texts.pipe(latin1)
    texts.push(bytes([0xE9]))
    texts.push(None)
    await once(latin1, "close")


async def wrapping():
    lane = "wrap"
    old = EventEmitter()
    old.pause = lambda: log(lane, "pause")
    old.resume = lambda: log(lane, "resume")
    stream = Readable(highWaterMark=3)
    log(lane, stream.wrap(old) is stream)
    watch(lane, "stream", stream, *SOURCE)
    old.emit("data", b"ab")
    old.emit("data", b"cd")
    await settle()
    log(lane, stream.readableLength)
    stream.on("data", lambda chunk: log(lane, chunk))
    await settle()
    old.emit("data", b"ef")
    old.emit("end")
    await settle()
    failing = EventEmitter()
    wrapped = Readable().wrap(failing)
    watch(lane, "failing", wrapped, *SOURCE)
    failing.emit("error", Exception("old"))
    await settle()
    closing = EventEmitter()
    closed = Readable().wrap(closing)
    watch(lane, "closing", closed, *SOURCE)
    closing.emit("close")
    await settle()


async def main():
    await several()
    await slow()
    await failing()
    await chained()
    await wrapping()


run(main)
