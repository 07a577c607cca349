"""A chunked request body: sizes in hex, extensions ignored, trailers kept; the connection goes on."""

from prelude import dial, listen, log, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        chunks = []

        def end():
            log("server", b"".join(chunks), req.complete, req.trailers, req.rawTrailers)
            res.end("got it")

        log("server", req.method, req.headers, req.trailers)
        req.on("data", chunks.append)
        req.on("end", end)

    peer = await dial(await listen(server))
    head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    for chunks in (
        "5\r\nhello\r\n0\r\n\r\n",
        "A;name=value\r\n0123456789\r\n00001\r\n!\r\n0\r\n\r\n",
        "2\r\nhi\r\n0\r\nX-Sum: 1\r\nx-SUM: 2\r\nSet-Cookie: a\r\n\r\n",
        "0\r\n\r\n",
    ):
        peer.send(head + chunks)
        log("wire", await peer.until("got it"))
    peer.send(head)
    for piece in ("5\r", "\nhel", "lo", "\r\n0", "\r\n", "\r\n"):
        peer.send(piece)
    log("wire", await peer.until("got it"))


run(main)
