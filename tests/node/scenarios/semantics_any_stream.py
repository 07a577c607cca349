"""HTTP over a stream that is no socket: 'connection' is emitted with one end, the client speaks at the other."""

from prelude import body, gate, log, run, watch

import httpkit as http
from httpkit.stream import duplexPair


async def main():
    @http.createServer
    async def server(req, res):
        watch("server", "res", res, "finish", "close")
        log("server", req.method, req.url, await body(req))
        res.end(f"answer to {req.url}.")

    end, other = duplexPair()
    closed = gate()
    received = b""
    wanted = gate()

    def data(chunk):
        nonlocal received
        received += chunk
        if received.endswith(b"."):
            wanted.open()

    other.on("data", data)
    other.on("end", lambda: [log("client", "end"), closed.open()])
    server.emit("connection", end)
    other.write("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
    await wanted
    log("client", received.decode())
    received = b""
    wanted = gate()
    other.write("GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await wanted
    log("client", received.decode())
    await closed


run(main)
