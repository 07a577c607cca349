"""Which framing a request gets, by method and by the way its body is written."""

import re

from prelude import log, once, run, serve

import httpkit as http

WAYS = {
    "end()": lambda req: req.end(),
    "end(text)": lambda req: req.end("body"),
    "write, end": lambda req: [req.write("bo"), req.write("dy"), req.end()],
    "write, end(text)": lambda req: [req.write("bo"), req.end("dy")],
    "flushHeaders, end(text)": lambda req: [req.flushHeaders(), req.end("body")],
    "length, write, end": lambda req: [req.setHeader("Content-Length", 4), req.write("body"), req.end()],
    "chunked, end(text)": lambda req: [req.setHeader("Transfer-Encoding", "chunked"), req.end("body")],
    "bytes": lambda req: [req.write(bytes([1, 2])), req.end(bytearray([255]))],
    "encodings": lambda req: [req.write("é", "latin1"), req.write("c3a9", "hex"), req.end("w6k=", "base64")],
}


async def main():
    async def handler(peer):
        head = await peer.until("\r\n\r\n")
        way = list(WAYS)[int(re.search(r"\d", head)[0])]
        end = "0\r\n\r\n" if "chunked" in head else "body" if "Length: 4" in head else ""
        log(way, head + await peer.until(end))
        peer.send("HTTP/1.1 204 No Content\r\n\r\n")
        peer.end()

    port = await serve(handler)

    async def send(method, way):
        path = f"/{list(WAYS).index(way)}"
        req = http.request({"host": "127.0.0.1", "port": port, "method": method, "path": path, "agent": False})
        WAYS[way](req)
        await once(req, "response")

    for method in ("GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "QUERY", "OWN"):
        await send(method, "end()")
    for method in ("POST", "PUT", "PATCH", "OWN"):
        await send(method, "end(text)")
        await send(method, "write, end")
    for way in list(WAYS)[3:]:
        await send("POST", way)
    await send("GET", "length, write, end")
    await send("DELETE", "chunked, end(text)")


run(main)
