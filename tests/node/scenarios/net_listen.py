"""listen(): every form and option, and what cannot be asked for."""

import os
import tempfile
from pathlib import Path

from prelude import attempt, log, once, raw, run

import httpkit as http
from httpkit.abort import AbortController, AbortSignal


async def main():
    await forms()
    await shared()
    await paths()
    await signals()
    await mistakes()


async def listening(*args):
    server = http.createServer(lambda req, res: res.end())
    opened = once(server, "listening")
    server.listen(*args)
    await opened
    return server


async def forms():
    for args in [
        (0, "127.0.0.1"),
        ("0", "127.0.0.1"),
        (0, "127.0.0.1", 5),
        ({"port": 0, "host": "localhost"},),
        ({"port": None, "host": "127.0.0.1"},),
        ({"port": 0, "host": "127.0.0.1", "exclusive": True, "backlog": 7},),
    ]:
        server = await listening(*args)
        where = server.address()
        answer = await raw(where["port"], "GET / HTTP/1.0\r\n\r\n")
        log("forms", where["address"], where["family"], answer.split("\r\n")[0])
        server.close()


async def shared():
    first = await listening(0, "127.0.0.1")
    second = await listening(first)
    log("shared", second.address()["port"] == first.address()["port"])
    log("shared", (await raw(second.address()["port"], "GET / HTTP/1.0\r\n\r\n")).split("\r\n")[0])
    second.close()
    one = await listening({"port": 0, "host": "127.0.0.1", "reusePort": True})
    two = await listening({"port": one.address()["port"], "host": "127.0.0.1", "reusePort": True})
    log("shared", one.address()["port"] == two.address()["port"])
    one.close()
    two.close()


async def paths():
    folder = Path(tempfile.mkdtemp(prefix="httpkit-"))
    file = folder / "socket"
    os.umask(0o077)
    for options in [{}, {"readableAll": True}, {"writableAll": True}, {"readableAll": True, "writableAll": True}]:
        server = await listening({"path": str(file), **options})
        mode = file.stat().st_mode
        log("paths", server.address() == str(file), mode & 0o044, mode & 0o022)
        closed = once(server, "close")
        server.close()
        await closed
        log("paths", file.exists())
    folder.rmdir()


async def signals():
    controller = AbortController()
    server = await listening({"port": 0, "host": "127.0.0.1", "signal": controller.signal})
    closed = once(server, "close")
    controller.abort()
    await closed
    log("signals", server.listening)
    early = http.createServer()
    early.on("listening", lambda: log("signals", "early listening"))
    over = once(early, "close")
    early.listen({"port": 0, "signal": AbortSignal.abort()})
    await over
    log("signals", early.listening)


async def mistakes():
    server = http.createServer()
    wrong = [
        ({},),
        ({"host": "::1"},),
        (True,),
        ("",),
        (-1,),
        (1.5,),
        (65536,),
        ({"path": ""},),
        ({"path": 5},),
        ({"fd": -1},),
        ({"path": "\0abstract", "readableAll": True},),
        ({"port": 0, "host": 5},),
        ({"port": 0, "signal": 5},),
    ]
    for index, args in enumerate(wrong):
        attempt("mistakes", index, lambda args=args: server.listen(*args))
    for index, args in enumerate([({"fd": 9999},), ("/nowhere/socket",)]):
        other = http.createServer()
        failed = once(other, "error")
        other.listen(*args)
        log("mistakes", index, await failed)


run(main)
