"""Expect: 100-continue is answered before the handler runs; any other expectation gets 417."""

from prelude import body, dial, listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    async def server(req, res):
        log("server", "request", req.headers.get("expect"), req.httpVersion)
        log("server", await body(req))
        res.end("done")

    port = await listen(server)
    for expect in ("100-continue", "100-Continue", "x, 100-continue"):
        peer = await dial(port)
        peer.send(f"POST / HTTP/1.1\r\nHost: x\r\nExpect: {expect}\r\nContent-Length: 4\r\n\r\n")
        log("continue", await peer.until("\r\n\r\n"))
        peer.send("body")
        log("continue", await peer.until("done"))
    for expect in ("something", "", "200-ok"):
        peer = await dial(port)
        peer.send(f"POST / HTTP/1.1\r\nHost: x\r\nExpect: {expect}\r\nContent-Length: 0\r\n\r\n")
        log("other", await peer.until("0\r\n\r\n"))
        peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        log("other", await peer.rest())
    log("1.0", await raw(port, "GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"))


run(main)
