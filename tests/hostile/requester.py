"""A client that asks once for what a hostile server sends, and what becomes of its request, response and socket."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

import httpkit as http
from tests.hostile.corpus import Json
from tests.hostile.echo import CountingLoop, settle

# How long, in seconds, to wait for bytes that are on their way from one socket of this process to another.
_PATIENCE = 10


def ask(method: str, packets: Iterable[bytes], *, ends: bool) -> Json:
    """One request through an agent that keeps sockets; its server answers `packets`, each when the last has been read.

    `ends`: the server then closes its half. `method` may be UPGRADE: a GET that asks for a websocket.
    """

    async def run() -> Json:
        connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Future()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connected.set_result((reader, writer))

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        agent = http.Agent(keepAlive=True, maxSockets=1)
        request, result = _begin(method, server.sockets[0].getsockname()[1], agent)
        reader, writer = await connected
        await reader.readuntil(b"\r\n\r\n")
        if method == "POST":
            await reader.readuntil(b"0\r\n\r\n")
        socket = request.socket
        assert socket is not None
        await _send(packets, socket, writer)
        result["reusable"] = any(not socket.destroyed for each in agent.freeSockets.values() for socket in each)
        if ends and "end" not in result and not socket.destroyed:
            await _end(socket, writer)
        result.setdefault("end", "timeout")
        agent.destroy()
        request.destroy()
        writer.transport.abort()
        server.close()
        await settle()
        return result

    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        return runner.run(run())


async def _send(packets: Iterable[bytes], socket: Any, writer: asyncio.StreamWriter) -> None:
    sent = 0
    async with asyncio.timeout(_PATIENCE):
        for packet in packets:
            sent += len(packet)
            writer.write(packet)
            while socket.bytesRead < sent and not socket.destroyed:  # noqa: ASYNC110 - only its connection is told
                await asyncio.sleep(0)
            await settle()


async def _end(socket: Any, writer: asyncio.StreamWriter) -> None:
    closed = asyncio.Event()
    socket.on("close", lambda *_: closed.set())
    writer.write_eof()
    async with asyncio.timeout(_PATIENCE):
        await closed.wait()
    await settle()


def _begin(method: str, port: int, agent: http.Agent) -> tuple[http.ClientRequest, Json]:
    result: Json = {"ninfo": 0}
    options: Json = {"host": "127.0.0.1", "port": port, "method": method, "path": "/", "agent": agent}
    if method == "UPGRADE":
        options |= {"method": "GET", "headers": {"Connection": "Upgrade", "Upgrade": "websocket"}}
    elif method == "CONNECT":
        options["path"] = "x:1"
    request = http.request(options)

    def information(info: Json) -> None:
        result["ninfo"] += 1

    def failed(err: BaseException) -> None:
        if "end" not in result:
            result.update(end="error", error=getattr(err, "code", str(err)))

    def taken(event: str) -> Any:
        def take(res: Any, socket: Any, head: bytes) -> None:
            socket.destroy()
            result.update(_facts(event, res), head=base64.b64encode(head).decode(), end=event)

        return take

    request.on("information", information)
    request.on("error", failed)
    if method == "UPGRADE":
        request.on("upgrade", taken("upgrade"))
    if method == "CONNECT":
        request.on("connect", taken("connect"))
    request.on("response", lambda res: _read(res, result))
    if method == "POST":
        request.write("x")
    request.end()
    return request, result


def _read(res: Any, result: Json) -> None:
    result.update(_facts("response", res))
    chunks: list[bytes] = []

    def over(end: str) -> None:
        body = b"".join(chunks)
        short = len(body) <= 300
        text = base64.b64encode(body).decode() if short else f"sha256:{hashlib.sha256(body).hexdigest()}:{len(body)}"
        if "end" not in result:
            result.update(end=end, body=text, complete=res.complete, rawTrailers=res.rawTrailers)

    res.on("data", chunks.append)
    res.on("end", lambda: over("end"))
    res.on("error", lambda err: result.update(resError=err.code))
    res.on("close", lambda: over("close"))


def _facts(event: str, res: Any) -> Json:
    raw, reason = res.rawHeaders, res.statusMessage
    if len(raw) > 60 or sum(map(len, raw)) > 2000:
        text = json.dumps(raw, separators=(",", ":"), ensure_ascii=False)
        raw = ["sha256:" + hashlib.sha256(text.encode()).hexdigest(), str(len(raw))]
    return {
        "event": event,
        "status": res.statusCode,
        "statusMessage": f"len:{len(reason)}" if len(reason) > 300 else reason,
        "httpVersion": res.httpVersion,
        "rawHeaders": raw,
    }
