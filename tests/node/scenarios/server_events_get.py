"""The order of events on the server: nobody reads the (empty) body, the handler does, or it waits for its end."""

from prelude import dial, gate, listen, log, run, watch

import httpkit as http


async def main():
    closed = None

    @http.createServer
    def server(req, res):
        log(req.url, "request", req.complete, res.writableEnded, res.finished, res.closed)
        watch(req.url, "req", req, "resume", "end", "close", "aborted")
        watch(req.url, "res", res, "prefinish", "finish", "close")
        req.on("end", lambda: log(req.url, "complete", req.complete, req.readableEnded))
        req.on("close", lambda: log(req.url, "req", req.destroyed, req.closed, req.aborted))
        req.on("close", closed[0].open)
        res.on("finish", lambda: log(req.url, "socket", res.socket))
        res.on("close", lambda: log(req.url, "res", res.destroyed, res.closed, res.writable))
        res.on("close", closed[1].open)
        if req.url == "/read":
            req.resume()
        if req.url == "/late":
            return req.resume().on("close", lambda: res.end("hi"))
        res.end("hi")
        log(req.url, "ended", res.headersSent, res.writableEnded, res.writableFinished, res.finished)
        log(req.url, "ended", res.socket is req.socket)

    server.on("connection", lambda socket: log("/unread", "connection"))
    peer = await dial(await listen(server))
    for path in ("/unread", "/read", "/late"):
        closed = [gate(), gate()]
        peer.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
        await peer.until("hi")
        await closed[0]
        await closed[1]


run(main)
