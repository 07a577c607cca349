"""A bad request behind good ones, bytes after Connection: close (at once and later), a client that closes its half."""

from prelude import dial, gate, listen, log, raw, run, tick

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
    last = http.createServer(lambda req, res: pending.open(res))
    last.on("clientError", lambda err, socket: [log("last", err), socket.destroy()])
    last_port = await listen(last)
    log("last", await raw(last_port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nmore"))
    pending = gate()
    later = await dial(last_port)
    later.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await pending
    later.send("more")
    for _ in range(20):
        await tick()
    answer.end("still answered")
    log("last", await later.rest())

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
