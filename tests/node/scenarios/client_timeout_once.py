"""'timeout' comes once on a request, every time on its response; who listens for it, and how it is called off."""

from prelude import gate, log, once, run, serve, watch

import httpkit as http


async def main():
    arrived = {}

    async def handler(peer):
        while (head := await peer.until("\r\n\r\n")) != "<closed>":
            arrived[head.split(" ")[1]].open(peer)

    port = await serve(handler)

    def ask(path, **options):
        arrived[path] = gate()
        req = http.get({"host": "127.0.0.1", "port": port, "path": path, "agent": False, **options})
        watch(path, "req", req, "timeout", "error", "close")
        return req

    body = ask("/body", timeout=50)
    body_timed_out = once(body, "timeout")
    half = await arrived["/body"]
    half.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nh")
    res = await once(body, "response")
    watch("/body", "res", res, "timeout")
    res_timed_out = once(res, "timeout")
    res.resume()
    await body_timed_out
    await res_timed_out
    half.send("i")
    await once(res, "timeout")
    half.send("j")
    await once(body, "close")
    log("/body", body.timeout)

    unheard = ask("/unheard")
    socket = await once(unheard, "socket")
    timed_out = once(socket, "timeout")
    socket.setTimeout(30)
    await timed_out
    unheard.destroy()
    await once(unheard, "close")

    cleared = ask("/cleared", timeout=4000)
    log("/cleared", cleared.timeout, cleared.clearTimeout(lambda: log("/cleared", "never")))
    await once(cleared, "socket")
    await arrived["/cleared"]
    log("/cleared", cleared.socket.timeout)
    cleared.destroy()
    await once(cleared, "close")

    agent = http.Agent({"keepAlive": True, "maxSockets": 1, "timeout": 5000})
    first = ask("/first", agent=agent, timeout=4000)
    second = ask("/second", agent=agent)
    peer = await arrived["/first"]
    log("/first", first.socket.timeout)
    first.on("response", lambda each: each.resume())
    second.on("response", lambda each: each.resume())
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await arrived["/second"]
    log("/second", second.reusedSocket)
    free = once(agent, "free")
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    freed = await free
    log("/second", freed.timeout, second.setTimeout(1) == second, freed.timeout)
    agent.destroy()


run(main)
