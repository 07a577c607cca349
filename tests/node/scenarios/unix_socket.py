"""A server and a request over a Unix domain socket."""

import tempfile
from pathlib import Path

from prelude import body, log, once, run

import httpkit as http


async def main():
    folder = Path(tempfile.mkdtemp(prefix="httpkit-"))
    socket_path = str(folder / "socket")

    @http.createServer
    def server(req, res):
        log("server", req.url, req.headers, req.socket.remoteAddress)
        res.end("hi")

    listening = once(server, "listening")
    server.listen(socket_path)
    await listening
    log("server", server.address() == socket_path)
    agent = http.Agent({"keepAlive": True})
    res = await once(http.get({"socketPath": socket_path, "path": "/x", "agent": agent}), "response")
    log("client", res.statusCode, await body(res))
    log("client", [*agent.sockets, *agent.freeSockets][0] == f"localhost:80::{socket_path}")
    agent.destroy()
    closed = once(server, "close")
    server.close()
    await closed
    log("server", Path(socket_path).exists())
    req = http.get({"socketPath": socket_path, "agent": False})
    err = await once(req, "error")
    log("client", err.code, err.syscall, err.address == socket_path)
    folder.rmdir()


run(main)
