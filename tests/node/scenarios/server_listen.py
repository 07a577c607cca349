"""listen(): bound at once, 'listening' later; twice is an error, and so is a port in use."""

from prelude import attempt, listen, log, once, run

import httpkit as http


async def main():
    server = http.createServer()
    server.on("listening", lambda: log("server", "listening", server.listening))
    log("server", server.listening, server.address())
    listening = once(server, "listening")
    log("server", "chains", server.listen(0, lambda: log("server", "callback")) is server)
    log("server", server.listening, server.address()["port"] > 0)
    attempt("server", "listen again", lambda: server.listen(0))
    await listening

    first = http.createServer()
    port = await listen(first)
    log("first", first.address()["address"], first.address()["family"])

    def error(err):
        log("second", "error", err, err.syscall, err.address, err.port == port)
        log("second", second.listening, second.address())

    second = http.createServer()
    second.on("listening", lambda: log("second", "listening"))
    second.on("error", error)
    failed = once(second, "error")
    second.listen(port, "127.0.0.1")
    log("second", "after")
    await failed
    log("second", "listens elsewhere", await listen(second) > 0)

    third = http.createServer()
    opened = once(third, "listening")
    third.listen({"port": 0, "host": "127.0.0.1"})
    await opened
    log("third", third.address()["address"])


run(main)
