"""Pipelined requests are handed out at once; the answers go out in order, although the first is ready last."""

from prelude import dial, gate, listen, log, run, watch

import httpkit as http


async def main():
    waiting = []
    closed = gate()

    @http.createServer
    def server(req, res):
        log("server", "request", req.url, res.socket is not None, req.socket is not None)
        watch("server", req.url, res, "finish", "close")
        res.on("socket", lambda socket: log("server", f"{req.url} socket"))
        if req.url == "/3":
            res.on("close", closed.open)
        waiting.append((req, res))
        if len(waiting) < 3:
            return
        for each_req, each_res in reversed(waiting):
            each_res.end(f"answer to {each_req.url}.")
            log("server", "ended", each_req.url, each_res.writableEnded, each_res.writableFinished)

    peer = await dial(await listen(server))
    peer.send("".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in ("/1", "/2", "/3")))
    for path in ("/1", "/2", "/3"):
        log("wire", await peer.until(f"answer to {path}."))
    await closed


run(main)
