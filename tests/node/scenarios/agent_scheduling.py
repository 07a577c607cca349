"""Which idle connection is taken: the last one freed (lifo) or the first (fifo); and how many are kept."""

from prelude import gate, log, run, serve

import httpkit as http


async def main():
    await use("lifo", {"keepAlive": True, "scheduling": "lifo"})
    await use("fifo", {"keepAlive": True, "scheduling": "fifo"})
    await use("keep one", {"keepAlive": True, "maxFreeSockets": 1})


async def use(lane, options):
    waiting = {}

    async def handler(peer):
        while (head := await peer.until("\r\n\r\n")) != "<closed>":
            waiting[head.split(" ")[1]].open(peer)

    port = await serve(handler)
    agent = http.Agent(options)
    name = agent.getName({"host": "127.0.0.1", "port": port})
    order = []

    async def get(path):
        waiting[path] = gate()
        closed = gate()

        def response(res):
            if req.socket.localPort not in order:
                order.append(req.socket.localPort)
            log(lane, path, order.index(req.socket.localPort), req.reusedSocket)
            res.resume()
            res.on("close", closed.open)

        req = http.get({"host": "127.0.0.1", "port": port, "path": path, "agent": agent}, response)
        return await waiting[path], closed

    async def finish(peer, closed):
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await closed

    first = await get("/first")
    second = await get("/second")
    await finish(*first)
    await finish(*second)
    log(lane, len(agent.freeSockets[name]))
    third = await get("/third")
    fourth = await get("/fourth")
    await finish(*third)
    await finish(*fourth)


run(main)
