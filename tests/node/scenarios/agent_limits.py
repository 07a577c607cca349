"""Places in the pool: across origins, with idle connections in the way; what is no limit."""

from prelude import answer, gate, log, run, serve, watch

import httpkit as http

REPLY = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def main():
    ports = [await serve(answer(REPLY)), await serve(answer(REPLY))]

    def get(lane, index, agent):
        def response(res):
            log(lane, res.statusCode, req.reusedSocket)
            res.resume()

        closed = gate()
        req = http.get({"host": "127.0.0.1", "port": ports[index], "agent": agent})
        watch(lane, "req", req, "error")
        req.on("response", response)
        req.on("close", closed.open)
        return req, closed

    def numbers(agent):
        return [len(queue) for queue in agent.requests.values()], agent.totalSocketCount

    # An idle connection must not keep the place another origin waits for.
    one = http.Agent({"keepAlive": True, "maxTotalSockets": 1})
    _, first = get("one", 0, one)
    _, second = get("one", 1, one)
    log("one", *numbers(one))
    await first
    await second

    # Without keepAlive, but with a limit, a connection serves those who wait for it, and then goes.
    shared = http.Agent({"maxSockets": 1})
    frees = []
    shared.on("free", lambda *_: frees.append(1))
    waiting = [get("shared", 0, shared), get("shared", 0, shared), get("shared", 0, shared)]
    log("shared", *numbers(shared))
    for _, closed in waiting:
        await closed
    log("shared", len(shared.freeSockets), len(frees))

    # Falsy limits are no limits.
    zeros = {"maxSockets": 0, "maxFreeSockets": 0, "keepAliveMsecs": 0, "agentKeepAliveTimeoutBuffer": -1}
    none = http.Agent({"keepAlive": True, **zeros})
    log("none", none.maxSockets, none.maxFreeSockets, none.keepAliveMsecs, none.agentKeepAliveTimeoutBuffer)
    every = [get("none", 0, none), get("none", 0, none), get("none", 0, none)]
    log("none", *numbers(none))
    for _, closed in every:
        await closed
    log("none", [len(sockets) for sockets in none.freeSockets.values()])
    none.destroy()

    for buffer in (0, 500, "500", float("inf"), float("nan"), None):
        log("buffer", http.Agent({"agentKeepAliveTimeoutBuffer": buffer}).agentKeepAliveTimeoutBuffer)


run(main)
