"""What a 'clientError' listener gets, and what happens when it does nothing; the end of a connection at odd moments."""

from prelude import dial, gate, listen, log, once, run, tick

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        res.on("close", lambda: log("begun", "close", res.writableFinished))
        if req.url == "/begun":
            res.write("begun")

    port = await listen(server)
    begun = await dial(port)
    begun.send("GET /begun HTTP/1.1\r\nHost: x\r\n\r\n")
    log("begun", await begun.until("begun\r\n"))
    begun.send("garbage\r\n\r\n")
    log("begun wire", await begun.rest())

    connected = once(server, "connection")
    silent = await dial(port)
    closed = once(await connected, "close")
    silent.end()
    log("silent", await silent.rest())
    await closed

    heard = gate()

    def client_error(err, socket):
        facts = [getattr(err, fact, None) for fact in ("bytesParsed", "reason", "rawPacket")]
        log("error", err, *facts, socket.writable)
        heard.open(socket)

    server.on("clientError", client_error)
    peer = await dial(port)
    peer.send("garbage\r\n\r\n")
    socket = await heard
    for _ in range(20):
        await tick()
    log("ignored", socket.destroyed, socket.writable, socket.bytesWritten)
    socket.end("at last")
    log("ignored", await peer.rest())

    cut = http.createServer()
    cut_port = await listen(cut)
    for listened in (False, True):
        if listened:

            def cut_off(err, socket):
                log("cut", err, getattr(err, "bytesParsed", None), getattr(err, "rawPacket", None))
                socket.destroy()

            cut.on("clientError", cut_off)
        half = await dial(cut_port)
        half.send("GET / HTTP/1.1\r\nHo")
        half.end()
        log("cut", await half.rest())


run(main)
