"""Content-Length or chunked: what each way of writing a body gives, on a kept connection and on others."""

from urllib.parse import quote, unquote

from prelude import dial, listen, log, raw, run

import httpkit as http

WAYS = {
    "end()": lambda res: res.end(),
    "end(text)": lambda res: res.end("body"),
    "end(bytes)": lambda res: res.end(b"body"),
    "end(empty)": lambda res: res.end(""),
    "end(multibyte)": lambda res: res.end("€uro"),
    "write, end": lambda res: [res.write("bo"), res.write("dy"), res.end()],
    "write, end(text)": lambda res: [res.write("bo"), res.end("dy")],
    "write(empty), end(text)": lambda res: [res.write(""), res.end("body")],
    "writeHead, end": lambda res: [res.writeHead(200), res.end()],
    "writeHead, end(text)": lambda res: [res.writeHead(200), res.end("body")],
    "flushHeaders, end(text)": lambda res: [res.flushHeaders(), res.end("body")],
    "length, end(text)": lambda res: [res.setHeader("Content-Length", 4), res.end("body")],
    "length, write, end": lambda res: [res.setHeader("Content-Length", 4), res.write("body"), res.end()],
    "writeHead(length), end(text)": lambda res: [res.writeHead(200, {"content-length": "4"}), res.end("body")],
    "chunked, end(text)": lambda res: [res.setHeader("Transfer-Encoding", "chunked"), res.end("body")],
}


async def main():
    server = http.createServer(lambda req, res: WAYS[unquote(req.url[1:])](res))
    port = await listen(server)
    for way in WAYS:
        path = quote(way)
        peer = await dial(port)
        peer.send(f"GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n")
        log(way, await peer.until("\r\n\r\n"))
        peer.send("GET /end() HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")  # answered if the connection was kept
        log(way, await peer.rest())
        log(way, await raw(port, f"GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        log(way, await raw(port, f"HEAD /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        log(way, await raw(port, f"GET /{path} HTTP/1.0\r\n\r\n"))


run(main)
