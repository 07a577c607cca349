"""close(): its callback and 'close', twice, without ever listening, and then listening again."""

from prelude import gate, listen, log, once, raw, run

import httpkit as http


async def main():
    server = http.createServer(lambda req, res: res.end("hi"))
    server.on("close", lambda: log("once", "close"))
    await listen(server)
    closed = once(server, "close")
    server.close(lambda err=None: log("once", "callback", err))
    log("once", "after", server.listening)
    await closed

    never = http.createServer()
    never.on("close", lambda: log("never", "close"))
    never.on("error", lambda err: log("never", "error", err))
    closed = gate()
    never.close(lambda err=None: [log("never", "callback", err), closed.open()])
    log("never", "after")
    await closed

    twice = http.createServer()
    twice.on("close", lambda: log("twice", "close"))
    await listen(twice)
    closed = gate()
    twice.close(lambda err=None: log("twice", "first", err))
    twice.close(lambda err=None: [log("twice", "second", err), closed.open()])
    log("twice", "after")
    await closed

    port = await listen(server)
    log("again", server.listening, await raw(port, "GET / HTTP/1.0\r\n\r\n"))


run(main)
