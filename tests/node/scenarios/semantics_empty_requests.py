"""optimizeEmptyRequests: a request without a body is over before it is handed out; there is nothing to wait for."""

from prelude import body, listen, log, raw, run, watch

import httpkit as http


async def main():
    async def listener(req, res):
        watch(req.url, "req", req, "data", "end", "close", "aborted")
        res.on("close", lambda: log(req.url, "res close", req.complete))
        if req.url == "/body":
            res.end(await body(req))
            return
        chunks = [chunk async for chunk in req]
        res.end(f"{len(chunks)} chunks")

    server = http.createServer({"optimizeEmptyRequests": True}, listener)

    def look(req, res):
        log(req.url, req.readableEnded, req.destroyed, req.closed, req.complete, req.aborted)

    server.prependListener("request", look)
    port = await listen(server)
    for method, path, head, text in (
        ("GET", "/get", "", ""),
        ("POST", "/empty", "", ""),
        ("POST", "/zero", "Content-Length: 0\r\n", ""),
        ("POST", "/body", "Content-Length: 4\r\n", "body"),
    ):
        request = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n{text}"
        log("wire", await raw(port, request))


run(main)
