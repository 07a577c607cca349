"""write() answers false when 64 KiB wait; 'drain' comes when all of it has left, and nothing is lost."""

from prelude import dial, listen, log, run

import httpkit as http


async def main():
    block = b"x" * (16 * 1024)

    @http.createServer
    def server(req, res):
        log("server", res.writableHighWaterMark, res.writableLength, res.writableNeedDrain)
        log("server", "small", res.write("small"), res.writableNeedDrain)
        while res.write(block):
            log("server", "block", True)
        log("server", "block", False, res.writableNeedDrain)

        def drain():
            log("server", "drain", res.writableLength, res.writableNeedDrain)
            res.end(".")

        res.once("drain", drain)

    peer = await dial(await listen(server))
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    received = await peer.rest()
    log("wire", received[: received.index("xx")], len(received), received[-20:])


run(main)
