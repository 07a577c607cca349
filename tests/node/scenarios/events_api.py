"""The event emitter underneath everything, shown on a server that never listens."""

from prelude import attempt, log, run

import httpkit as http


async def main():
    def first(*args):
        log("emit", "first", *args)

    def second(*args):
        log("emit", "second", *args)

    server = http.createServer().removeAllListeners()
    log("chains", server.on("a", first) is server, server.once("a", second) is server)
    log("chains", server.prependListener("a", lambda *_: log("emit", "prepended")) is server)
    log("chains", server.prependOnceListener("a", lambda *_: log("emit", "prepended once")) is server)
    log("count", server.listenerCount("a"), server.listenerCount("a", first), server.listenerCount("nothing"))
    log("emit", server.emit("a", 1, "two"))
    log("emit", server.emit("a"))
    log("emit", server.emit("nothing"))
    log("count", server.listenerCount("a"), len(server.listeners("a")), server.listeners("a")[1] is first)
    server.addListener("a", first)
    server.off("a", first)
    log("count", server.listenerCount("a"))
    server.removeListener("a", first)
    server.removeListener("a", first)
    log("count", server.listenerCount("a"))
    server.removeAllListeners("a")
    log("count", server.listenerCount("a"))

    server.on("newListener", lambda name, _: log("meta", "newListener", name, server.listenerCount("b")))
    server.on("removeListener", lambda name, _: log("meta", "removeListener", name, server.listenerCount("b")))
    server.on("b", first)
    server.once("b", second)
    server.emit("b")
    server.off("b", first)
    log("names", "newListener" in server.eventNames(), "b" in server.eventNames())

    def later():
        log("during", "removes itself")
        server.off("c", later)

    server.on("c", later)
    server.on("c", lambda: server.on("c", lambda: log("during", "added")))
    server.emit("c")
    server.emit("c")

    server.on("e", first).once("e", first).on("e", second)
    server.removeAllListeners()
    log("names", *server.eventNames())

    def again():
        server.off("f", again)
        server.emit("f")

    server.on("f", again).once("f", lambda: log("during", "once"))
    server.emit("f")

    mistakes = [
        lambda: server.on("g", 7), lambda: server.off("g", 7), lambda: server.prependListener("g", {}),
        lambda: server.setMaxListeners(-1), lambda: server.setMaxListeners("3"),
        lambda: server.setMaxListeners(float("nan")),
    ]  # fmt: skip
    for mistake in mistakes:
        attempt("mistakes", "it", mistake)

    def throw():
        raise RuntimeError("from a listener")

    attempt("error", "unheard", lambda: server.emit("error", RuntimeError("mine")))
    try:
        server.emit("error", 7)
    except http.errors.NodeError as err:
        log("error", "no error", err, err.context)
    server.on("error", lambda err: log("error", err))
    attempt("error", "heard", lambda: server.emit("error", RuntimeError("mine")))
    server.on("d", throw)
    server.on("d", lambda: log("thrown", "never reached"))
    attempt("thrown", "emit", lambda: server.emit("d"))
    log("max", server.getMaxListeners(), server.setMaxListeners(20) is server, server.getMaxListeners())


run(main)
