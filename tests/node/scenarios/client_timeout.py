"""'timeout' on a request: from its option, setTimeout or the agent; nothing is aborted by it."""

from prelude import gate, log, run, serve, watch

import httpkit as http


async def main():
    arrived = {}

    async def handler(peer):
        head = await peer.until("\r\n\r\n")
        arrived[head.split(" ")[1]].open(peer)

    async def ask(lane, options, later=None):
        arrived[lane] = gate()
        timeout = gate()
        res_closed = gate()
        req_closed = gate()
        req = http.get({"host": "127.0.0.1", "path": lane, **options})
        watch(lane, "req", req, "timeout", "error", "close")
        if later:
            log(lane, "chains", req.setTimeout(later, lambda: log(lane, "callback")) is req)
        req.once("timeout", timeout.open)
        req.on("response", lambda res: res.resume().on("close", res_closed.open))
        req.on("close", req_closed.open)
        await timeout
        log(lane, req.destroyed, req.timeout, req.socket.timeout)
        peer = await arrived[lane]
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await res_closed
        await req_closed

    port = await serve(handler)
    await ask("/option", {"port": port, "timeout": 100, "agent": False})
    await ask("/agent", {"port": port, "agent": http.Agent({"timeout": 100})})
    await ask("/both", {"port": port, "timeout": 100, "agent": http.Agent({"timeout": 5000})})
    await ask("/method", {"port": port, "agent": False}, 100)


run(main)
