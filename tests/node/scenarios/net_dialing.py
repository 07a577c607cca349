"""The way to a connection: resolvers, several addresses, blocked ones, the local end, a signal; what http sees."""

import asyncio

from prelude import gate, listen, log, once, run

import httpkit as http
from httpkit.abort import AbortController
from httpkit.blocklist import BlockList
from httpkit.net import Socket

EVENTS = "lookup connectionAttempt connectionAttemptFailed connectionAttemptTimeout connect ready error close".split()


def one(address, family):
    return {"address": address, "family": family}


async def main():
    server = http.createServer(lambda req, res: res.end(req.socket.remoteAddress))
    port = await listen(server)
    await resolvers(port)
    await several(port)
    await blocked(port)
    await local(port)
    await paths()
    await signals(port)
    await requests(port)


def tell(lane, socket, port):
    def listener(event):
        return lambda *args: log(lane, event, *(named(arg, port) for arg in args))

    for event in EVENTS:
        socket.on(event, listener(event))


def named(arg, port):
    if hasattr(arg, "errors"):
        return [arg.code, [named(err, port) for err in arg.errors]]
    if isinstance(arg, Exception):
        return [arg.code, str(arg).replace(f":{port}", ":port")]
    return "port" if arg == port and arg is not True else arg


async def connect(lane, **options):
    socket = Socket()
    tell(lane, socket, options["port"])
    socket.on("connect", lambda: socket.destroy())
    closed = once(socket, "close")
    socket.connect(options)
    await closed
    return socket


async def resolvers(port):
    def asks(*answer):
        def lookup(host, options, callback):
            log("lookup options", host, options)
            asyncio.get_running_loop().call_soon(callback, *answer)

        return lookup

    host = "name.test"
    err = OSError("no idea")
    err.code = "EWHO"
    await connect("all", port=port, host=host, lookup=asks(None, [one("127.0.0.1", 4)]))
    await connect("one", port=port, host=host, family=4, lookup=asks(None, "127.0.0.1", 4))
    await connect("named family", port=port, host=host, family="IPv4", lookup=asks(None, "127.0.0.1", 4))
    no_choice = asks(None, "127.0.0.1", 4)
    await connect("no choice", port=port, host=host, autoSelectFamily=False, hints=0, lookup=no_choice)
    await connect("fails", port=port, host=host, lookup=asks(err))
    await connect("no address", port=port, host=host, lookup=asks(None, [one("nonsense", 4)]))
    await connect("no family", port=port, host=host, family=4, lookup=asks(None, "127.0.0.1", 5))
    mixed = [one("nonsense", 4), one("127.0.0.1", 4)]
    await connect("mixed", port=port, host=host, lookup=asks(None, mixed))
    socket = Socket()
    socket.on("close", lambda had_error: log("destroyed", "close", had_error))
    socket.on("lookup", lambda *_: log("destroyed", "never"))
    asked = gate()
    socket.connect(port=port, host=host, lookup=lambda host, options, callback: asked.open(callback))
    callback = await asked
    socket.destroy()
    await once(socket, "close")
    callback(None, [one("127.0.0.1", 4)])


async def several(port):
    def lookup(host, options, callback):
        callback(None, [one("127.0.0.2", 4), one("127.0.0.3", 4), one("127.0.0.2", 4)])

    failed = await connect("several", port=1, host="name.test", lookup=lookup)
    log("several", failed.autoSelectFamilyAttemptedAddresses)

    def found(host, options, callback):
        callback(None, [one("127.0.0.9", 4), one("127.0.0.1", 4)])

    socket = await connect("second", port=port, host="name.test", lookup=found)
    log("second", len(socket.autoSelectFamilyAttemptedAddresses))


async def blocked(port):
    block_list = BlockList()
    block_list.addSubnet("127.0.0.0", 8)

    def lookup(host, options, callback):
        callback(None, [one("127.0.0.1", 4), one("127.0.0.2", 4)])

    for host in ("127.0.0.1", "name.test"):
        socket = Socket()
        tell(f"blocked {host}", socket, port)
        closed = once(socket, "close")
        socket.connect(port=port, host=host, lookup=lookup, blockList=block_list)
        await closed


async def local(port):
    host = "127.0.0.1"
    socket = Socket().connect(port=port, host=host, localAddress="127.0.0.5")
    await once(socket, "connect")
    log("local", socket.localAddress)
    await connect("absent", port=port, host=host, localAddress="192.0.2.1")
    end = {"localAddress": "127.0.0.6", "localPort": socket.localPort}
    err = await once(Socket().connect(port=1, host=host, **end), "error")
    log("local", err.code, str(err).replace(str(socket.localPort), "port"))
    socket.destroy()


async def paths():
    socket = Socket()
    tell("path", socket, 0)
    closed = once(socket, "close")
    socket.connect("/nowhere/socket")
    await closed


async def signals(port):
    controller = AbortController()
    socket = Socket().connect(port=port, host="127.0.0.1", signal=controller.signal)
    socket.on("error", lambda err: log("signal", err))
    socket.on("connect", lambda: controller.abort())
    await once(socket, "close")
    log("signal", socket.destroyed)


async def requests(port):
    def lookup(host, options, callback):
        callback(None, [one("127.0.0.2", 4), one("127.0.0.3", 4)])

    failing = http.get({"host": "name.test", "port": 1, "lookup": lookup, "agent": False})
    err = await once(failing, "error")
    log("request", err.code, err.errors)

    def found(host, options, callback):
        callback(None, "127.0.0.1", 4)

    wanted = {"host": "name.test", "port": port, "lookup": found, "localAddress": "127.0.0.7", "agent": False}
    res = await once(http.get(wanted), "response")
    res.setEncoding("utf8")
    res.on("data", lambda text: log("request", text))
    await once(res, "end")


run(main)
