"""A client that does not read stops the server's writing: 'drain' waits for it, and the whole body arrives."""

from prelude import dial, gate, listen, log, run, tick

import httpkit as http


async def main():
    size = 16 * 1024 * 1024
    full = gate()
    drained = False

    @http.createServer
    def server(req, res):
        log("server", "write", res.write(b"x" * size), res.writableLength >= size)

        def drain():
            nonlocal drained
            drained = True
            log("server", "drain", res.writableLength)
            res.end()

        res.on("drain", drain)

        full.open()

    peer = await dial(await listen(server))
    peer.pause()
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await full
    for _ in range(20):
        await tick()
    log("client", "paused", drained)
    peer.resume()
    received = await peer.rest()
    log("client", drained, len(received), received[-9:])


run(main)
