"""Events to await and to iterate over."""

import asyncio

from prelude import attempt, log, run, tick

import httpkit as http
from httpkit.abort import AbortController
from httpkit.events import on, once


async def failure(lane, name, awaitable):
    try:
        log(lane, name, await awaitable)
    except Exception as err:  # noqa: BLE001 - what it was is the point
        log(lane, name, err, getattr(err, "cause", None))


def count(server):
    return server.listenerCount("x") + server.listenerCount("error")


async def main():
    server = http.createServer()
    one = once(server, "x")
    log("once", "listens", count(server))
    server.emit("x", 1, "two")
    log("once", "listens", count(server))
    await failure("once", "came", one)

    two = once(server, "x")
    server.emit("error", RuntimeError("mine"))
    await failure("once", "error", two)
    three = once(server, "error")
    server.emit("error", 7)
    await failure("once", "error awaited", three)

    controller = AbortController()
    four = once(server, "x", {"signal": controller.signal})
    controller.abort("enough")
    await failure("once", "aborted", four)
    await failure("once", "aborted before", once(server, "x", {"signal": controller.signal}))
    log("once", "listens", count(server))
    five = once(server, "listening")
    server.listen(0, "127.0.0.1")
    await failure("once", "listening", five)
    server.close()

    events = on(server, "x")
    server.emit("x", 1)
    server.emit("x", 2, "three")
    log("on", await anext(events), await anext(events))
    following = asyncio.ensure_future(anext(events))
    await tick()
    server.emit("x", 4)
    log("on", await following)
    server.emit("x", 5)
    server.emit("error", RuntimeError("mine"))
    log("on", "left", count(server))
    log("on", await anext(events))
    await failure("on", "error", anext(events))
    log("on", "done", await anext(events, None) is None)

    asyncio.get_running_loop().call_soon(server.emit, "x", "looped")
    async for args in server.on("x"):
        log("loop", args, count(server))
        break
    log("loop", "left", count(server))

    closed = on(server, "x", {"close": ["end"]})
    server.emit("x", 1)
    server.emit("end")
    server.emit("x", 2)
    async for args in closed:
        log("closed", args)
    log("closed", "left", count(server), server.listenerCount("end"))

    second = AbortController()
    aborted = on(server, "x", {"signal": second.signal})
    second.abort("enough")
    await failure("aborted", "next", anext(aborted))
    attempt("aborted", "before", lambda: on(server, "x", {"signal": second.signal}))

    server.pause = lambda: log("marks", "pause")
    server.resume = lambda: log("marks", "resume")
    marked = on(server, "x", {"highWaterMark": 2, "lowWaterMark": 2})
    for i in range(1, 5):
        log("marks", "emit", i)
        server.emit("x", i)
    for _ in range(1, 5):
        log("marks", "took", await anext(marked))

    mistakes = [
        lambda: on(server, "x", {"signal": 4}), lambda: on(server, "x", {"highWaterMark": 0}),
        lambda: on(server, "x", {"lowWaterMark": "1"}), lambda: on({}, "x"),
    ]  # fmt: skip
    for mistake in mistakes:
        attempt("mistakes", "on", mistake)


run(main)
