"""pause() holds the body back, resume() lets it come; isPaused and readableFlowing tell."""

from prelude import dial, gate, listen, log, run, tick, watch

import httpkit as http


async def main():
    paused = gate()
    request = None

    @http.createServer
    def server(req, res):
        nonlocal request
        request = req
        size = 0
        log("server", req.isPaused(), req.readableFlowing, req.readableHighWaterMark)
        watch("server", "req", req, "pause", "resume", "end", "close")

        def data(chunk):
            nonlocal size
            size += len(chunk)
            if size > 5:
                return
            req.pause()
            log("server", "data", chunk, req.isPaused(), req.readableFlowing)
            paused.open()

        def end():
            log("server", size)
            res.end("thanks")

        req.on("data", data)
        req.on("end", end)
        log("server", req.isPaused(), req.readableFlowing)

    peer = await dial(await listen(server))
    peer.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3000005\r\n\r\nfirst")
    await paused
    peer.send("x" * 3000000)
    for _ in range(20):
        await tick()
    log("server", "still", request.isPaused(), request.readableFlowing, request.complete)
    request.resume()
    log("wire", await peer.rest())


run(main)
