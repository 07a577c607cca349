"""Names keep their case and their order on the wire; setting a name again keeps its place and takes the new case."""

from prelude import listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        res.setHeader("X-Zebra", "1")
        res.setHeader("x-apple", "2")
        res.setHeader("CONTENT-TYPE", "text/plain")
        res.setHeader("X-ZEBRA", "3")
        res.setHeader("eTag", '"e"')
        res.end("hi")

    port = await listen(server)
    log("wire", await raw(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))


run(main)
