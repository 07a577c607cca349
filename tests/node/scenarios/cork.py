"""cork() gathers what is written into one chunk, but for the write that sends the head; writableCorked counts."""

from prelude import listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        if req.url == "/head":
            res.cork()
            for text in ("with head", "a", "b"):
                res.write(text)
            res.uncork()
            res.end()
            return
        res.write("first")
        res.cork()
        res.write("a")
        res.write("b")
        res.cork()
        log("server", res.writableCorked)
        res.uncork()
        log("server", res.writableCorked)
        res.write("c")
        res.uncork()
        res.write("last")
        res.end()

    port = await listen(server)
    for path in ("/", "/head"):
        log("wire", await raw(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))


run(main)
