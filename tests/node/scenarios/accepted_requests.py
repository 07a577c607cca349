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
    "list of codings": f"POST / HTTP/1.1\r\n{REST}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4\r\nbody\r\n0\r\n\r\n",
    "odd extensions": f"POST / HTTP/1.1\r\n{REST}Transfer-Encoding: chunked\r\n\r\n"
    '4;=;;a="\\"";b\r\nbody\r\n0;c\r\n\r\n',
    "types twice": f"GET / HTTP/1.1\r\n{REST}Content-Type: a\r\nContent-Type: b\r\nSec-WebSocket-Key1: c\r\n\r\n",
    "HTTP/0.9": f"GET / HTTP/0.9\r\n{REST}\r\n",
    "no version": "GET /old\r\n\r\n",
    "HTTP/2.0 in words": f"GET / HTTP/2.0\r\n{REST}\r\n",
    "two spaces": f"GET  / HTTP/1.1\r\n{REST}\r\n",
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

    def handler(req, res):
        log(name, req.rawHeaders)
        res.end()

    relaxed_port = await listen(http.createServer({"httpValidation": "relaxed"}, handler))
    for odd in ["\x01", "\x1b[31m", "\x7f", "\x02 \x03", "\r", "\r\n "]:
        name = f"relaxed {ord(odd[0])} {len(odd)}"
        log(name, await raw(relaxed_port, f"GET / HTTP/1.1\r\n{REST}X: a{odd}b\r\n\r\n"))
        log(name, await raw(relaxed_port, f"GET /{odd} HTTP/1.1\r\n{REST}\r\n"))


run(main)
