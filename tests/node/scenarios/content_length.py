"""strictContentLength: a body must match its length; rejectNonStandardBodyWrites: no body where none is allowed."""

from prelude import attempt, listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        res.strictContentLength = True
        res.setHeader("Content-Length", 4)
        if req.url == "/long":
            res.flushHeaders()
            attempt("strict", "too long", lambda: res.write("toolong"))
            return res.destroy()
        res.write("bo")
        attempt("strict", "still short", lambda: res.end("d"))
        attempt("strict", "too much", lambda: res.end("dy!"))
        attempt("strict", "exact", lambda: res.end("dy"))

    strict = await listen(server)
    await raw(strict, "GET /long HTTP/1.0\r\n\r\n")
    log("strict", await raw(strict, "GET / HTTP/1.0\r\n\r\n"))

    def reject(req, res):
        if req.url == "/204":
            res.statusCode = 204
        attempt("rejecting", req.method, lambda: res.write("body"))
        attempt("rejecting", req.method, lambda: res.end("body"))
        if not res.writableEnded:
            attempt("rejecting", req.method, lambda: res.end())

    rejecting = http.createServer({"rejectNonStandardBodyWrites": True}, reject)
    port = await listen(rejecting)
    for request in ("HEAD /", "GET /204", "GET /"):
        log("rejecting", await raw(port, f"{request} HTTP/1.0\r\n\r\n"))


run(main)
