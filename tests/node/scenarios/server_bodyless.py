"""Responses that have no body (HEAD, 204, 304) drop what is written; 205 is like 200."""

from prelude import dial, listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        res.statusCode = int(req.url[1:])
        log("server", req.method, req.url, res.write("body", lambda *_: log("server", req.method, req.url, "written")))
        res.end("more")

    port = await listen(server)
    for status in (200, 204, 304, 205):
        for method in ("GET", "HEAD"):
            log("wire", await raw(port, f"{method} /{status} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    for head in ("HEAD /200", "GET /204", "GET /304"):
        peer = await dial(port)
        peer.send(f"{head} HTTP/1.1\r\nHost: x\r\n\r\n")
        log("kept", await peer.until("\r\n\r\n"))
        peer.send("GET /200 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        log("kept", await peer.rest())
    log("1.0", await raw(port, "GET /204 HTTP/1.0\r\n\r\n"))


run(main)
