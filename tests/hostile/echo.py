"""A server that echoes requests, in memory: what its handlers saw and what it sent for a stream of packets."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

import httpkit as http
from tests.hostile.corpus import Json, answers_in, lines_of, text_of
from tests.memory import Connection, MemoryTransport

# Bodies and targets longer than this are compared by their digest.
_LONG = 400


class _Transport(MemoryTransport):
    """Its connection is lost in a later turn of the loop, as asyncio's are."""

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    abort = close


class CountingLoop(asyncio.SelectorEventLoop):
    """Knows how many callbacks were scheduled, so that one can tell when there is nothing left to do."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduled = 0

    def call_soon(self, *args: Any, **context: Any) -> asyncio.Handle:  # type: ignore[override]
        self.scheduled += 1
        return super().call_soon(*args, **context)


async def settle() -> None:
    """Return when all that follows from what has happened has happened; timers are not waited for."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, CountingLoop)
    before = -1
    while loop.scheduled > before + 1:
        before = loop.scheduled
        await asyncio.sleep(0)


def converse(packets: Iterable[bytes], *, ends: bool, upgrades: bool) -> Json:
    """What an echo server makes of `packets`, each read and answered before the next arrives.

    `ends`: the client then closes its half of the connection. `upgrades`: the server takes upgrades and tunnels.
    """

    async def run() -> Json:
        seen: list[Json] = []
        connection = Connection(_server(seen, upgrades=upgrades))
        connection.transport.__class__ = _Transport
        sent = b""
        for packet in packets:
            sent += connection.send(packet)
            await settle()
        if ends and not connection.closed:
            sent += connection.end()
            await settle()
        sent += connection.send()
        sent += connection.send()
        closed = connection.closed or connection.transport.ended
        return {"seen": [_slim(event) for event in seen], "answers": answers_in(sent), "closed": closed}

    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        return runner.run(run())


def _server(seen: list[Json], *, upgrades: bool) -> http.Server:
    @http.createServer
    def server(req: Any, res: Any) -> None:
        event = _facts("request", req) | {"body": b"", "ended": False}
        seen.append(event)

        def more(chunk: bytes) -> None:
            event["body"] += chunk

        def end() -> None:
            event.update(ended=True, rawTrailers=req.rawTrailers)
            res.setHeader("Content-Type", "application/json")
            echo = _facts("request", req) | {"body": base64.b64encode(event["body"]).decode()}
            res.end(json.dumps(echo))

        req.on("data", more)
        req.on("error", lambda err: None)
        req.on("end", end)

    if upgrades:
        server.on("upgrade", _taker(seen, "upgrade", 101))
        server.on("connect", _taker(seen, "connect", 200))
    return server


def _taker(seen: list[Json], event: str, status: int) -> Callable[..., None]:
    def take(req: Any, socket: Any, head: bytes) -> None:
        seen.append(_facts(event, req) | {"head": head})
        socket.on("error", lambda err: None)
        socket.end(f"HTTP/1.1 {status} X\r\nConnection: close\r\n\r\n{req.url}")

    return take


def _facts(event: str, req: Any) -> Json:
    facts = {"method": req.method, "url": req.url, "httpVersion": req.httpVersion, "rawHeaders": req.rawHeaders}
    return {"t": event, **facts}


def _slim(event: Json) -> Json:
    """What a handler saw, as the corpus writes it. How much of a body that never ended had come does not count."""
    event = {**event, "rawHeaders": lines_of(event["rawHeaders"], 3000)}
    url = event["url"].encode("latin-1")
    if len(url) > 600:
        event["url"] = text_of(url, 0)
    if not event.get("ended", True):
        del event["body"]
    if "rawTrailers" in event:
        event["rawTrailers"] = lines_of(event["rawTrailers"], 3000)
    for name in ("body", "head"):
        if name in event:
            event[name] = text_of(event[name], _LONG)
    return event
