"""Nobody listens there: socket, error, close; and what the error says."""

from prelude import listen, log, once, run, watch

import httpkit as http


async def main():
    server = http.createServer()
    port = await listen(server)
    server.close()
    await once(server, "close")
    agents = {"agent": http.Agent(), "kept": http.Agent({"keepAlive": True}), "none": False}
    for lane, agent in agents.items():
        await refused(lane, agent, port)


async def refused(lane, agent, port):
    req = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    watch(lane, "req", req, "socket", "finish", "response", "error", "close")
    req.on("error", lambda err: log(lane, err.syscall, err.address, err.port == port))
    await once(req, "close")
    log(lane, req.destroyed, req.errored, req.aborted)


run(main)
