"""The order of events when the body is read before the answer, and when the answer comes first."""

from prelude import dial, gate, listen, log, run, watch

import httpkit as http


async def main():
    closed = None

    @http.createServer
    def server(req, res):
        log(req.url, "request", req.complete, req.readableFlowing)
        watch(req.url, "req", req, "end", "close")
        watch(req.url, "res", res, "prefinish", "finish", "close")
        req.on("close", closed.open)
        res.on("close", closed.open)
        req.on("data", lambda chunk: log(req.url, "data", chunk))
        if req.url == "/after":
            req.on("end", lambda: [log(req.url, req.complete), res.end("hi")])
        else:
            res.end("hi")

    peer = await dial(await listen(server))
    for path in ("/after", "/before"):
        closed = gate()
        peer.send(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
        if path == "/before":
            await peer.until("hi")
        peer.send("body")
        if path == "/after":
            await peer.until("hi")
        await closed
    peer.send("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await peer.rest()


run(main)
