"""An async listener that fails where failures are captured: 500, without the headers set so far; too late, the
connection is closed."""

from prelude import listen, log, raw, run

import httpkit as http
from httpkit.errors import report_with
from httpkit.events import EventEmitter


async def main():
    EventEmitter.captureRejections = True
    report_with(lambda exc: None)  # what fails is shown nevertheless

    @http.createServer
    async def server(req, res):
        res.setHeader("X-Mine", "mine")
        if req.url == "/late":
            res.write("begun")
        raise RuntimeError("from an async listener")

    port = await listen(server)
    reply = await raw(port, "GET /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("early", reply.split("\r\n")[0], "X-Mine" in reply, reply.split("\r\n\r\n")[1])
    log("late", await raw(port, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n"))


run(main)
