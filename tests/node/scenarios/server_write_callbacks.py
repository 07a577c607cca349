"""write(cb), end(cb), finish and close, in this order; what the flags say on the way."""

from prelude import gate, listen, log, raw, run

import httpkit as http


async def main():
    closed = gate()

    @http.createServer
    def server(req, res):
        def state(name):
            log("server", name, res.headersSent, res.writableEnded, res.writableFinished, res.writable, res.destroyed)

        state("start")
        res.write("one", lambda *_: state("write callback"))
        state("written")
        res.write("two", "latin1", lambda *_: state("second write callback"))
        listeners = res.listenerCount("finish")
        res.end("three", "utf8", lambda *args: [state("end callback"), log("server", args)])
        log("server", "listeners", res.listenerCount("finish") - listeners)
        state("ended")
        res.on("finish", lambda: state("finish"))
        res.on("close", lambda: state("close"))
        res.on("close", closed.open)

    log("wire", await raw(await listen(server), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    await closed


run(main)
