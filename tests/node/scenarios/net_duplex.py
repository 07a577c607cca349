"""Any duplex stream as a connection, on both sides: what goes through and how it ends."""

from prelude import body, log, once, run, watch

import httpkit as http
from httpkit.duplex import Duplex, duplexPair


async def main():
    await exchange()
    await large()
    await closed_by_the_server()
    await lost_by_the_server()
    await broken_stream()


def over(lane, handler):
    near, far = duplexPair()
    server = http.createServer(handler)
    server.on("clientError", lambda err, socket: [log(lane, "clientError", err), socket.destroy()])
    server.emit("connection", far)
    return near, far, lambda **options: http.request({"createConnection": lambda *_: near, **options})


async def exchange():
    async def handler(req, res):
        log("exchange", req.method, req.url, (await body(req)).decode(), req.socket.remoteAddress)
        res.setHeader("Date", "now")
        res.end("hello")

    _, _, request = over("exchange", handler)
    req = request(method="POST", path="/x")
    req.end("over a duplex")
    res = await once(req, "response")
    log("exchange", res.statusCode, res.rawHeaders, await body(res))


async def large():
    def handler(req, res):
        log("large", res.write(b"a" * 500_000))
        res.once("drain", lambda: [log("large", "drain"), res.end(b"b" * 300_000)])

    _, _, request = over("large", handler)
    res = await once(request().end(), "response")
    got = await body(res)
    log("large", len(got), got[0], got[-1])


async def closed_by_the_server():
    near, far, request = over("closed", lambda req, res: res.end("bye"))
    ended = once(near, "end")
    near.on("close", lambda: log("closed", "near close"))
    req = request(headers={"connection": "close"})
    res = await once(req.end(), "response")
    log("closed", (await body(res)).decode())
    await ended
    log("closed", far.writableEnded)


async def lost_by_the_server():
    _, far, request = over("lost", lambda req, res: far.destroy())
    req = request()
    watch("lost", "req", req, "error", "close")
    req.end()
    await once(req, "close")


async def broken_stream():
    broken = Duplex(read=lambda *_: None, write=lambda chunk, encoding, callback: callback(RuntimeError("cable cut")))
    req = http.request({"createConnection": lambda *_: broken})
    watch("broken", "req", req, "error", "close")
    req.end()
    await once(req, "close")
    log("broken", broken.destroyed)


run(main)
