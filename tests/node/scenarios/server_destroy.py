"""res.destroy and req.destroy on the server: the connection ends without an answer, or it does not matter any more."""

from prelude import gate, listen, log, raw, run, watch

import httpkit as http


def write(req, res):
    res.destroy()
    log("/write", res.write("late", lambda err: log("/write", err)))


WAYS = {
    "/res": lambda req, res: res.destroy(),
    "/res-error": lambda req, res: res.destroy(RuntimeError("mine")),
    "/req": lambda req, res: req.destroy(),
    "/req-error": lambda req, res: req.destroy(RuntimeError("mine")),
    "/req-read": lambda req, res: req.resume().on("end", lambda: [req.destroy(), res.end("still answered")]),
    "/socket": lambda req, res: req.socket.destroy(),
    "/write": write,
}


async def main():
    closed = None

    @http.createServer
    def server(req, res):
        watch(req.url, "req", req, "aborted", "error", "end", "close")
        watch(req.url, "res", res, "error", "finish", "close")
        res.on("close", closed.open)
        WAYS[req.url](req, res)
        log(req.url, req.destroyed, res.destroyed, res.writableEnded)

    server.on("clientError", lambda err, socket: log("server", err))
    port = await listen(server)
    for path in WAYS:
        closed = gate()
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n"
        log("wire", await raw(port, f"{head}body"))
        await closed


run(main)
