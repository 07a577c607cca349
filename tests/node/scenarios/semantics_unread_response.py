"""A response with a listener that does not read it: no 'end', no 'close', its socket stays taken. Read later, it is
all there. And a request started when another one closes does not find its socket free."""

from prelude import answer, body, gate, log, once, run, serve, tick, watch

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    agent = http.Agent({"keepAlive": True})
    agent.on("free", lambda *_: log("unread", "free"))
    req = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    watch("unread", "req", req, "close")
    res = await once(req, "response")
    watch("unread", "res", res, "end", "close")
    for _ in range(20):
        await tick()
    log("unread", res.complete, res.readableEnded, res.readableLength, req.destroyed)
    closed = once(res, "close")
    log("unread", await body(res))
    await closed

    over = gate()
    pool = http.Agent({"keepAlive": True})

    def second():
        def response(res):
            log("next", req.reusedSocket)
            res.resume().on("close", over.open)

        req = http.get({"host": "127.0.0.1", "port": port, "agent": pool}, response)

    http.get({"host": "127.0.0.1", "port": port, "agent": pool}, lambda res: res.resume()).on("close", second)
    await over


run(main)
