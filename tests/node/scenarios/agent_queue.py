"""maxSockets: 1 — further requests wait in a queue and get the connection in turn; keepAlive or not."""

from prelude import answer, gate, log, run, serve

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    await queue("kept", port, {"keepAlive": True, "maxSockets": 1})
    await queue("not kept", port, {"keepAlive": False, "maxSockets": 1})


async def queue(lane, port, options):
    agent = http.Agent(options)
    name = agent.getName({"host": "127.0.0.1", "port": port})
    over = gate()
    ports = []
    agent.on("free", lambda *_: log(lane, "free"))

    def get(path):
        def response(res):
            ports.append(req.socket.localPort)
            log(lane, path, "response", req.reusedSocket, ports[0] == ports[-1], len(agent.requests.get(name, [])))
            res.resume()
            res.on("end", lambda: log(lane, path, "end"))
            if path == "/3":
                res.on("close", over.open)

        req = http.get({"host": "127.0.0.1", "port": port, "path": path, "agent": agent}, response)
        log(lane, path, "queued", len(agent.sockets[name]), len(agent.requests.get(name, [])))

    for path in ("/1", "/2", "/3"):
        get(path)
    await over


run(main)
