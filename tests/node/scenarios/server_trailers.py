"""Trailers: sent after a chunked body, dropped otherwise; a Trailer header makes the body chunked."""

from prelude import body, listen, log, once, raw, run

import httpkit as http


def unique(res):
    res.write("body")
    res.addTrailers({"X-Once": ["1", "2"], "X-Many": ["1", "2"]})
    res.end()


WAYS = {
    "/unique": unique,
    "/chunked": lambda res: [res.write("body"), res.addTrailers({"X-Sum": "1", "x-list": ["2", "3"]}), res.end()],
    "/announced": lambda res: [res.setHeader("Trailer", "X-Sum"), res.addTrailers({"X-Sum": "1"}), res.end("body")],
    "/pairs": lambda res: [res.write("body"), res.addTrailers([["X-Sum", "1"], ["X-Sum", "2"]]), res.end()],
    "/length": lambda res: [res.addTrailers({"X-Sum": "1"}), res.end("body")],
    "/twice": lambda res: [res.write("body"), res.addTrailers({"A": "1"}), res.addTrailers({"B": "2"}), res.end()],
}


async def main():
    port = await listen(http.createServer({"uniqueHeaders": ["x-once"]}, lambda req, res: WAYS[req.url](res)))
    for path in WAYS:
        log("wire", await raw(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        res = await once(http.get({"host": "127.0.0.1", "port": port, "path": path, "agent": False}), "response")
        trailer = res.headers.get("trailer")
        log("client", path, await body(res), res.trailers, res.trailersDistinct, res.rawTrailers, trailer)


run(main)
