"""A URL as text, options over it, the callback in either place."""

from prelude import answer, gate, log, once, run, serve

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    base = f"http://127.0.0.1:{port}"
    for args in (
        [base],
        [f"{base}/"],
        [f"{base}/a%20b?c=d&e=%C3%A9"],
        [f"{base}/a b?c d"],
        [f"{base}/é?ü"],
        [f"{base}/a/../b/./c"],
        [f"{base}?only=query"],
        [f"{base}/#fragment"],
        [f"HTTP://127.0.0.1:{port}/Path"],
        [f"{base}/url", {"path": "/option"}],
        [f"{base}/url", {"method": "DELETE", "headers": {"X": "y"}}],
        [{"hostname": "127.0.0.1", "host": "ignored.invalid", "port": port, "path": "/hostname"}],
        [{"host": "127.0.0.1", "port": str(port), "path": "/text-port"}],
    ):
        await get(args, port)
    req = http.request(base, {"method": "put", "agent": False})
    await once(req.end("body"), "response")
    log("client", req.method, type(req.agent).__name__, req.writableEnded)


async def get(args, port):
    called = gate()
    req = http.get(*args, lambda res: called.open(res.resume()))
    log("client", req.method, req.path, req.host, req.getHeader("host") == f"127.0.0.1:{port}")
    await called


run(main)
