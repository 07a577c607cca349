"""Removing an automatic header, or setting it oneself, keeps the response from adding it."""

from prelude import dial, listen, log, raw, run

import httpkit as http

WAYS = {
    "/date": lambda res: res.removeHeader("Date"),
    "/sendDate": lambda res: setattr(res, "sendDate", False),
    "/connection": lambda res: res.removeHeader("Connection"),
    "/length": lambda res: res.removeHeader("Content-Length"),
    "/chunked": lambda res: res.removeHeader("Transfer-Encoding"),
    "/both": lambda res: [res.removeHeader("Content-Length"), res.removeHeader("Transfer-Encoding")],
    "/own-date": lambda res: res.setHeader("Date", "today"),
    "/own-encoding": lambda res: res.setHeader("Transfer-Encoding", "gzip, chunked"),
    "/own-keep-alive": lambda res: res.setHeader("Keep-Alive", "timeout=1"),
}


async def main():
    @http.createServer
    def server(req, res):
        WAYS[req.url](res)
        res.end("body")

    port = await listen(server)
    for path in WAYS:
        log("close", await raw(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        peer = await dial(port)
        peer.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
        log("keep", await peer.until("body"))
        if path == "/both":
            log("keep", await peer.rest())


run(main)
