"""Socket inactivity on the server: request, response and server are told; if nobody listens, the socket goes."""

from prelude import dial, gate, listen, log, raw, run

import httpkit as http


async def main():
    gone = gate()

    @http.createServer
    def server(req, res):
        def late(socket):
            log(req.url, "timeout", socket is req.socket)
            res.end("late")

        if req.url == "/res":
            res.setTimeout(30, late)
        if req.url == "/req":
            req.setTimeout(30, late)
        if req.url == "/socket":
            req.socket.setTimeout(30)
        res.on("close", lambda: log(req.url, "close", res.writableFinished))
        if req.url == "/listened":
            res.on("close", gone.open)

    port = await listen(server)

    def head(path):
        return f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n"

    log("wire", await raw(port, head("/res")))
    log("wire", await raw(port, head("/req")))
    log("wire", await raw(port, head("/socket")))
    log("server", server.setTimeout(100) is server, server.timeout)
    log("wire", await raw(port, head("/server")))
    timeout = gate()
    server.on("timeout", lambda socket: timeout.open(socket))
    peer = await dial(port)
    peer.send(head("/listened"))
    socket = await timeout
    log("server", "timeout", socket.destroyed)
    socket.end("own words")
    log("wire", await peer.rest())
    await gone


run(main)
