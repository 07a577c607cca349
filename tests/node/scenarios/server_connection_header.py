"""Who ends the connection: the client's Connection header, the handler's, or shouldKeepAlive."""

from prelude import dial, listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        if req.url == "/close":
            res.setHeader("Connection", "close")
        if req.url == "/mixed":
            res.setHeader("connection", "X-Thing, Close")
        if req.url == "/keep-alive":
            res.setHeader("Connection", "Keep-Alive")
        if req.url == "/should-not":
            res.shouldKeepAlive = False
        if req.url == "/removed":
            res.removeHeader("connection")
        res.end("hi")

    port = await listen(server)
    for path in ("/close", "/mixed", "/should-not"):
        log("server closes", await raw(port, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
    for connection in ("close", "Close", "close, X-Thing"):
        log("client closes", await raw(port, f"GET / HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n"))
    peer = await dial(port)
    for path in ("/keep-alive", "/removed", "/"):
        peer.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
        log("kept", await peer.until("hi"))


run(main)
