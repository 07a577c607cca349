"""What a parse error tells; two responses to one request; a 101 that switches nothing; nobody hears of a tunnel."""

from prelude import gate, hangup, log, run, serve, watch

import httpkit as http

replies = {
    "garbage": "garbage\r\n\r\n",
    "bad header": "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
    "bad chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nz\r\n",
    "twice": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" * 2,
    "no upgrade": "HTTP/1.1 101 Switching\r\nContent-Length: 2\r\n\r\n",
}


async def main():
    for lane, reply in replies.items():
        await ask(lane, "GET", reply)
    await ask("tunnel", "CONNECT", "HTTP/1.1 200 OK\r\n\r\n")


async def ask(lane, method, reply):
    closed = gate()
    port = await serve(hangup(reply))
    req = http.request({"host": "127.0.0.1", "port": port, "method": method, "path": "x:1", "agent": False})
    watch(lane, "req", req, "finish", "error", "close")
    facts = ("reason", "bytesParsed", "rawPacket")
    req.on("error", lambda err: log(lane, *(getattr(err, fact, None) for fact in facts)))

    def response(res):
        log(lane, res.statusCode)
        watch(lane, "res", res, "aborted", "end", "error", "close")
        res.resume().on("close", closed.open)

    req.on("response", response)
    req.on("close", lambda: None if req.res and method == "GET" else closed.open())
    req.end()
    await closed


run(main)
