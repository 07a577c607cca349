"""The order of a request's events, with a pooled connection, a second request on it, and without an agent."""

from prelude import answer, gate, log, run, serve, watch

import httpkit as http


async def exchange(lane, options):
    over = gate()
    closed = gate()

    def callback(res):
        log(lane, "callback", req.res is res, res.req is req, res.complete)
        watch(lane, "res", res, "end", "close")
        res.on("data", lambda chunk: log(lane, "data", chunk))
        res.on("end", lambda: log(lane, "ended", res.complete, res.readableEnded, res.destroyed))
        res.on("close", lambda: over.open())

    def on_socket(socket):
        log(lane, "req socket", req.socket is socket, req.reusedSocket, socket.connecting)
        if lane != "reused":
            watch(lane, "socket", socket, "connect", "close", "free")

    req = http.request({"host": "127.0.0.1", **options}, callback)
    watch(lane, "req", req, "prefinish", "finish", "response", "close")
    req.on("close", lambda: [log(lane, "closed", req.destroyed, req.closed), closed.open()])
    req.on("socket", on_socket)
    log(lane, "created", req.socket, req.writableEnded)
    req.end()
    log(lane, "ended", req.writableEnded, req.writableFinished, req.finished)
    await over
    await closed


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    agent = http.Agent({"keepAlive": True})
    await exchange("new", {"port": port, "agent": agent})
    await exchange("reused", {"port": port, "agent": agent})
    await exchange("alone", {"port": port, "agent": False})


run(main)
