"""1xx responses: 'continue' and 'information' come before 'response'; Expect sends the head at once."""

from prelude import attempt, body, log, once, run, serve

import httpkit as http

FIELDS = ("statusCode", "statusMessage", "httpVersion", "httpVersionMajor", "httpVersionMinor", "headers", "rawHeaders")


async def main():
    async def handler(peer):
        log("wire", await peer.until("\r\n\r\n"))
        peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n")
        peer.send("HTTP/1.1 102 Processing\r\n\r\n")
        peer.send("HTTP/1.1 199 Own\r\n\r\n")
        peer.send("HTTP/1.1 100 Continue\r\n\r\n")
        log("wire", await peer.until("0\r\n\r\n"))
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    port = await serve(handler)
    headers = {"Expect": "100-continue"}
    req = http.request({"host": "127.0.0.1", "port": port, "method": "POST", "headers": headers, "agent": False})
    log("client", req.headersSent)
    attempt("client", "setHeader", lambda: req.setHeader("X", "y"))
    req.on("information", lambda info: log("client", "information", *(info[field] for field in FIELDS)))
    req.on("continue", lambda: [log("client", "continue"), req.end("body")])
    res = await once(req, "response")
    log("client", res.statusCode, await body(res))


run(main)
