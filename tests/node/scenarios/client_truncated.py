"""The body stops half-way: aborted, and ECONNRESET on the response only. Or it ends with the connection."""

from prelude import gate, hangup, log, run, serve, watch

import httpkit as http

REPLIES = {
    "short of its length": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi",
    "chunks without an end": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
    "delimited by close": "HTTP/1.1 200 OK\r\n\r\nhi",
    "HTTP/1.0": "HTTP/1.0 200 OK\r\n\r\nhi",
    "unread": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi",
    "no error listener": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi",
}


async def main():
    for lane, reply in REPLIES.items():
        await truncated(lane, await serve(hangup(reply)))


async def truncated(lane, port):
    closed = gate()

    def response(res):
        watch(lane, "res", res, "aborted", "end", "close")
        if lane != "no error listener":
            watch(lane, "res", res, "error")
        if lane != "unread":
            res.on("data", lambda chunk: log(lane, "data", chunk))

        def close():
            log(lane, res.complete, res.aborted, res.readableEnded, res.destroyed, res.errored)
            closed.open()

        res.on("close", close)

    req = http.get({"host": "127.0.0.1", "port": port, "agent": False}, response)
    watch(lane, "req", req, "error", "close")
    await closed


run(main)
