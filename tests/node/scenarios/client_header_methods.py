"""A request's headers before it is sent, and what is left of that afterwards."""

from prelude import answer, attempt, log, once, run, serve

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    headers = {"X-Option": "option", "X-Gone": "gone"}
    req = http.request({"host": "127.0.0.1", "port": port, "path": "/old", "headers": headers})
    log("created", req.getHeaderNames(), req.getRawHeaderNames(), req.headersSent)
    log("created", req.method, req.path, req.host, req.protocol, req.maxHeadersCount, req.reusedSocket, req.aborted)
    req.setHeader("X-Set", "set").setHeader("x-option", ["replaced", "twice"])
    req.removeHeader("X-Gone")
    req.appendHeader("X-Set", "appended")
    log("set", req.getHeader("X-SET"), req.getHeader("X-Option"), req.hasHeader("x-gone"), req.getRawHeaderNames())
    req.removeHeader("Host")
    req.method = "POST"
    req.path = "/new"
    req.end()
    log("ended", req.headersSent)
    attempt("ended", "setHeader", lambda: req.setHeader("X", "y"))
    attempt("ended", "removeHeader", lambda: req.removeHeader("X-Set"))
    await once(req, "response")
    log("answered", req.getHeaders())


run(main)
