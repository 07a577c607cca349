"""Encrypted all the way: https through a tunnel that a proxy has opened, kept, distrusted, or not needed."""

import asyncio
from pathlib import Path

from prelude import body, listen, log, once, run, tick

import httpkit as http
from httpkit import https


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


async def main():
    def answer(req, res):
        log("origin", req.url, req.headers.get("proxy-authorization"), req.headers["connection"])
        res.end("hi")

    origin = https.createServer({"cert": pem("localhost"), "key": pem("localhost-key")}, answer)
    origin_port = await listen(origin)

    # A proxy that says what it is asked and does it.
    async def tunnel(req, socket, head):
        facts = req.headers.get("proxy-authorization"), req.headers.get("proxy-connection")
        log("proxy", req.method, *facts, len(head))
        reader, writer = await asyncio.open_connection("127.0.0.1", req.url.split(":")[1])
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
        socket.on("data", writer.write)
        socket.on("close", lambda *_: writer.close())
        while data := await reader.read(65536):
            socket.write(data)
        socket.end()

    proxy = http.createServer().on("connect", tunnel)
    proxy_port = await listen(proxy)

    async def ask(lane, agent, path):
        res = await once(
            https.get({"host": "127.0.0.1", "port": origin_port, "agent": agent, "path": path}), "response"
        )
        log(lane, res.statusCode, res.req.reusedSocket, res.socket.authorized, (await body(res)).decode())
        await tick()
        await tick()

    known = {"HTTPS_PROXY": f"http://a:b@127.0.0.1:{proxy_port}"}
    unknown = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy_port}"}
    agent = https.Agent({"ca": pem("ca"), "keepAlive": True, "proxyEnv": known})
    await ask("kept", agent, "/1")
    await ask("kept", agent, "/2")
    log("kept", agent.totalSocketCount, [len(sockets) for sockets in agent.freeSockets.values()])
    agent.destroy()

    distrusting = https.Agent({"proxyEnv": unknown})
    err = await once(https.get({"host": "127.0.0.1", "port": origin_port, "agent": distrusting}), "error")
    log("distrust", err.code)

    direct = https.Agent({"ca": pem("ca"), "proxyEnv": {**unknown, "NO_PROXY": "127.0.0.1"}})
    await ask("direct", direct, "/3")


run(main)
