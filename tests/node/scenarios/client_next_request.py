"""A request started from 'end' needs a new connection; one started from 'close' finds the old one free."""

from prelude import answer, gate, log, run, serve

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    for event in ("end", "close"):
        await follow(event, port)


async def follow(event, port):
    agent = http.Agent({"keepAlive": True})
    over = gate()

    def second():
        def response(res):
            log(event, "second", req.reusedSocket)
            res.resume().on("close", over.open)

        req = http.get({"host": "127.0.0.1", "port": port, "agent": agent}, response)

    http.get({"host": "127.0.0.1", "port": port, "agent": agent}, lambda res: res.resume().on(event, second))
    await over


run(main)
