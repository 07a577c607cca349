"""close() and a connection that never said anything: the server stays open until somebody closes that one. And one
that is busy: it goes on until it idles."""

from prelude import dial, gate, listen, log, once, run, tick

import httpkit as http


async def main():
    timeouts = {"headersTimeout": 20, "requestTimeout": 20, "connectionsCheckingInterval": 20}
    server = http.createServer(timeouts, lambda req, res: res.end("hi"))
    server.on("close", lambda: log("server", "close"))
    port = await listen(server)
    connected = once(server, "connection")
    silent = await dial(port)
    await connected
    closed = gate()
    server.close(lambda err=None: [log("server", "callback", err), closed.open()])
    server.closeIdleConnections()
    for _ in range(20):
        await tick()
    log("server", "still open", server.listening)
    server.closeAllConnections()
    log("silent", await silent.rest())
    await closed

    busy = gate()

    def listener(req, res):
        if req.url == "/busy":
            busy.open(res)
        else:
            res.end("hi")

    kept = http.createServer({"keepAliveTimeout": 300, "keepAliveTimeoutBuffer": 0}, listener)
    client = await dial(await listen(kept))
    client.send("GET /busy HTTP/1.1\r\nHost: x\r\n\r\n")
    res = await busy
    done = once(kept, "close")
    kept.close(lambda err=None: log("kept", "callback", err))
    res.end("busy")
    log("kept", await client.until("busy"))
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    log("kept", await client.until("hi"))
    await done
    log("kept", await client.rest())

    left = http.createServer(lambda req, res: res.end("hi"))
    left_port = await listen(left)
    arrived = once(left, "connection")
    leaver = await dial(left_port)
    await arrived
    over = gate()
    left.close(lambda err=None: [log("left", "callback", err), over.open()])
    leaver.end()
    await over


run(main)
