"""The server leaves without a response: socket hang up; with a reset it is a read error."""

from prelude import gate, log, run, serve, watch

import httpkit as http


async def main():
    async def handler(peer):
        head = await peer.until("\r\n\r\n")
        if "/fin" in head:
            peer.end()
        if "/reset" in head:
            peer.reset()
        if "/half" in head:
            peer.send("HTTP/1.1 200 OK\r\nContent-")
            peer.end()
        if "/continue" in head:
            peer.send("HTTP/1.1 100 Continue\r\n\r\n")
            peer.end()

    port = await serve(handler)
    for path in ("/fin", "/reset", "/half", "/continue"):
        for agent in (False, http.Agent({"keepAlive": True})):
            lane = f"{path} {'agent' if agent else 'alone'}"
            closed = gate()
            req = http.get({"host": "127.0.0.1", "port": port, "path": path, "agent": agent})
            watch(lane, "req", req, "finish", "continue", "response", "error", "close")
            req.on("close", closed.open)
            await closed
            log(lane, req.destroyed, req.errored, req.res)


run(main)
