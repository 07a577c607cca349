"""A body the handler never read is thrown away after the answer, and the connection serves the next request."""

from prelude import dial, listen, log, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        log(req.url, "request")
        req.on("end", lambda: log(req.url, "end"))
        res.end("unread")

    peer = await dial(await listen(server))
    for size in (10, 1000000):
        peer.send(f"POST /{size} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n{'x' * size}")
        log("wire", await peer.until("unread"))
    peer.send("POST /chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")
    log("wire", await peer.until("unread"))
    peer.send("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("wire", await peer.rest())


run(main)
