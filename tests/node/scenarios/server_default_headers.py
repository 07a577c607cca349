"""The headers a response gets by itself, and a connection that serves two requests."""

from prelude import dial, listen, log, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        log("server", req.method, req.url, req.httpVersion, req.headers, res.statusCode, res.headersSent)
        res.end("hi")
        log("server", res.headersSent, res.writableEnded)

    server.on("connection", lambda socket: log("server", "connection"))
    peer = await dial(await listen(server))
    peer.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
    log("wire", await peer.until("hi"))
    peer.send("GET /two?q=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("wire", await peer.rest())


run(main)
