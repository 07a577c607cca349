"""A request body in pieces with trailers, and writing after its end."""

import json

from prelude import body, gate, listen, log, once, run, watch

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        req.on("end", lambda: res.end(json.dumps(req.trailers, separators=(",", ":"))))
        log("server", req.headers.get("transfer-encoding"), req.headers.get("trailer"))
        req.resume()

    port = await listen(server)
    req = http.request({"host": "127.0.0.1", "port": port, "method": "POST", "agent": False})
    req.setHeader("Trailer", "X-Sum")
    req.write("body")
    req.addTrailers({"X-Sum": "1"})
    finished = gate()
    watch("client", "req", req, "error", "finish")
    req.end(finished.open)
    log("client", req.write("late", lambda err: log("client", "write", err)))
    await finished
    res = await once(req, "response")
    log("client", await body(res))


run(main)
