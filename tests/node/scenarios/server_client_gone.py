"""The client leaves before the answer, in the middle of it, or in the middle of its own body."""

from prelude import dial, gate, listen, log, run, watch

import httpkit as http


async def main():
    started = closed = None

    @http.createServer
    def server(req, res):
        lane = req.url
        watch(lane, "req", req, "aborted", "end", "close")
        if lane != "/unlistened":
            watch(lane, "req", req, "error")
        watch(lane, "res", res, "error", "finish", "close")
        if lane == "/answering":
            res.write("begin")
        if lane == "/uploading":
            req.once("data", started.open)
        else:
            started.open()

        def close():
            log(lane, req.complete, req.aborted, req.destroyed, req.errored)
            log(lane, res.destroyed, res.errored, res.writable, res.writableFinished, res.writableEnded)
            log(lane, "write", res.write("late", lambda err: [log(lane, "write callback", err), closed.open()]))

        req.on("close", close)

    server.on("clientError", lambda err, socket: log("server", err))
    port = await listen(server)
    length = "Content-Length: 10\r\n"
    for path, head in (("/waiting", ""), ("/unlistened", ""), ("/answering", ""), ("/uploading", length)):
        started = gate()
        closed = gate()
        peer = await dial(port)
        peer.send(f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n{head and 'part'}")
        if path == "/answering":
            await peer.until("begin")
        await started
        peer.reset()
        await closed


run(main)
