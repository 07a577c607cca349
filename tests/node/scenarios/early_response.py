"""A response that comes before the request's body is complete; then the connection ends, or the upload goes on."""

from prelude import gate, log, once, run, serve, watch

import httpkit as http


async def main():
    heard = gate()

    async def handler(peer):
        head = await peer.until("\r\n\r\n")
        await peer.until("begin")
        if "/refused" in head:
            peer.send("HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
            return peer.end()
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        heard.open(await peer.until("end"))

    port = await serve(handler)
    await upload("/refused", port)
    await upload("/accepted", port)
    log("wire", await heard)


async def upload(lane, port):
    ended = gate()
    closed = gate()

    def response(res):
        log(lane, "response", res.statusCode, req.writableFinished)
        watch(lane, "res", res, "end", "close", "error")
        res.on("close" if lane == "/refused" else "end", ended.open)
        res.resume()

    agent = http.Agent({"keepAlive": True})
    agent.on("free", lambda *_: log(lane, "free"))
    freed = once(agent, "free")
    req = http.request({"host": "127.0.0.1", "port": port, "path": lane, "method": "POST", "agent": agent})
    req.setHeader("Content-Length", 8)
    watch(lane, "req", req, "finish", "error", "close")
    req.on("close", closed.open)
    req.on("response", response)
    req.write("begin")
    await ended
    if lane == "/refused":
        await closed
        failed = gate()
        log(lane, req.write("end", lambda err: [log(lane, err), failed.open()]), req.destroyed)
        await failed
    else:
        req.end("end")
        await freed
        log(lane, req.writableFinished, req.destroyed)


run(main)
