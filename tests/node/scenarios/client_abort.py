"""req.abort(): at once, in flight, and what it leaves behind."""

from prelude import gate, log, run, serve, watch

import httpkit as http


async def main():
    port = await serve(lambda peer: peer.until("\r\n\r\n"))
    await abort("at once", port, lambda req: req.abort())
    await abort("in flight", port, lambda req: req.on("finish", lambda: req.abort()))
    await abort("twice", port, lambda req: req.on("finish", lambda: [req.abort(), req.abort()]))


async def abort(lane, port, action):
    aborted = gate()
    closed = gate()
    req = http.get({"host": "127.0.0.1", "port": port, "agent": False})
    watch(lane, "req", req, "socket", "finish", "abort", "error", "close")
    req.on("abort", aborted.open)
    req.on("close", closed.open)
    action(req)
    log(lane, req.aborted, req.destroyed)
    await aborted
    await closed
    log(lane, req.aborted, req.destroyed)


run(main)
