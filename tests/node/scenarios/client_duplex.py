"""A connection that is no socket but any duplex stream: from an agent, from the option, kept, destroyed, broken."""

import asyncio

from prelude import gate, log, run, watch

import httpkit as http
from httpkit.stream import Duplex


class Line(Duplex):  # answers each request itself
    def __init__(self, answer):
        super().__init__()
        self.answer = answer
        self.told = ""

    def _read(self, size=None):
        pass

    def _write(self, chunk, encoding, callback):
        self.told += chunk.decode("latin1")
        callback()
        if self.told.endswith("\r\n\r\n"):
            log("wire", self.told)
            self.told = ""
            self.answer(self)

    def _final(self, callback):
        self.push(None)
        callback()


def whole(line):
    line.push("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")


async def main():
    agent = http.Agent({"keepAlive": True})
    agent.createConnection = lambda *_: Line(whole)
    agent.keepSocketAlive = lambda _: True
    agent.reuseSocket = lambda _, req: setattr(req, "reusedSocket", True)
    await ask("kept", {"agent": agent})
    await ask("kept", {"agent": agent})
    log("kept", [len(sockets) for sockets in agent.freeSockets.values()], agent.totalSocketCount)
    agent.destroy()

    def call(options, callback):
        asyncio.get_running_loop().call_soon(callback, None, Line(whole))

    def short(line):
        line.push("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
        line.push(None)

    def connecting(answer):
        return {"createConnection": lambda *_: Line(answer)}

    calling = http.Agent()
    calling.createConnection = call
    await ask("calling", {"agent": calling})
    await ask("option", connecting(whole))
    await ask("cut", connecting(lambda line: line.push(None)))
    await ask("short", connecting(short))
    await ask("garbage", connecting(lambda line: line.push("nonsense\r\n\r\n")))
    await ask("broken", connecting(lambda line: line.destroy(Exception("mine"))))


async def ask(lane, options):
    def response(res):
        watch(f"{lane} res", "res", res, "aborted", "end", "error")
        log(lane, res.statusCode)
        res.resume()

    closed = gate()
    req = http.get({"host": "nowhere.invalid", **options})
    watch(lane, "req", req, "error", "close")
    req.on("socket", lambda _: log(lane, "socket", req.reusedSocket))
    req.on("response", response)
    req.on("close", closed.open)
    await closed


run(main)
