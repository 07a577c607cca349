"""The option `signal`: at each stage, before and after; what the error says; and that nothing is left behind."""

from prelude import attempt, gate, log, once, run, serve, watch

import httpkit as http
from httpkit.abort import AbortController


async def main():
    async def handler(peer):
        head = await peer.until("\r\n\r\n")
        if "/half" in head:
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi")
        if "/whole" in head:
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    port = await serve(handler)

    async def ask(lane, path, act, **options):
        controller = AbortController()
        closed = gate()
        res_closed = gate()

        def response(res):
            watch(lane if path == "/half" else f"{lane} res", "res", res, "aborted", "end", "error", "close")
            res.on("close", res_closed.open)
            res.resume()

        def abort(*_):
            controller.abort("why")
            log(lane, "aborted", req.destroyed)

        if act == "before":
            controller.abort("why")
        wanted = {"host": "127.0.0.1", "port": port, "path": path, "agent": False, "signal": controller.signal}
        req = http.get({**wanted, **options}, response)
        watch(lane, "req", req, "socket", "finish", "response", "abort", "error", "close")
        req.on("error", lambda err: log(lane, getattr(err, "cause", None), req.destroyed))
        req.on("close", closed.open)
        if callable(act):
            act(req, abort)
        await closed
        if path != "/":
            await res_closed
        controller.abort()
        log(lane, req.destroyed, req.aborted, req.closed, req.errored)
        return req

    await ask("before", "/", "before")
    await ask("at once", "/", lambda req, abort: abort())
    await ask("on socket", "/", lambda req, abort: req.on("socket", abort))
    await ask("on finish", "/", lambda req, abort: req.on("finish", abort))
    await ask("on data", "/half", lambda req, abort: req.on("response", lambda res: res.once("data", abort)))
    await ask("on end", "/whole", lambda req, abort: req.on("response", lambda res: res.once("end", abort)))
    await ask("never", "/whole", "never")

    agent = http.Agent({"keepAlive": True, "maxSockets": 1})
    first = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    watch("first", "req", first, "error", "close")
    await ask("queued", "/", lambda req, abort: (abort(), first.destroy()), agent=agent)

    pool = http.Agent({"keepAlive": True})
    await ask("pool", "/", lambda req, abort: abort(), agent=pool)
    log("pool", pool.totalSocketCount, len(next(iter(pool.freeSockets.values()))))
    after = http.get({"host": "127.0.0.1", "port": port, "path": "/whole", "agent": pool})
    res = await once(after, "response")
    log("pool", res.statusCode, after.reusedSocket, pool.totalSocketCount)
    pool.destroy()

    attempt("refused", "number", lambda: http.get({"port": port, "signal": 5}))
    attempt("refused", "object", lambda: http.get({"port": port, "signal": {}}))


run(main)
