"""What leaves together, and when: a head is sent with the first bytes of the body, and all writes of one tick in one
packet; the fourth write of 16 KiB is one too many."""

from prelude import dial, gate, listen, log, raw, run, tick

import httpkit as http


async def main():
    seen = gate()

    @http.createServer
    async def server(req, res):
        if req.url == "/head":
            res.writeHead(200)
            log("head", res.headersSent)
            res.socket.write("before the head; ")
            res.end()
            return
        if req.url == "/blocks":
            block = b"x" * (16 * 1024)
            for _ in range(4):
                log("blocks", res.write(block))
            res.on("drain", lambda: [log("blocks", "drain", res.writableLength), res.end()])
            return
        for text in ("one", "two", "three"):
            res.write(text)
        await seen
        for text in ("four", "five"):
            res.write(text)
        await tick()
        res.end("six")

    port = await listen(server)
    close = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    log("head", await raw(port, f"GET /head {close}"))
    blocks = await raw(port, f"GET /blocks {close}")
    log("blocks", blocks.replace("x" * (16 * 1024), "<16 KiB>"))
    peer = await dial(port)
    peer.send(f"GET / {close}")
    log("packets", await peer.until("three\r\n"), peer.packets)
    seen.open()
    log("packets", await peer.until("five\r\n"), peer.packets)
    log("packets", await peer.rest())


run(main)
