"""What a subclass of Agent, or one instance, may replace; what it is given; and how a replaced part fails."""

import asyncio

from prelude import answer, attempt, gate, log, once, run, serve, watch

import httpkit as http
from httpkit.net import Socket

OPTIONS = "host path socketPath timeout noDelay keepAlive keepAliveInitialDelay servername localAddress".split()


class Told(http.Agent):
    def addRequest(self, req, options):
        log("told", "addRequest", req.path, options.get("path"))
        super().addRequest(req, options)

    def createSocket(self, req, options, callback):
        log("told", "createSocket", req.path, options["path"])

        def created(err, socket):
            log("told", "created", err, isinstance(socket, Socket))
            callback(err, socket)

        super().createSocket(req, options, created)

    def createConnection(self, options, callback=None):
        log("told", "createConnection", *(options.get(name) for name in OPTIONS))
        return super().createConnection(options, callback)

    def keepSocketAlive(self, socket):
        log("told", "keepSocketAlive", super().keepSocketAlive(socket), socket.timeout)
        return self.keep

    def reuseSocket(self, socket, req):
        super().reuseSocket(socket, req)
        log("told", "reuseSocket", req.path, req.reusedSocket)

    def removeSocket(self, socket, options):
        log("told", "removeSocket")
        super().removeSocket(socket, options)

    def getName(self, options):
        return f"named {options['host']}"


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=4\r\n\r\n"))
    told = Told({"keepAlive": True, "keepAliveMsecs": 3000, "timeout": 6000, "localAddress": "127.0.0.1"})
    told.on("free", lambda socket, options: log("free", isinstance(socket, Socket), options["host"]))

    async def get(path, agent, **options):
        closed = gate()
        wanted = {"host": "127.0.0.1", "port": port, "path": path, "agent": agent, **options}
        req = http.get(wanted, lambda res: res.resume().on("close", closed.open))
        req.gone = gate()
        req.on("socket", lambda socket: socket.on("close", req.gone.open))
        await closed
        return req

    told.keep = True
    await get("/1", told)
    log("pool", list(told.freeSockets), told.totalSocketCount)
    told.keep = False
    second = await get("/2", told, timeout=7000)
    await second.gone
    log("pool", list(told.freeSockets), told.totalSocketCount)

    own = http.Agent({"keepAlive": True})
    own.keepSocketAlive = lambda socket: False
    third = await get("/3", own)
    await third.gone
    own.getName = lambda options: "all"
    own.keepSocketAlive = lambda socket: True
    await get("/4", own)
    log("own", list(own.freeSockets))
    own.destroy()

    failing = http.Agent()

    def fail(options, callback):
        raise RuntimeError("no connection")

    failing.createConnection = fail
    attempt("failing", "thrown", lambda: http.get({"port": port, "agent": failing}))
    attempt("failing", "port", lambda: http.get({"port": "x", "agent": http.Agent()}))

    def fail_later(options, callback):
        asyncio.get_running_loop().call_soon(callback, Exception("later"))

    failing.createConnection = fail_later
    req = http.get({"host": "127.0.0.1", "port": port, "agent": failing})
    watch("failing", "req", req, "socket", "error", "close")
    await once(req, "close")

    def connect_late(options, callback):
        def connected():
            callback(None, socket)
            callback(Exception("second"))

        socket = Socket().connect(port, "127.0.0.1")
        socket.once("connect", connected)

    failing.createConnection = connect_late
    late = await get("/late", failing)
    log("failing", late.res.statusCode, late.host, late.reusedSocket)

    legacy = http.Agent()

    class Custom:
        def addRequest(self, request, options):
            log("custom", options["host"], options["path"], options["headers"], request.shouldKeepAlive)
            legacy.addRequest(request, "127.0.0.1", port)

    custom_req = await get("/custom", Custom(), host="nowhere.invalid", headers={"Host": "custom"})
    log("custom", custom_req.res.statusCode)


run(main)
