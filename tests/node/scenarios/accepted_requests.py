"""Unusual requests that are fine: what reaches the handler."""

from prelude import listen, log, raw, run

import httpkit as http

REST = "Host: x\r\nConnection: close\r\n"
REQUESTS = {
    "empty lines first": f"\r\n\r\nGET / HTTP/1.1\r\n{REST}\r\n",
    "any target": f"OPTIONS * HTTP/1.1\r\n{REST}\r\n",
    "absolute target": f"GET http://example.com/path?q HTTP/1.1\r\n{REST}\r\n",
    "fragment": f"GET /path#fragment HTTP/1.1\r\n{REST}\r\n",
    "odd characters": f"GET /a|b\"c'd{{e}}^`[]%zz HTTP/1.1\r\n{REST}\r\n",
    "query of its own": f"GET /?a=1&a=2&&=?? HTTP/1.1\r\n{REST}\r\n",
    "own method": f"PROPFIND / HTTP/1.1\r\n{REST}\r\n",
    "no value": f"GET / HTTP/1.1\r\n{REST}X:\r\n\r\n",
    "no space": f"GET / HTTP/1.1\r\n{REST}X:y\r\n\r\n",
    "spaces and tabs": f"GET / HTTP/1.1\r\n{REST}X: \t a \t b \t \r\n\r\n",
    "latin1 value": f"GET / HTTP/1.1\r\n{REST}X: \xe9\xff\x80\r\n\r\n",
    "token characters": f"GET / HTTP/1.1\r\n{REST}!#$%&'*+-.^_`|~9z: y\r\n\r\n",
    "empty Host": "GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
    "names of objects": f"GET / HTTP/1.1\r\n{REST}constructor: a\r\ntoString: b\r\nget: c\r\nitems: d\r\n\r\n",
    "largest value": f"GET / HTTP/1.1\r\n{REST}X: {'x' * 16300}\r\n\r\n",
    "zero length": f"POST / HTTP/1.1\r\n{REST}Content-Length: 0\r\n\r\n",
    "length with zeros": f"POST / HTTP/1.1\r\n{REST}Content-Length: 0004\r\n\r\nbody",
    "upper-case chunked": f"POST / HTTP/1.1\r\n{REST}Transfer-Encoding: CHUNKED\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "body of a GET": f"GET / HTTP/1.1\r\n{REST}Content-Length: 4\r\n\r\nbody",
}


async def main():
    name = request = None

    @http.createServer
    def server(req, res):
        x = req.headers.get("x", "")
        log(name, req.method, req.url, req.httpVersion, len(x) if len(x) > 99 else req.rawHeaders)
        chunks = []
        req.on("data", chunks.append)
        req.on("end", lambda: [log(name, b"".join(chunks)), res.end()])

    port = await listen(server)
    for name, request in REQUESTS.items():
        log(name, await raw(port, request))


run(main)
