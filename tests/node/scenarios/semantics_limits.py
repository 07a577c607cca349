"""Where the limits are, exactly: a head just under 16 KiB, trailers and extensions likewise, 1000 header lines."""

from prelude import body, hangup, listen, log, once, raw, run, serve

import httpkit as http

head = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
upload = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"


async def main():
    @http.createServer
    async def server(req, res):
        await body(req)
        trailers = [*req.trailers.values(), ""]
        res.end(f"{len(req.rawHeaders) // 2} lines, {len(trailers) - 1} trailers of {len(trailers[0])}")

    port = await listen(server)

    async def status(text):
        reply = await raw(port, text)
        return [reply[9:12], reply[reply.find("\r\n\r\n") + 4 :]]

    def chunk(size):
        return f"1;{'x' * size}\r\nx\r\n"

    # Alone beside the shortest Host: target, names and values together.
    for size in (16376, 16377):
        log("value", size, await status(f"GET / HTTP/1.0\r\nHost: x\r\nX: {'x' * size}\r\n\r\n"))
    for size in (16382, 16383):
        log("trailer", size, await status(f"{upload}0\r\nX: {'x' * size}\r\n\r\n"))
    for first, second in ((16384, 1), (16385, 1), (16000, 16000)):
        log("extension", first, second, await status(f"{upload}{chunk(first)}{chunk(second)}0\r\n\r\n"))
    for lines in (997, 998, 999):
        log("lines", lines, await status(head + "X: y\r\n" * lines + "\r\n"))
    server.maxHeadersCount = 3000
    log("count", await status(head + "X:\r\n" * 2998 + "\r\n"))
    log("count", await status(head + "X:\r\n" * 2999 + "\r\n"))

    for lines in (999, 1000, 1500):
        reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + "X: y\r\n" * lines + "\r\n"
        port = await serve(hangup(reply))
        res = await once(http.get({"host": "127.0.0.1", "port": port, "agent": False}), "response")
        log("client", lines, len(res.rawHeaders) // 2)


run(main)
