"""The pool at its edges: a HEAD without a length, what a hint does to a timeout, options that mean their default, and
createConnection where it is not asked."""

from prelude import attempt, gate, log, once, run, serve, watch

import httpkit as http


def reply(headers):
    async def handler(peer):
        while await peer.until("\r\n\r\n") != "<closed>":
            peer.send(f"HTTP/1.1 200 OK\r\n{headers}\r\n")

    return handler


async def main():
    async def pooled(lane, method, headers, options):
        agent = http.Agent({"keepAlive": True, **options})
        port = await serve(reply(headers))
        first = await ask(lane, {"port": port, "method": method, "agent": agent})
        timeout = first.socket.timeout
        second = await ask(lane, {"port": port, "method": method, "agent": agent})
        log(lane, headers, second.reusedSocket, second.reusedSocket and timeout)

    await pooled("HEAD", "HEAD", "", {})
    await pooled("HEAD", "HEAD", "Content-Length: 9\r\n", {})
    await pooled("HEAD", "HEAD", "Transfer-Encoding: chunked\r\n", {})

    def hinted(hint):
        return f"Content-Length: 0\r\nKeep-Alive: {hint}\r\n"

    await pooled("hint", "GET", hinted("timeout=5"), {})
    await pooled("hint", "GET", hinted("timeout=5"), {"timeout": 60_000})
    await pooled("hint", "GET", hinted("timeout=500"), {"timeout": 60_000})
    await pooled("hint", "GET", hinted("max=7, timeout=5"), {"timeout": 60_000})
    await pooled("hint", "GET", hinted("timeout=1"), {"timeout": 60_000})

    for options in ({"maxSockets": 0, "maxFreeSockets": 0, "keepAliveMsecs": 0}, {"maxSockets": "many"}):
        made = http.Agent(options)
        log("options", made.maxSockets, made.maxFreeSockets, made.keepAliveMsecs)
    for options in ({"scheduling": "random"}, {"maxTotalSockets": 0}, {"maxTotalSockets": "many"}):
        attempt("options", "refused", lambda options=options: http.Agent(options))

    def create_connection(options, oncreate):
        log("connect", "asked")
        raise RuntimeError("no connection")

    port = await serve(reply("Content-Length: 0\r\n"))
    await ask("connect", {"port": port, "agent": False, "createConnection": create_connection})
    await ask("connect", {"port": port, "agent": http.Agent(), "createConnection": create_connection})
    agent = http.Agent()
    agent.createConnection = lambda options, oncreate: oncreate(RuntimeError("later"))
    req = http.get({"host": "127.0.0.1", "port": port, "agent": agent})
    watch("connect", "req", req, "socket", "error", "close")
    await once(req, "close")


async def ask(lane, options):
    closed = gate()
    req = http.request({"host": "127.0.0.1", **options})
    req.on("response", lambda res: res.resume().on("close", closed.open))
    req.on("error", lambda err: [log(lane, err), closed.open()])
    req.end()
    await closed
    return req


run(main)
