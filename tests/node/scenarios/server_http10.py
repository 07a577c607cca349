"""HTTP/1.0: the connection is kept only when the client asks for it and the handler gave the length."""

from prelude import dial, listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        log("server", req.url, req.httpVersion, req.httpVersionMajor, req.httpVersionMinor)
        if req.url == "/length":
            res.setHeader("Content-Length", 2)
        if req.url == "/keep-alive":
            res.setHeader("Connection", "keep-alive")
        res.end("hi")

    port = await listen(server)
    log("plain", await raw(port, "GET /plain HTTP/1.0\r\n\r\n"))
    log("plain", await raw(port, "GET /length HTTP/1.0\r\n\r\n"))
    log("asked", await raw(port, "GET /plain HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
    log("forced", await raw(port, "GET /keep-alive HTTP/1.0\r\n\r\n"))
    peer = await dial(port)
    peer.send("GET /length HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    log("kept", await peer.until("hi"))
    peer.send("GET /length HTTP/1.0\r\n\r\n")
    log("kept", await peer.rest())


run(main)
