"""Framing at its edges: heads from a list, HTTP/1.0 with TE, no body with an encoding, two framings at once."""

from urllib.parse import quote, unquote

from prelude import attempt, dial, listen, log, raw, run

import httpkit as http


def status(code, **headers):
    def answer(res):
        res.statusCode = code
        for name, value in headers.items():
            res.setHeader(name.replace("_", "-"), value)
        res.end("body" if headers else None)

    return answer


def trailer(res):
    res.setHeader("Trailer", "X")
    attempt("trailer", res.req.method, lambda: res.end("body"))
    res.removeHeader("Trailer")
    if not res.writableEnded:
        res.end("body")


def trailer_write(res):
    res.setHeader("Trailer", "X")
    attempt("trailer", res.req.method, lambda: res.write("body"))
    if not res.headersSent:
        res.removeHeader("Trailer")
    res.end()


WAYS = {
    "list head": lambda res: res.writeHead(200, ["X", "y"]).end("body"),
    "list with length": lambda res: res.writeHead(200, ["Content-Length", "4"]).end("body"),
    "204": status(204),
    "204 chunked": status(204, Transfer_Encoding="chunked"),
    "304": status(304),
    "304 chunked": status(304, Transfer_Encoding="chunked"),
    "205": status(205),
    "length and chunked": status(200, Content_Length=4, Transfer_Encoding="chunked"),
    "identity": status(200, Transfer_Encoding="identity"),
    "trailer": trailer,
    "trailer, write": trailer_write,
}


async def main():
    server = http.createServer(lambda req, res: WAYS[unquote(req.url[1:])](res))
    port = await listen(server)
    for way in WAYS:
        if way.startswith("trailer"):
            continue
        peer = await dial(port)
        peer.send(f"GET /{quote(way)} HTTP/1.1\r\nHost: x\r\n\r\n")
        log(way, await peer.until("\r\n\r\n"))
        peer.send("GET /205 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")  # answered if the connection was kept
        log(way, await peer.rest())
    for way in ("trailer", "trailer,%20write"):
        log("trailer", await raw(port, f"HEAD /{way} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        log("trailer", await raw(port, f"GET /{way} HTTP/1.0\r\n\r\n"))
    log("TE", await raw(port, "GET /list%20head HTTP/1.0\r\nTE: chunked\r\n\r\n"))
    peer = await dial(port)
    peer.send("GET /205 HTTP/1.0\r\nTE: chunked\r\nConnection: keep-alive\r\n\r\n")
    log("TE", await peer.until("\r\n\r\n"))
    peer.send("GET /205 HTTP/1.0\r\n\r\n")
    log("TE", await peer.rest())


run(main)
