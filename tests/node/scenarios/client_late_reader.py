"""Nobody has to read at once: a response waits, with all its body, for whoever asks later."""

from prelude import body, gate, log, once, run, serve, tick

import httpkit as http


async def main():
    sent = gate()

    async def handler(peer):
        await peer.until("\r\n\r\n")
        peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n{'x' * 200000}")
        sent.open()

    port = await serve(handler)
    agent = http.Agent({"keepAlive": True})
    res = await once(http.get({"host": "127.0.0.1", "port": port, "agent": agent}), "response")
    await sent
    for _ in range(20):
        await tick()
    log("client", res.complete, res.readableFlowing, res.readableLength > 0, len(agent.freeSockets))
    freed = once(agent, "free")
    text = await body(res)
    await freed
    log("client", res.complete, len(text))


run(main)
