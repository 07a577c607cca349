"""A connection that dies under its second request, and an answer nobody asked for after the first."""

from prelude import gate, log, run, serve, watch

import httpkit as http

REPLY = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


async def main():
    async def die(peer):
        await peer.until("\r\n\r\n")
        peer.send(REPLY)
        await peer.until("\r\n\r\n")
        peer.end()

    dying = await serve(die)
    agent = http.Agent({"keepAlive": True})
    await ask("dying", dying, agent)
    await ask("dying", dying, agent)
    await ask("dying", dying, agent)

    async def repeat(peer):
        await peer.until("\r\n\r\n")
        peer.send(REPLY + REPLY)

    twice = await serve(repeat)
    await ask("twice", twice, http.Agent({"keepAlive": True}))


async def ask(lane, port, agent):
    closed = gate()
    req = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    watch(lane, "req", req, "error")
    req.on("response", lambda res: [log(lane, res.statusCode), res.resume().on("close", closed.open)])
    req.on("error", closed.open)
    await closed
    log(lane, req.reusedSocket)


run(main)
