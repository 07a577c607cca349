"""Responses that are none: the request gets a parse error with its code, and the rest of what came."""

from prelude import gate, hangup, log, run, serve, watch

import httpkit as http

REPLIES = {
    "no HTTP": "garbage\r\n\r\n",
    "wrong protocol": "HTTQ/1.1 200 OK\r\n\r\n",
    "two-digit status": "HTTP/1.1 20 OK\r\n\r\n",
    "space in name": "HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n",
    "line feed in value": "HTTP/1.1 200 OK\r\nX: a\nB: b\r\nContent-Length: 0\r\n\r\n",
    "line feeds only": "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "length is no number": "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "two lengths": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "length and chunked": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "head too large": f"HTTP/1.1 200 OK\r\nX: {'x' * 17000}\r\nContent-Length: 0\r\n\r\n",
    "status of letters": "HTTP/1.1 2OO OK\r\n\r\n",
    "space in front": "HTTP/1.1 200 OK\r\n X: a\r\n\r\n",
    "folded line": "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "control in value": "HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 0\r\n\r\n",
    "empty coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n",
    "response behind the response": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\ngarbage",
    "bad trailer": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX : y\r\n\r\n",
    "bad chunk size": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
}


async def main():
    for lane, reply in REPLIES.items():
        await garbage(lane, await serve(hangup(reply)))


async def garbage(lane, port):
    closed = gate()

    def response(res):
        watch(lane, "res", res, "aborted", "end", "error", "close")
        res.on("close", closed.open)
        res.resume()

    def close():
        log(lane, "req close")
        if req.res is None:
            closed.open()

    req = http.get({"host": "127.0.0.1", "port": port, "agent": False}, response)
    req.on("error", lambda err: log(lane, "req error", err.code, err.reason, err.bytesParsed, len(err.rawPacket)))
    req.on("close", close)
    await closed


run(main)
