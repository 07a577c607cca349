"""keepAliveTimeout: what the header says, and when an idle connection is closed: after the buffer, too, and not at all
where 'timeout' is heard."""

import asyncio

from prelude import dial, listen, log, once, run

import httpkit as http


async def main():
    def listener(req, res):
        res.end("hi")

    for options in (
        {"keepAliveTimeout": 50, "keepAliveTimeoutBuffer": 0},
        {"keepAliveTimeout": 1500, "keepAliveTimeoutBuffer": 0},
        {"keepAliveTimeout": 72000},
        {"keepAliveTimeout": 0},
    ):
        server = http.createServer(options, listener)
        log("server", server.keepAliveTimeout, server.keepAliveTimeoutBuffer)
        peer = forever = await dial(await listen(server))
        peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        log("wire", await peer.until("hi"))
        if options["keepAliveTimeout"] == 50:
            log("wire", await peer.rest())

    async def closed(buffer):
        server = http.createServer({"keepAliveTimeout": 50, "keepAliveTimeoutBuffer": buffer}, listener)
        peer = await dial(await listen(server))
        peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await peer.until("hi")
        log("first closed", await peer.rest(), buffer)

    await asyncio.gather(*(closed(buffer) for buffer in (500, 0)))

    heard = http.createServer({"keepAliveTimeout": 50, "keepAliveTimeoutBuffer": 0}, listener)
    timeout = once(heard, "timeout")
    peer = await dial(await listen(heard))
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await peer.until("hi")
    log("heard", (await timeout).destroyed)
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("heard", await peer.rest())
    forever.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("forever", await forever.rest())


run(main)
