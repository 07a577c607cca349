"""The ways to read a body: 'readable' and read(), async iteration, read(n), unshift; and what the flags say."""

from prelude import body, listen, log, once, raw, run

import httpkit as http


def request(path):
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\n12345678"


async def main():
    @http.createServer
    async def server(req, res):
        lane = req.url
        if lane == "/readable":
            chunks = []

            def readable():
                while (chunk := req.read()) is not None:
                    chunks.append(chunk)

            req.on("readable", readable)
            await once(req, "end")
            log(lane, b"".join(chunks), req.readableFlowing, req.readableEnded)
        if lane == "/sizes":
            await once(req, "readable")
            log(lane, req.readableLength, req.read(3), req.readableLength, req.read(1), req.read(), req.read())
        if lane == "/iterate":
            chunks = [chunk async for chunk in req]
            log(lane, b"".join(chunks), req.readableEnded, req.destroyed, req.complete)
        if lane == "/unshift":
            await once(req, "readable")
            req.unshift(req.read())
            log(lane, await body(req))
        if lane == "/text":
            req.setEncoding("utf8")
            log(lane, "".join([chunk async for chunk in req]))
        res.end("done")

    port = await listen(server)
    for path in ("/readable", "/sizes", "/iterate", "/unshift", "/text"):
        log("wire", await raw(port, request(path)))
    res = await once(http.get({"host": "127.0.0.1", "port": port, "agent": False}), "response")
    chunks = [chunk async for chunk in res]
    log("client", b"".join(chunks), res.readableEnded, res.complete)


run(main)
