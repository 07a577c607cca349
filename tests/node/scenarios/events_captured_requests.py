"""Async request listeners that fail while captureRejections is on."""

from prelude import listen, log, raw, run

import httpkit as http
from httpkit.events import EventEmitter

http.errors.report_with(lambda exc: None)


async def main():
    EventEmitter.captureRejections = True

    async def fail(req, res):
        res.setHeader("x-mine", "1")
        if req.url == "/late":
            res.write("some")
        raise RuntimeError("mine")

    server = http.createServer(fail)
    server.on("error", lambda err: log("error", "never"))
    port = await listen(server)
    text = await raw(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("wire", text.split("\r\n")[0])
    log("wire", (await raw(port, "GET /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).endswith("0\r\n\r\n"))


run(main)
