"""Bodies that go wrong on the way: the handler hears 'aborted' and an error, the client 400 or 413."""

from prelude import dial, gate, listen, log, run

import httpkit as http

HEAD = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
BODIES = {
    "no size": [HEAD, "x\r\n"],
    "negative size": [HEAD, "-1\r\n"],
    "size too large": [HEAD, "fffffffffffffffff\r\n"],
    "no line end after data": [HEAD, "2\r\nhixx"],
    "line feed only": [HEAD, "2\nhi\r\n"],
    "space before extension": [HEAD, "2 \r\nhi\r\n"],
    "bad extension": [HEAD, "2;a b\r\nhi\r\n"],
    "bad quoted extension": [HEAD, '2;a="\x01"\r\nhi\r\n'],
    "endless extension": [HEAD, f"2;{'x' * 17000}\r\n"],
    "end within a chunk": [HEAD, "9\r\nhi", "end"],
    "end within a length": ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", "hi", "end"],
    "bad trailer": [HEAD, "0\r\nBad Name: x\r\n\r\n"],
    "length as a trailer": [HEAD, "0\r\nContent-Length: 1\r\n\r\n"],
    "coding as a trailer": [HEAD, "0\r\nTransfer-Encoding: chunked\r\n\r\n"],
    "trailers too large": [HEAD, f"0\r\nX: {'x' * 17000}\r\n\r\n"],
}


async def main():
    lane = arrived = gone = None

    @http.createServer
    def server(req, res):
        req.on("aborted", lambda: log(lane, "aborted"))
        req.on("error", lambda err: log(lane, err))
        req.on("end", lambda: log(lane, "end"))
        req.on("close", lambda: log(lane, "close", req.complete))
        req.on("close", gone.open)
        req.resume()
        arrived.open()

    port = await listen(server)
    for name, (first, second, *end) in BODIES.items():
        lane = name
        arrived = gate()
        gone = gate()
        peer = await dial(port)
        peer.send(first)
        await arrived
        peer.send(second)
        if end:
            peer.end()
        log(lane, await peer.rest())
        await gone


run(main)
