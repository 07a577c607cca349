"""Listeners that only look at errors, and `async` listeners that fail while failures are captured."""

import asyncio

from prelude import attempt, log, run

import httpkit as http
from httpkit.abort import AbortController
from httpkit.events import (
    EventEmitter,
    captureRejectionSymbol,
    errorMonitor,
    getEventListeners,
    getMaxListeners,
    listenerCount,
    once,
    setMaxListeners,
)


async def main():
    watched = http.createServer()
    watched.on(errorMonitor, lambda err: log("monitor", "sees", err))
    attempt("monitor", "unheard", lambda: watched.emit("error", RuntimeError("mine")))
    watched.on("error", lambda err: log("monitor", "handles", err))
    attempt("monitor", "heard", lambda: watched.emit("error", RuntimeError("mine")))
    log(
        "monitor",
        watched.listenerCount("error"),
        watched.listenerCount(errorMonitor),
        errorMonitor in watched.eventNames(),
    )

    log("functions", len(getEventListeners(watched, "error")), listenerCount(watched, "error"))
    setMaxListeners(30, watched)
    log("functions", getMaxListeners(watched), getMaxListeners(http.createServer()), EventEmitter.defaultMaxListeners)
    signal = AbortController().signal
    signal.addEventListener("abort", lambda event: None)
    log("functions", len(getEventListeners(signal, "abort")), listenerCount(signal, "abort"), getMaxListeners(signal))
    attempt("functions", "no emitter", lambda: getEventListeners(7, "x"))
    attempt("functions", "no emitter", lambda: setMaxListeners(7, {}))

    EventEmitter.captureRejections = True
    server = http.createServer()

    async def fail(*args):
        raise RuntimeError("from an async listener")

    server.on("x", fail)
    failed = once(server, "error")
    log("captured", server.emit("x"))
    log("captured", await failed)

    told = asyncio.get_running_loop().create_future()
    setattr(server, captureRejectionSymbol, lambda err, name, *args: told.set_result([err, name, *args]))
    log("told", server.emit("x", 1, "two"))
    log("told", *await told)


run(main)
