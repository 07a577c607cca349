"""What 'uniqueHeaders' does to what comes in (nothing), and how trailers are joined, on both sides."""

from prelude import body, listen, log, once, raw, run

import httpkit as http

lines = [f"{name}: 1\r\n{name}: 2\r\n" for name in ("Age", "Cookie", "Set-Cookie", "X-Unique", "Content-Type")]
chunked = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"


async def main():
    async def listener(req, res):
        log("headers", req.headers["x-unique"])
        await body(req)
        log("trailers", req.trailers, req.trailersDistinct, req.rawTrailers)
        res.setHeader("X-Unique", ["a", "b"])
        res.end()

    for join in (False, True):
        server = http.createServer({"joinDuplicateHeaders": join, "uniqueHeaders": ["x-unique"]}, listener)
        request = f"{chunked}X-Unique: 1\r\nX-Unique: 2\r\n\r\n0\r\n{''.join(lines)}\r\n"
        log("wire", await raw(await listen(server), request))

    @http.createServer
    def server(req, res):
        res.write("body")
        res.addTrailers([["Age", "1"], ["Age", "2"], ["Cookie", "a"], ["Cookie", "b"], ["X", "1"], ["X", "2"]])
        res.end()

    res = await once(http.get({"host": "127.0.0.1", "port": await listen(server), "agent": False}), "response")
    await body(res)
    log("client", res.trailers, res.trailersDistinct)


run(main)
