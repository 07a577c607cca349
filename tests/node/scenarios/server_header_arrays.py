"""A list gives one line per value; Set-Cookie is a list like any other, numbers are written as text."""

from prelude import listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        res.setHeader("Set-Cookie", ["a=1; Path=/", "b=2"])
        res.setHeader("X-Numbers", [1, 2])
        res.setHeader("X-Empty", [])
        res.setHeader("Link", ["<a>", "<b>"])
        res.setHeader("X-Blank", "")
        res.end()

    port = await listen(server)
    log("wire", await raw(port, "GET / HTTP/1.0\r\n\r\n"))

    def join(req, res):
        res.setHeader("X-One", ["a", "b"])
        res.setHeader("X-Many", ["a", "b"])
        res.end()

    unique = http.createServer({"uniqueHeaders": ["X-One", "set-cookie"]}, join)
    log("unique", await raw(await listen(unique), "GET / HTTP/1.0\r\n\r\n"))


run(main)
