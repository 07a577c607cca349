"""The signal of a request on the server: aborted at 'close', after a normal exchange and when the client has gone."""

from prelude import dial, gate, listen, log, raw, run

import httpkit as http


async def main():
    started = gate()
    aborted = gate()

    @http.createServer
    def server(req, res):
        signal = req.signal

        def abort(event):
            log(req.url, event.type, req.aborted, req.complete, res.writableFinished)
            aborted.open()

        signal.addEventListener("abort", abort)
        req.on("close", lambda: log(req.url, "close", signal.aborted))
        log(req.url, signal is req.signal, signal.aborted)
        started.open()
        if req.url == "/normal":
            res.end("hi")

    port = await listen(server)
    log("wire", await raw(port, "GET /normal HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    await aborted
    started = gate()
    aborted = gate()
    peer = await dial(port)
    peer.send("POST /gone HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    await started
    peer.reset()
    await aborted


run(main)
