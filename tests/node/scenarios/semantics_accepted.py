"""Odd requests that Node takes, and more of those it refuses."""

from prelude import listen, log, raw, run

import httpkit as http

rest = "Host: x\r\nConnection: close\r\n"
requests = {
    "two spaces before the target": f"GET  / HTTP/1.1\r\n{rest}\r\n",
    "HTTP/0.9": f"GET / HTTP/0.9\r\n{rest}\r\n",
    "HTTP/2.0": f"GET / HTTP/2.0\r\n{rest}\r\n",
    "star": f"GET * HTTP/1.1\r\n{rest}\r\n",
    "non-ASCII target": f"GET /\xe9 HTTP/1.1\r\n{rest}\r\n",
    "length is no number": f"POST / HTTP/1.1\r\n{rest}Content-Length: x\r\n\r\n",
    "length with a sign": f"POST / HTTP/1.1\r\n{rest}Content-Length: +1\r\n\r\nx",
}


async def main():
    @http.createServer
    def server(req, res):
        log("request", req.method, req.url, req.httpVersion, req.headersDistinct["host"])
        res.end()

    port = await listen(server)
    for name, request in requests.items():
        log(name, await raw(port, request))


run(main)
