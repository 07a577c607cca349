"""Which responses leave their connection in the pool."""

from prelude import gate, log, run, serve

import httpkit as http

REPLIES = {
    "length": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    "chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "close": "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    "1.0": "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    "1.0 keep-alive": "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
    "204": "HTTP/1.1 204 No Content\r\n\r\n",
    "304": "HTTP/1.1 304 Not Modified\r\n\r\n",
    "hint": "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nhi",
    "hint of 1": "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nhi",
    "hint of 0": "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 2\r\n\r\nhi",
}


async def main():
    for lane, reply in REPLIES.items():
        port = await serve(repeat(reply))
        await ask(lane, port, http.Agent({"keepAlive": True}))
        await ask(f"{lane}, no keepAlive", port, http.Agent())


def repeat(reply):
    async def handler(peer):
        while await peer.until("\r\n\r\n") != "<closed>":
            peer.send(reply)

    return handler


async def ask(lane, port, agent):
    for turn in (1, 2):
        closed = gate()

        def response(res, closed=closed):
            res.resume()
            res.on("close", closed.open)

        req = http.get({"host": "127.0.0.1", "port": port, "agent": agent}, response)
        req.on("error", lambda err: log(lane, err))
        await closed
        log(lane, turn, req.reusedSocket, req.shouldKeepAlive)


run(main)
