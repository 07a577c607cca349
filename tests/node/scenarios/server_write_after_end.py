"""Writing after end: false, an error for the callback, an 'error' event; ending twice."""

from prelude import gate, listen, log, raw, run, watch

import httpkit as http


async def main():
    closed = gate()

    @http.createServer
    def server(req, res):
        watch("server", "res", res, "error", "finish", "close")
        res.end("hi", lambda *_: log("server", "end callback"))
        log("server", "write", res.write("more", lambda err: log("server", "write callback", err)))
        log("server", "end", res.end(lambda *_: log("server", "second end callback")) is res)
        log("server", "end", res.end("more", lambda err: log("server", "third end callback", err)) is res)
        log("server", res.writableEnded, res.errored)

        def close():
            log("closed", "write", res.write("late", lambda err: log("closed", "write callback", err)))
            log("closed", "end", res.end(lambda err: log("closed", "end callback", err)) is res)
            closed.open()

        res.on("close", close)

    log("wire", await raw(await listen(server), "GET / HTTP/1.0\r\n\r\n"))
    await closed


run(main)
