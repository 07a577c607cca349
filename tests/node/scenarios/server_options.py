"""Options of createServer that change what is accepted: requireHostHeader, maxHeaderSize, maxHeadersCount; classes."""

from prelude import listen, log, raw, run

import httpkit as http


class Request(http.IncomingMessage):
    @property
    def path(self):
        return self.url.split("?")[0]


class Response(http.ServerResponse):
    def say(self, text):
        self.end(text)


async def main():
    def listener(req, res):
        log("request", req.url, len(req.rawHeaders))
        res.end("hi")

    hostless = await listen(http.createServer({"requireHostHeader": False}, listener))
    log("hostless", await raw(hostless, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"))

    small = await listen(http.createServer({"maxHeaderSize": 200}, listener))
    for size in (100, 300):
        log("small", await raw(small, f"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: {'x' * size}\r\n\r\n"))

    few = http.createServer(listener)
    few.maxHeadersCount = 3
    few_port = await listen(few)
    log("few", await raw(few_port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: b\r\n\r\n"))
    log("few", await raw(few_port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: b\r\nC: d\r\n\r\n"))

    def speak(req, res):
        log("own", req.path, isinstance(req, http.IncomingMessage), isinstance(res, http.ServerResponse))
        res.say("own words")

    own = http.createServer({"IncomingMessage": Request, "ServerResponse": Response}, speak)
    log("own", await raw(await listen(own), "GET /path?query HTTP/1.0\r\n\r\n"))

    several = http.createServer(lambda req, res: log("several", "first"))
    several.on("request", lambda req, res: [log("several", "second"), res.end()])
    log("several", await raw(await listen(several), "GET / HTTP/1.0\r\n\r\n"))


run(main)
