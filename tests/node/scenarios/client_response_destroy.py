"""res.destroy in the middle of the body, with and without an error; and req.abort."""

from prelude import answer, gate, log, run, serve, watch

import httpkit as http

WAYS = {
    "res.destroy()": lambda req, res: res.destroy(),
    "res.destroy(error)": lambda req, res: res.destroy(Exception("mine")),
    "req.abort()": lambda req, res: req.abort(),
    "res.socket.destroy()": lambda req, res: res.socket.destroy(),
}


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi"))
    for lane, destroy in WAYS.items():
        await destroyed(lane, destroy, port)


async def destroyed(lane, destroy, port):
    res_closed = gate()
    req_closed = gate()

    def response(res):
        watch(lane, "res", res, "aborted", "end", "error", "close")
        res.on("close", res_closed.open)
        res.once("data", lambda _: destroy(req, res))

    req = http.get({"host": "127.0.0.1", "port": port, "agent": False}, response)
    watch(lane, "req", req, "abort", "error", "close")
    req.on("close", req_closed.open)
    await res_closed
    await req_closed
    log(lane, req.destroyed, req.aborted, req.errored, req.res.complete, req.res.aborted, req.res.errored)


run(main)
