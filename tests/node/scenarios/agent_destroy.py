"""agent.destroy(): idle connections go, requests in flight fail, queued ones get a new connection. And a queued
request that is destroyed gives up its place."""

from prelude import gate, log, run, serve, watch

import httpkit as http


async def main():
    arrived = {"/1": gate(), "/2": gate(), "/3": gate(), "/4": gate()}

    async def handler(peer):
        while (head := await peer.until("\r\n\r\n")) != "<closed>":
            arrived[head.split(" ")[1]].open(peer)

    port = await serve(handler)
    agent = http.Agent({"keepAlive": True, "maxSockets": 1})

    def get(path):
        closed = gate()
        req = http.get({"host": "127.0.0.1", "port": port, "path": path, "agent": agent})
        watch(path, "req", req, "socket", "error", "close")
        req.on("response", lambda res: [log(path, "response"), res.resume()])
        req.on("close", closed.open)
        return req, closed

    _, first_closed = get("/1")
    _, second_closed = get("/2")
    third, third_closed = get("/3")
    _, fourth_closed = get("/4")
    await arrived["/1"]
    third.destroy()
    agent.destroy()
    await first_closed
    second = await arrived["/2"]
    second.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await second_closed
    fourth = await arrived["/4"]
    log("agent", fourth is second)
    fourth.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await fourth_closed
    await third_closed


run(main)
