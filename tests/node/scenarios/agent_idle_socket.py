"""An idle connection is dropped when the server closes it or sends anything unasked; a surplus answer is an error."""

from prelude import answer, gate, log, once, run, serve

import httpkit as http

REPLY = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


async def main():
    for lane in ("closed", "reset", "unasked"):
        await idle(lane)
    port = await serve(answer(f"{REPLY}surplus"))
    req = http.get({"host": "127.0.0.1", "port": port, "agent": http.Agent({"keepAlive": True})})
    failed = gate()
    req.on("response", lambda res: res.resume())
    req.on("error", lambda err: log("surplus", err.code))
    req.on("close", failed.open)
    await failed


async def idle(lane):
    peers = []

    async def handler(peer):
        peers.append(peer)
        while await peer.until("\r\n\r\n") != "<closed>":
            peer.send(REPLY)

    port = await serve(handler)
    agent = http.Agent({"keepAlive": True})
    socket = await ask(lane, port, agent)
    gone = once(socket, "close")
    if lane == "closed":
        peers[0].end()
    if lane == "reset":
        peers[0].reset()
    if lane == "unasked":
        peers[0].send(REPLY)
    await gone
    log(lane, agent.freeSockets, agent.totalSocketCount)
    await ask(lane, port, agent)
    log(lane, len(peers))


async def ask(lane, port, agent):
    closed = gate()
    req = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    req.on("response", lambda res: res.resume().on("close", closed.open))
    req.on("error", lambda err: log(lane, err))
    await closed
    log(lane, req.reusedSocket, req.destroyed)
    return req.socket


run(main)
