"""req.pipe(res) echoes a body of any size and ends the response."""

from prelude import dial, listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        res.on("pipe", lambda source: log("server", "pipe", source is req))
        res.on("unpipe", lambda source: log("server", "unpipe", source is req))
        res.on("finish", lambda: log("server", "finish"))
        log("server", "chains", req.pipe(res) is res)

    port = await listen(server)
    peer = await dial(port)
    peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
    peer.send("echo")
    log("wire", await peer.until("0\r\n\r\n"))
    peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    log("wire", await peer.until("0\r\n\r\n"))
    large = "x" * 1000000
    echo = await raw(port, f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n{large}")
    log("wire", echo.count("x"), echo[-5:])


run(main)
