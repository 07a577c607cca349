"""A client's 'timeout': during the body request and response hear it, after it nobody; the default agent's."""

from prelude import gate, log, once, run, serve, sleep, watch

import httpkit as http


async def main():
    begun = gate()

    async def handler(peer):
        await peer.until("\r\n\r\n")
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo")
        begun.open(peer)

    port = await serve(handler)
    agent = http.Agent({"keepAlive": True})
    req = http.get({"host": "127.0.0.1", "port": port, "timeout": 200, "agent": agent})
    watch("client", "req", req, "timeout", "error", "close")
    res = await once(req, "response")
    watch("client", "res", res, "timeout", "aborted", "end", "close")
    await once(res, "timeout")
    socket = req.socket
    log("client", req.destroyed, res.destroyed, socket.destroyed)
    closed = once(res.resume(), "close")
    peer = await begun
    peer.send("dy")
    await closed
    await sleep(400)
    log("client", "later", socket.timeout)

    async def nothing(peer):
        pass

    silent = await serve(nothing)
    slow = http.get({"host": "127.0.0.1", "port": silent})
    slow.on("error", lambda err: None)
    taken = await once(slow, "socket")
    log("default", http.globalAgent.options["timeout"], taken.timeout, slow.timeout)


run(main)
