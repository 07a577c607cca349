"""Inactivity on a server: which of request, response and server are told, and that nobody told means closed."""

from prelude import listen, log, raw, run

import httpkit as http


def whole(path):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def part(path):
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n"


async def main():
    @http.createServer
    def server(req, res):
        def told(who):
            def timeout(socket):
                log(req.url, who, "timeout")
                if who == "last":
                    res.end("late")

            return timeout

        if req.url.startswith("/told"):
            req.on("timeout", told("req"))
            res.on("timeout", told("res"))
            server.once("timeout", told("server"))
            server.once("timeout", told("last"))
            req.socket.setTimeout(30)
        if req.url == "/complete":
            req.on("end", lambda: req.setTimeout(30, told("req"))).resume()
        if req.url == "/response":
            res.setTimeout(30, told("last"))

    port = await listen(server)
    log("/told", await raw(port, part("/told/early")))
    log("/told", await raw(port, whole("/told")))
    log("/complete", await raw(port, whole("/complete")))
    log("/response", await raw(port, whole("/response")))


run(main)
