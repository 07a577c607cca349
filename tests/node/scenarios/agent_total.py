"""maxTotalSockets counts all origins: a request to another one waits until a connection is closed."""

from prelude import gate, log, run, serve

import httpkit as http


async def main():
    arrivals = [gate(), gate()]

    def handler(index):
        async def handle(peer):
            await peer.until("\r\n\r\n")
            arrivals[index].open(peer)

        return handle

    ports = [await serve(handler(0)), await serve(handler(1))]
    agent = http.Agent({"keepAlive": True, "maxTotalSockets": 1})

    def get(index):
        closed = gate()
        req = http.get({"host": "127.0.0.1", "port": ports[index], "agent": agent})
        req.on("response", lambda res: res.resume().on("close", closed.open))
        log("agent", index, agent.totalSocketCount, len(agent.requests))
        return closed

    first = get(0)
    second = get(1)
    peer = await arrivals[0]
    peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    await first
    other = await arrivals[1]
    other.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await second
    log("agent", agent.totalSocketCount, len(agent.requests))


run(main)
