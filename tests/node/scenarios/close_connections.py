"""closeIdleConnections and closeAllConnections; neither stops the listening."""

from prelude import dial, gate, listen, log, once, raw, run

import httpkit as http


async def main():
    waiting = gate()

    @http.createServer
    def server(req, res):
        if req.url == "/wait":
            waiting.open(res)
        else:
            res.end("hi")

    port = await listen(server)
    idle = await dial(port)
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await idle.until("hi")
    busy = await dial(port)
    busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
    res = await waiting
    server.closeIdleConnections()
    log("idle", await idle.rest(), server.listening)
    res.end("answer")
    log("busy", await busy.until("answer"))

    waiting = gate()
    busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
    res = await waiting
    connected = once(server, "connection")
    silent = await dial(port)
    await connected
    server.closeAllConnections()
    log("busy", await busy.rest())
    log("silent", await silent.rest())
    log("server", server.listening, await raw(port, "GET / HTTP/1.0\r\n\r\n"))


run(main)
