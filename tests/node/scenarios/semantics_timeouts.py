"""Who is timed out while it sends its request, and who is not; which limits go together."""

from prelude import attempt, dial, listen, log, run

import httpkit as http

limits = {"headersTimeout": 300, "requestTimeout": 600, "connectionsCheckingInterval": 20}


async def main():
    def listener(req, res):
        if req.url == "/begun":
            res.on("close", lambda: log("begun", "close", res.writableFinished))
            req.on("aborted", lambda: log("begun", "aborted"))
            res.write("begun")
            return
        res.end("hi")

    server = http.createServer(limits, listener)
    port = await listen(server)
    idle = await dial(port)
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    log("idle", await idle.until("hi"))
    half = await dial(port)
    half.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    log("half", await half.until("hi"))
    half.send("GET /again HTTP/1.1\r\nHo")
    log("half", await half.rest())
    begun = await dial(port)
    begun.send("POST /begun HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart")
    log("begun wire", await begun.rest())
    idle.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("idle", await idle.rest())

    def create(options):
        server = http.createServer(options)
        log("options", server.headersTimeout, server.requestTimeout, server.connectionsCheckingInterval)

    attempt("options", "defaults", lambda: create({}))
    attempt("options", "short request", lambda: create({"requestTimeout": 1000}))
    attempt("options", "no request", lambda: create({"requestTimeout": 0}))
    attempt("options", "no limit, head", lambda: create({"requestTimeout": 0, "headersTimeout": 5}))
    attempt("options", "long head", lambda: create({"requestTimeout": 1000, "headersTimeout": 1001}))
    attempt("options", "long head alone", lambda: create({"headersTimeout": 300001}))


run(main)
