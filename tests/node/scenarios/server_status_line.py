"""The status line: code, reason, and where the reason comes from."""

from prelude import listen, log, raw, run

import httpkit as http


def assign(res, **values):
    for name, value in values.items():
        setattr(res, name, value)


WAYS = [
    lambda res: assign(res, statusCode=404),
    lambda res: assign(res, statusCode=404, statusMessage="Nowhere"),
    lambda res: assign(res, statusCode=404, statusMessage=""),
    lambda res: assign(res, statusCode=299),
    lambda res: assign(res, statusCode=999),
    lambda res: assign(res, statusMessage="Fine"),
    lambda res: res.writeHead(404),
    lambda res: res.writeHead(404, "Nowhere"),
    lambda res: res.writeHead(404, ""),
    lambda res: res.writeHead(404, {"X": "y"}),
    lambda res: res.writeHead(404, "Nowhere", {"X": "y"}),
    lambda res: res.writeHead("404"),
    lambda res: res.writeHead(404.7),
    lambda res: res.writeHead(299),
    lambda res: res.writeHead(418),
    lambda res: [assign(res, statusCode=404), res.writeHead(410)],
]


async def main():
    @http.createServer
    def server(req, res):
        WAYS[int(req.url[1:])](res)
        res.end()
        log("after", req.url, res.statusCode, res.statusMessage)

    port = await listen(server)
    for way in range(len(WAYS)):
        log("wire", await raw(port, f"GET /{way} HTTP/1.0\r\n\r\n"))


run(main)
