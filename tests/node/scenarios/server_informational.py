"""Responses before the response: writeContinue, writeProcessing, writeEarlyHints; checkContinue."""

from prelude import attempt, dial, gate, listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    async def server(req, res):
        res.writeContinue()
        res.writeProcessing()
        hinted = gate()
        hints = {"link": ["</a.css>; rel=preload", "</b.js>; rel=preload"], "X-Hint": "yes"}
        res.writeEarlyHints(hints, lambda *_: hinted.open())
        await hinted
        res.writeEarlyHints({"link": "</c.css>; rel=preload"})
        res.writeEarlyHints({}, lambda *_: log("server", "never"))
        res.writeInformation(110)
        attempt("server", "bad link", lambda: res.writeEarlyHints({"link": "nonsense"}))
        log("server", res.headersSent)
        res.end("final")
        attempt("server", "continue after end", lambda: res.writeContinue())
        attempt("server", "hints after end", lambda: res.writeEarlyHints({"link": "</c.css>; rel=preload"}))

    log("wire", await raw(await listen(server), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))

    def check_continue(req, res):
        log("checking", "checkContinue", req.url)
        if req.url == "/yes":
            res.writeContinue()
        req.resume()
        req.on("end", lambda: res.end("answer"))
        if req.url == "/no":
            res.writeHead(413).end("answer")

    def check_expectation(req, res):
        log("checking", "checkExpectation", req.headers["expect"])
        res.end("answer")

    checking = http.createServer(lambda req, res: log("checking", "request"))
    checking.on("checkContinue", check_continue)
    checking.on("checkExpectation", check_expectation)
    port = await listen(checking)
    head = "HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: "
    peer = await dial(port)
    peer.send(f"POST /yes {head}100-continue\r\n\r\n")
    log("checking", await peer.until("\r\n\r\n"))
    peer.send("body")
    log("checking", await peer.until("answer"))
    log("checking", await raw(port, f"POST /no {head}100-continue\r\n\r\n"))
    peer.send(f"POST / {head}magic\r\nConnection: close\r\n\r\nbody")
    log("checking", await peer.rest())


run(main)
