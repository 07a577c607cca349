"""A bad request behind good ones, bytes after Connection: close, a client that closes its half."""

from prelude import dial, gate, listen, log, raw, run

import httpkit as http


def good(path):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"


async def main():
    @http.createServer
    def server(req, res):
        log("server", req.url)
        if req.url == "/answered":
            res.end("answered")

    port = await listen(server)
    log("garbage", await raw(port, f"{good('/waiting')}garbage\r\n\r\n"))
    log("garbage", await raw(port, f"{good('/answered')}garbage\r\n\r\n"))
    log("close", await raw(port, "GET /waiting HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nmore"))

    pending = gate()
    half = http.createServer(lambda req, res: pending.open(res))
    half.httpAllowHalfOpen = True
    peer = await dial(await listen(half))
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    res = await pending
    res.req.socket.once("end", lambda: res.end("after your end"))
    peer.end()
    log("half-open", await peer.rest())


run(main)
