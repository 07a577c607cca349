"""A keep-alive agent hands the same connection to the next request: reusedSocket, the same local port, its counts."""

from prelude import answer, body, gate, log, once, run, serve

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    agent = http.Agent({"keepAlive": True})
    name = agent.getName({"host": "127.0.0.1", "port": port})

    def count():
        return [len(pool.get(name, [])) for pool in (agent.sockets, agent.freeSockets, agent.requests)]

    ports = []
    agent.on("free", lambda socket, options: log("agent", "free", options["port"] == port))
    for turn in ("first", "second", "third"):
        closed = gate()
        req = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
        log("agent", turn, agent.totalSocketCount, *count())
        res = await once(req, "response")
        ports.append(req.socket.localPort)
        log("agent", turn, req.reusedSocket, ports[0] == req.socket.localPort, *count())
        res.on("close", closed.open)
        await body(res)
        await closed
        log("agent", turn, agent.totalSocketCount, *count())
    agent.destroy()
    await once(http.get({"host": "127.0.0.1", "port": port, "agent": agent}), "response")
    log("agent", "after destroy", agent.totalSocketCount, *count())


run(main)
