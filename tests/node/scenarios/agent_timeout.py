"""An agent's timeout closes idle connections."""

from prelude import answer, body, gate, log, once, run, serve

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    agent = http.Agent({"keepAlive": True, "timeout": 40})
    closed = gate()
    req = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    res = await once(req, "response")
    socket = req.socket
    socket.on("close", closed.open)
    log("idle", socket.timeout, await body(res))
    await closed
    log("idle", socket.destroyed, agent.totalSocketCount, agent.freeSockets)


run(main)
