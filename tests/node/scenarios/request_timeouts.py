"""headersTimeout and requestTimeout: a head or a body that does not come gets 408; a slow handler does not."""

from prelude import dial, listen, log, raw, run, sleep

import httpkit as http


async def main():
    options = {"headersTimeout": 60, "requestTimeout": 120, "connectionsCheckingInterval": 20}

    async def listener(req, res):
        log("server", "request", req.url)
        req.on("aborted", lambda: log("server", "aborted", req.url))
        req.on("error", lambda _: None)
        if req.url == "/slow":
            await sleep(200)
        if req.url != "/body":
            res.end("done")

    server = http.createServer(options, listener)
    log("server", server.headersTimeout, server.requestTimeout, server.timeout, server.keepAliveTimeout)
    port = await listen(server)
    log("silent", await raw(port, ""))
    log("head", await raw(port, "GET / HTTP/1.1\r\nHost:"))
    log("body", await raw(port, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart"))
    log("slow", await raw(port, "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))

    def client_error(err, socket):
        log("server", "clientError", err)
        socket.destroy()

    server.on("clientError", client_error)
    peer = await dial(port)
    peer.send("GET / HTTP/1.1\r\nHost:")
    log("own", await peer.rest())


run(main)
