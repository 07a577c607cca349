"""req.destroy at each stage: at once, while connected, after the response's head, with and without an error."""

from prelude import gate, log, run, serve, watch

import httpkit as http

STAGES = {
    "at once": lambda req: req.destroy(),
    "at once, twice": lambda req: req.destroy(Exception("mine")).destroy(Exception("second")),
    "on socket": lambda req: req.on("socket", lambda _: req.destroy()),
    "on socket with error": lambda req: req.on("socket", lambda _: req.destroy(Exception("mine"))),
    "on finish": lambda req: req.on("finish", lambda: req.destroy()),
    "on finish with error": lambda req: req.on("finish", lambda: req.destroy(Exception("mine"))),
    "on response": lambda req: req.on("response", lambda _: req.destroy()),
    "on response with error": lambda req: req.on("response", lambda _: req.destroy(Exception("mine"))),
    "on data": lambda req: req.on("response", lambda res: res.on("data", lambda _: req.destroy())),
}


async def main():
    async def handler(peer):
        head = await peer.until("\r\n\r\n")
        if "/answered" in head:
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi")

    port = await serve(handler)
    for lane, destroy in STAGES.items():
        await destroyed(lane, destroy, port)


async def destroyed(lane, destroy, port):
    closed = gate()
    path = "/answered" if "response" in lane or "data" in lane else "/"

    def response(res):
        watch(lane, "res", res, "aborted", "end", "error", "close")
        res.on("close", closed.open)

    req = http.get({"host": "127.0.0.1", "port": port, "path": path, "agent": False}, response)
    watch(lane, "req", req, "socket", "finish", "response", "abort", "error", "close")
    req.on("close", lambda: closed.open() if path == "/" else None)
    destroy(req)
    log(lane, req.destroyed)
    await closed
    log(lane, req.destroyed, req.aborted, req.errored, req.closed)


run(main)
