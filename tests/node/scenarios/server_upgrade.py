"""'upgrade' hands the connection over with the bytes that followed; without a listener it is an ordinary request."""

from prelude import dial, gate, listen, log, raw, run

import httpkit as http

UPGRADE = "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"


async def main():
    closed = gate()

    @http.createServer
    def server(req, res):
        log("request", req.url, req.upgrade, req.headers.get("upgrade"))
        res.end("no chat")

    port = await listen(server)
    plain = await dial(port)
    plain.send(UPGRADE)
    log("declined", await plain.until("no chat"))

    def upgrade(req, socket, head):
        log("upgrade", req.method, req.url, req.upgrade, req.headers["upgrade"], head)
        log("upgrade", [socket.listenerCount(name) for name in ("data", "error", "close", "timeout")])
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nwelcome")
        socket.on("data", lambda chunk: socket.end(f"you said {chunk.decode()}"))
        socket.on("close", closed.open)

    server.on("upgrade", upgrade)
    peer = await dial(port)
    peer.send(f"{UPGRADE}first words")
    log("accepted", await peer.until("welcome"))
    peer.send("hello")
    log("accepted", await peer.rest())
    await closed
    log("not asked", await raw(port, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: chat\r\nConnection: close\r\n\r\n"))


run(main)
