"""A large upload: write() answers false, 'drain' follows, callbacks come in order, and the whole body arrives."""

from prelude import body, gate, listen, log, once, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        chunks = []
        req.on("data", chunks.append)
        req.on("end", lambda: res.end(f"got {len(b''.join(chunks))}"))

    port = await listen(server)
    block = b"x" * (16 * 1024)
    drained = gate()
    req = http.request({"host": "127.0.0.1", "port": port, "method": "POST", "agent": False})
    req.on("finish", lambda: log("client", "finish", req.writableFinished))
    small = req.write("small", lambda *_: log("client", "small written"))
    log("client", req.writableHighWaterMark, small)
    sent = 5
    more = True
    while more:
        more = req.write(block)
        sent += len(block)
    log("client", sent, req.writableNeedDrain)
    req.on("drain", lambda: drained.open())
    await drained
    log("client", "drain", req.writableLength, req.writableNeedDrain)
    req.end("last", lambda *_: log("client", "ended"))
    res = await once(req, "response")
    log("client", res.statusCode, await body(res))


run(main)
