"""Who decides about an upgrade, what the listener gets with it, and what becomes of a connection nobody takes."""

from prelude import dial, gate, listen, log, raw, run

import httpkit as http


def head(path, headers, body=""):
    return f"POST {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n{body}"


both = "Connection: Upgrade\r\nUpgrade: chat"


async def main():
    @http.createServer
    async def server(req, res):
        chunks = [chunk async for chunk in req]
        log("request", req.url, req.upgrade, b"".join(chunks))
        res.end("no")

    def should_upgrade(req):
        log("asked", req.method, req.url)
        return req.url != "/declined"

    server.shouldUpgradeCallback = should_upgrade
    port = await listen(server)
    log("unheard", await raw(port, head("/unheard", both)))

    closed = gate()

    def upgrade(req, socket, rest):
        log("upgrade", req.url, req.upgrade, req.complete, socket.readableFlowing, socket.parser, rest)
        req.on("data", lambda chunk: log("upgrade", "data", chunk))
        req.on("end", lambda: log("upgrade", "end"))
        socket.on("data", lambda chunk: socket.end(f"you said {chunk.decode()}"))
        socket.on("close", closed.open)
        server.closeAllConnections()
        socket.write("welcome")

    server.on("upgrade", upgrade)
    peer = await dial(port)
    peer.send(head("/accepted", f"{both}\r\nContent-Length: 4", "body and more"))
    log("accepted", await peer.until("welcome"))
    peer.send("hello")
    log("accepted", await peer.rest())
    await closed

    declined = await dial(port)
    declined.send(head("/declined", f"{both}\r\nContent-Length: 4"))
    declined.send("body")
    log("declined", await declined.until("no"))
    for headers in ("Upgrade: chat", "Connection: Upgrade"):
        log("half asked", await raw(port, head("/half", f"{headers}\r\nContent-Length: 0").replace("1.1", "1.0")))
    defaults = http.createServer()

    def asked():
        return defaults.shouldUpgradeCallback(None)

    log("default", asked(), defaults.on("upgrade", lambda *_: None) is defaults, asked())


run(main)
