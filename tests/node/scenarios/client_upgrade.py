"""A 101 with an Upgrade gives the connection to 'upgrade'; nobody listening, it is closed; 200 is a response."""

from prelude import gate, log, run, serve, watch

import httpkit as http

SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"


async def main():
    heard = gate()

    async def handler(peer):
        head = await peer.until("\r\n\r\n")
        log("wire", head)
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" if "/no" in head else f"{SWITCHING}first")
        heard.open(await peer.until("bye"))

    port = await serve(handler)
    for lane in ("/yes", "/unheard", "/no"):
        await ask(lane, port)
    log("wire", await heard)


async def ask(lane, port):
    agent = http.Agent({"keepAlive": True})
    closed = gate()
    headers = {"Connection": "Upgrade", "Upgrade": "chat"}
    req = http.get({"host": "127.0.0.1", "port": port, "path": lane, "headers": headers, "agent": agent})
    watch(lane, "req", req, "finish", "error", "close")
    req.on("close", closed.open)
    req.on("socket", lambda socket: socket.on("agentRemove", lambda: log(lane, "agentRemove")))

    def upgrade(res, socket, head):
        log(lane, "upgrade", res.statusCode, res.headers, head, socket is req.socket, agent.totalSocketCount)
        socket.end("bye")

    def response(res):
        log(lane, "response", res.statusCode, res.upgrade)
        res.resume()

    if lane != "/unheard":
        req.on("upgrade", upgrade)
    req.on("response", response)
    await closed
    log(lane, req.destroyed)


run(main)
