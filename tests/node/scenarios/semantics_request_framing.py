"""Requests whose body nobody delimits, and those with headers of one's own alone."""

from prelude import attempt, gate, log, run, serve

import httpkit as http

WAYS = {
    "GET": ("GET", {}),
    "DELETE": ("DELETE", {}),
    "OPTIONS": ("OPTIONS", {}),
    "no defaults": ("POST", {"setDefaultHeaders": False}),
    "list": ("GET", {"headers": ["X", "y"], "auth": "user:password"}),
    "list with body": ("POST", {"headers": ["X", "y"]}),
}


async def main():
    for lane, (method, options) in WAYS.items():
        await send(lane, method, options, lambda req: req.end("body"))
        await send(lane, method, options, lambda req: [req.write("bo"), req.end("dy")])

    def trailer(req):
        req.setHeader("Trailer", "X")
        attempt("trailer", "end", lambda: req.end("body"))
        req.removeHeader("Trailer")
        if not req.writableEnded:
            req.end("body")

    await send("trailer", "GET", {}, trailer)


async def send(lane, method, options, write):
    heard = gate()

    async def handler(peer):
        log(lane, await peer.until("dy") + await peer.until("\r\n0\r\n\r\n"))
        heard.open()

    port = await serve(handler)
    req = http.request({"host": "127.0.0.1", "port": port, "method": method, "agent": False, **options})
    req.on("error", lambda err: None)
    req.on("finish", lambda: req.socket.end())
    write(req)
    await heard


run(main)
