"""A plain script: it stays alive while its server listens and its request is pending, and ends when nothing is left."""

from prelude import epilogue, log

import httpkit as http

epilogue()


@http.createServer
def server(req, res):
    log("server", req.method, req.url)
    res.end("hi")


server.on("listening", lambda: log("server", "listening"))
server.on("close", lambda: log("server", "close"))


def response(res):
    log("client", res.statusCode)
    res.on("data", lambda chunk: log("client", chunk))
    res.on("end", lambda: server.close())


def listening():
    http.get({"host": "127.0.0.1", "port": server.address()["port"], "path": "/script"}, response)


server.listen(0, "127.0.0.1", listening)
log("script", "end of script")
