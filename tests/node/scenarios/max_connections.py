"""maxConnections: one connection more is closed at once, with a 'drop' event."""

from prelude import dial, listen, log, once, run

import httpkit as http


async def main():
    server = http.createServer(lambda req, res: res.end("hi"))
    server.maxConnections = 1
    server.on("connection", lambda socket: log("server", "connection"))
    port = await listen(server)
    first = await dial(port)
    first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await first.until("hi")
    dropped = once(server, "drop")
    second = await dial(port)
    log("second", await second.rest())
    data = await dropped
    log("server", "drop", data["localAddress"], data["localPort"] == port, data["remoteAddress"], data["remoteFamily"])
    first.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("first", await first.rest())


run(main)
