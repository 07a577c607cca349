"""Requests that are none get 400 (431 when the head is too large) and the connection ends."""

from prelude import listen, log, raw, run

import httpkit as http

HEAD = "GET / HTTP/1.1\r\nHost: x\r\n"
REQUESTS = {
    "garbage": "garbage\r\n\r\n",
    "unknown method": "FETCH / HTTP/1.1\r\nHost: x\r\n\r\n",
    "lower-case method": "get / HTTP/1.1\r\nHost: x\r\n\r\n",
    "wrong protocol": "GET / HTTQ/1.1\r\n\r\n",
    "wrong version": "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
    "no target": "GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "line feeds only": "GET / HTTP/1.1\nHost: x\n\n",
    "no Host": "GET / HTTP/1.1\r\n\r\n",
    "space before colon": f"{HEAD}X : y\r\n\r\n",
    "no colon": f"{HEAD}X\r\n\r\n",
    "folded line": f"{HEAD}X: a\r\n b\r\n\r\n",
    "NUL in value": f"{HEAD}X: a\0b\r\n\r\n",
    "control in value": f"{HEAD}X: a\x01b\r\n\r\n",
    "return in value": f"{HEAD}X: a\rb\r\n\r\n",
    "two lengths": f"{HEAD}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "list of lengths": f"{HEAD}Content-Length: 1, 1\r\n\r\nx",
    "negative length": f"{HEAD}Content-Length: -1\r\n\r\n",
    "empty length": f"{HEAD}Content-Length:\r\n\r\n",
    "length and chunked": f"{HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and length": f"{HEAD}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
    "chunked is not last": f"{HEAD}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "coding without chunked": f"{HEAD}Transfer-Encoding: gzip\r\n\r\nx",
    "coding that is none": f"{HEAD}Transfer-Encoding: ,\r\n\r\nx",
    "empty coding": f"{HEAD}Transfer-Encoding:\r\n\r\nx",
    "two chunked": f"{HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "garbage behind a request": f"{HEAD}\r\ngarbage\r\n\r\n",
    "request behind the last": f"{HEAD}Connection: close\r\n\r\n{HEAD}\r\n",
    "space at the start": "GET / HTTP/1.1\r\n X: y\r\n\r\n",
    "head too large": f"{HEAD}X: {'x' * 17000}\r\n\r\n",
    "target too large": f"GET /{'x' * 17000} HTTP/1.1\r\nHost: x\r\n\r\n",
    "too many lines": HEAD + "X: y\r\n" * 1100 + "\r\n",
    "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


async def main():
    @http.createServer
    def server(req, res):
        log("request", req.url)
        req.on("error", lambda err: None)
        req.on("end", lambda: res.end())
        req.resume()

    port = await listen(server)
    for name, request in REQUESTS.items():
        log(name, await raw(port, request))


run(main)
