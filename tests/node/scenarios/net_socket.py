"""A socket's own life: what it says of itself, writes before and after the connection, time, and the ways to end."""

from prelude import attempt, listen, log, once, run, sleep, watch

from httpkit.net import Socket
from httpkit.net_server import NetServer

FACTS = """connecting pending readyState destroyed allowHalfOpen writable writableEnded writableFinished
  writableLength writableCorked writableObjectMode writableNeedDrain writableHighWaterMark readable closed
  errored bytesRead bytesWritten bufferSize timeout remoteAddress autoSelectFamilyAttemptedAddresses""".split()


async def main():
    def connection(socket):
        socket.on("error", lambda err: None)
        socket.on("end", lambda: socket.end("bye"))
        socket.resume()

    server = NetServer()
    server.allowHalfOpen = True
    server.on("connection", connection)
    port = await listen(server)
    await facts(port)
    await refused()
    await destroyed_early(port)
    await unconnected()
    await corked(port)
    await time(port)
    await endings(port)
    await ended_by_the_peer()
    await misuse()


async def facts(port):
    socket = Socket()
    tell("fresh", socket)
    log("facts", socket.address())
    connected = once(socket, "connect")
    log("facts", socket.connect(port, "127.0.0.1", lambda: log("facts", "callback")) is socket)
    tell("opening", socket)
    await connected
    tell("open", socket)
    local = socket.address()
    ends = (socket.localPort > 0, socket.remotePort == port, socket.remoteFamily, socket.localFamily)
    log("facts", local["address"], local["family"], *ends)
    socket.on("data", lambda chunk: log("facts", chunk, socket.bytesRead))
    closed = once(socket, "close")
    socket.end("hello")
    log("facts", socket.bytesWritten, socket.readyState, socket.writable)
    await closed
    tell("closed", socket)


def tell(name, socket):
    for fact in FACTS:
        log(name, fact, getattr(socket, fact))


async def refused():
    socket = Socket()
    watch("refused", "socket", socket, "error")
    socket.on("close", lambda had_error: log("refused", "close", had_error))
    socket.connect(1, "127.0.0.1")
    for name in "abc":
        socket.write(name, lambda err=None, name=name: log("refused callbacks", name, err))
    log("refused", socket.bytesWritten, socket.writableLength)
    await once(socket, "close")
    await sleep(5)


async def destroyed_early(port):
    socket = Socket()
    socket.on("close", lambda had_error: log("destroyed", "close", had_error))
    socket.connect(port, "127.0.0.1")
    for name in "ab":
        socket.write(name, lambda err=None, name=name: log("destroyed callbacks", name, err))
    socket.destroy()
    await once(socket, "close")
    socket.write("late", lambda err=None: log("destroyed callbacks", "late", err))
    await sleep(5)


async def unconnected():
    socket = Socket()
    watch("unconnected", "socket", socket, "error", "close")
    log("unconnected", socket.write("x", lambda err=None: log("unconnected", "callback", err)))
    await once(socket, "close")
    other = Socket()
    watch("unconnected", "other", other, "error", "close")
    log("unconnected", other.resetAndDestroy() is other)
    await once(other, "close")


async def corked(port):
    socket = Socket().connect(port, "127.0.0.1")
    await once(socket, "connect")
    socket.cork()
    socket.cork()
    socket.write("abc", lambda: log("corked", "written"))
    log("corked", socket.writableCorked, socket.writableLength)
    socket.uncork()
    log("corked", socket.writableCorked, socket.writableLength)
    socket.uncork()
    log("corked", socket.writableCorked, socket.writableLength)
    attempt("corked", "setDefaultEncoding", lambda: socket.setDefaultEncoding("nope"))
    log("corked", socket.setDefaultEncoding("hex") is socket)
    socket.write("616263")
    log("corked", socket.bytesWritten)
    socket.destroy()


async def time(port):
    socket = Socket().connect(port, "127.0.0.1")
    await once(socket, "connect")
    socket.on("timeout", lambda: log("time", "timeout", socket.timeout))
    log("time", socket.setTimeout(15, lambda: log("time", "callback")) is socket)
    await sleep(120)
    again = once(socket, "timeout")
    socket.write("x")
    await again
    socket.setTimeout(0)
    log("time", socket.timeout)
    socket.destroy()
    log("time", socket.setTimeout(10) is socket, socket.timeout)


async def endings(port):
    soon = Socket().connect(port, "127.0.0.1")
    await once(soon, "connect")
    soon.on("close", lambda had_error: log("soon", "close", had_error))
    soon.on("finish", lambda: log("soon", "finish"))
    soon.write("x", lambda: log("soon", "written"))
    soon.destroySoon()
    log("soon", soon.destroyed, soon.writable)
    await once(soon, "close")
    reset = Socket().connect(port, "127.0.0.1")
    reset.on("connect", lambda: log("reset", "connect"))
    reset.on("close", lambda had_error: log("reset", "close", had_error))
    reset.resetAndDestroy()
    log("reset", reset.destroyed)
    await once(reset, "close")


async def ended_by_the_peer():
    server = NetServer()
    server.on("connection", lambda socket: socket.end())
    socket = Socket().connect(await listen(server), "127.0.0.1")
    watch("ended", "socket", socket, "end", "finish", "error")
    socket.on("close", lambda had_error: log("ended", "close", had_error))
    socket.resume()
    socket.on("finish", lambda: log("ended", socket.write("x", lambda err=None: log("ended", "callback", err))))
    await once(socket, "close")
    await sleep(5)


async def misuse():
    fresh = Socket
    attempt("misuse", "nothing", lambda: fresh().connect())
    attempt("misuse", "empty", lambda: fresh().connect({}))
    attempt("misuse", "port", lambda: fresh().connect(-1))
    attempt("misuse", "port true", lambda: fresh().connect({"port": True}))
    attempt("misuse", "path", lambda: fresh().connect({"path": 5}))
    attempt("misuse", "host", lambda: fresh().connect({"port": 1, "host": 5}))
    attempt("misuse", "null byte", lambda: fresh().connect({"port": 1, "host": "a\0"}))
    attempt("misuse", "localAddress", lambda: fresh().connect({"port": 1, "localAddress": "foo"}))
    attempt("misuse", "localPort", lambda: fresh().connect({"port": 1, "localPort": "x"}))
    attempt("misuse", "lookup", lambda: fresh().connect({"port": 1, "host": "x", "lookup": 5}))
    attempt("misuse", "family", lambda: fresh().connect({"port": 1, "host": "localhost", "family": 7}))
    attempt("misuse", "hints", lambda: fresh().connect({"port": 1, "host": "localhost", "hints": 1}))
    attempt("misuse", "autoSelectFamily", lambda: fresh().connect({"port": 1, "autoSelectFamily": 5}))
    attempt("misuse", "attempt timeout", lambda: fresh().connect({"port": 1, "autoSelectFamilyAttemptTimeout": 0}))
    attempt("misuse", "tos", lambda: fresh().setTypeOfService(256))
    attempt("misuse", "tos text", lambda: fresh().setTypeOfService("1"))
    log("misuse", fresh().setTypeOfService(16).getTypeOfService(), fresh().getTypeOfService())


run(main)
