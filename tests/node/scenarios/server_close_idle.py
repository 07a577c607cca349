"""close() ends idle kept connections at once and lets a busy one finish its answer."""

from prelude import dial, gate, listen, log, once, run

import httpkit as http


async def main():
    busy = gate()

    @http.createServer
    def server(req, res):
        if req.url == "/slow":
            busy.open(res)
        else:
            res.end("idle")

    server.on("close", lambda: log("server", "close"))
    port = await listen(server)
    idle = await dial(port)
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await idle.until("idle")
    slow = await dial(port)
    slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    res = await busy
    log("server", server.listening, server.address()["port"] == port)
    log("server", "chains", server.close(lambda err=None: log("server", "callback", err)) is server)
    log("server", server.listening, server.address())
    log("idle", await idle.rest())
    res.end("slow")
    log("slow", await slow.until("slow"))
    slow.send("GET /again HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    closed = once(server, "close")
    log("slow", await slow.rest())
    await closed


run(main)
