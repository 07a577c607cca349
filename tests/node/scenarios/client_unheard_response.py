"""A response nobody listens for is read and dropped, and its connection goes back to the pool."""

from prelude import answer, gate, log, once, run, serve, watch

import httpkit as http


async def main():
    port = await serve(answer(f"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{'x' * 100000}"))
    agent = http.Agent({"keepAlive": True})
    freed = once(agent, "free")
    closed = gate()
    req = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    watch("client", "req", req, "finish", "error", "close")
    req.on("close", closed.open)
    await freed
    await closed
    again = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    await once(again, "response")
    log("client", req.reusedSocket, again.reusedSocket)


run(main)
