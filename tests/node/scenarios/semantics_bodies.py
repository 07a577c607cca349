"""Bodies as they are written: encodings, bytes, lengths nobody checks; and what cannot be piped."""

from prelude import attempt, listen, log, raw, run

import httpkit as http


def encodings(res):
    res.write("é", "latin1")
    res.write("c3a9", "hex")
    res.write("€")
    res.end("w6k=", "base64")


def pipe(res):
    res.on("error", lambda err: [log("pipe", err), res.end("not piped")])
    attempt("pipe", "returned", lambda: res.pipe(res))


def informational(res):
    res.writeHead(199)
    log("199", res.write("dropped"))
    res.end("dropped")


WAYS = {
    "/encodings": encodings,
    "/bytes": lambda res: [res.write(bytearray([1, 255])), res.end(memoryview(b"\n"))],
    "/short": lambda res: [res.setHeader("Content-Length", 9), res.end("short")],
    "/long": lambda res: [res.setHeader("Content-Length", 2), res.write("long"), res.end("er")],
    "/words": lambda res: [res.setHeader("Content-Length", "many"), res.end("body")],
    "/latin1": lambda res: [res.setHeader("X", "é"), res.end(b"body")],
    "/pipe": pipe,
    "/informational": informational,
}


async def main():
    server = http.createServer(lambda req, res: WAYS[req.url](res))
    port = await listen(server)
    for path in WAYS:
        log("wire", await raw(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))


run(main)
