"""A request iterated: left early it is destroyed, and can still be answered; cut short it raises."""

from prelude import dial, gate, listen, log, run, tick

import httpkit as http


async def main():
    started = gate()
    failed = gate()

    @http.createServer
    async def server(req, res):
        if req.url != "/cut":
            chunks = aiter(req)
            async for chunk in chunks:
                log("early", chunk)
                break
            if req.url == "/early":
                await chunks.aclose()  # `break` alone takes effect a little later in Python
            del chunks
            await tick()
            log("early", req.destroyed, req.aborted, req.complete, req.socket is None, res.socket.destroyed)
            res.end("answered")
            return
        try:
            async for chunk in req:
                log("cut", chunk)
                started.open()
        except http.NodeError as error:
            log("cut", error, req.aborted, req.complete)
            failed.open()

    port = await listen(server)
    early = await dial(port)
    early.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
    log("early", await early.until("answered"))
    early.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nmore")
    log("early", await early.until("answered"))
    early.send("POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf")
    log("early", await early.until("answered"))
    early.send("rest")
    early.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nlast")
    log("early", await early.until("answered"))
    cut = await dial(port)
    cut.send("POST /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart")
    await started
    cut.reset()
    await failed


run(main)
