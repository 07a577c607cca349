"""Plain HTTP, and nonsense, at an HTTPS port; HTTPS at a plain port; and a peer that hangs up before it is secure."""

import asyncio
from pathlib import Path

from prelude import dial, listen, log, raw, run, serve

import httpkit as http
from httpkit import https


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


options = {"cert": pem("localhost"), "key": pem("localhost-key"), "handshakeTimeout": 300}


def failure(request):
    failed = asyncio.get_running_loop().create_future()
    request.on("error", failed.set_result)
    return failed


async def main():
    heard = https.createServer(options, lambda req, res: res.end("hi"))
    number = {int: "number"}
    heard.on("connection", lambda socket: log("heard", "connection", number[type(socket.remotePort)]))
    heard.on(
        "tlsClientError",
        lambda error, socket: log("heard", "tlsClientError", error.code, socket.encrypted, socket.authorized),
    )

    @heard.on("clientError")
    def client_error(error, socket):
        log("heard", "clientError", error.code, socket.encrypted)
        socket.destroy()

    unheard = https.createServer(options, lambda req, res: res.end("hi"))
    for lane, server in {"heard": heard, "unheard": unheard}.items():
        port = await listen(server)
        log(lane, await raw(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        log(lane, await raw(port, "nonsense nonsense nonsense\r\n\r\n"))
        peer = await dial(port)
        peer.end()
        log(lane, await peer.rest())
        silent = await dial(port)
        log(lane, "silent", await silent.rest())
        log(lane, await failure(http.get({"host": "127.0.0.1", "port": port})))
        server.close()

    async def fails(lane, request):
        error = await failure(request)
        message = str(error) if error.code == "ECONNRESET" else ""
        log(lane, error.code, error.syscall, message, getattr(error, "host", None))

    plain = http.createServer(lambda req, res: res.end("hi"))
    await fails("plain", https.get({"host": "127.0.0.1", "port": await listen(plain)}))
    plain.close()

    async def hang_up(peer):
        peer.end()

    await fails("closing", https.get({"host": "127.0.0.1", "port": await serve(hang_up)}))


run(main)
