"""Answers that take their time, and answers in pieces."""

from __future__ import annotations

import json
from asyncio import sleep
from typing import Any

from .replies import number, send_json
from .routes import Route

_LONGEST = 30_000  # ms
_MOST_LINES = 1_000
_MOST_BYTES = 10_000


async def delay(req: Any, res: Any) -> None:
    """Answers after so many milliseconds"""
    ms = number(req.params["ms"], "The delay", 0, _LONGEST)
    await sleep(ms / 1000)
    send_json(res, {"delayed": f"{ms} ms"})


async def stream(req: Any, res: Any) -> None:
    """Sends so many lines of JSON as chunks, one every ?every=100 ms, and a trailer

    Their number is not known before, so there is no Content-Length: HTTP/1.1 sends chunks instead, and what is known
    only at the end goes into the trailer section (RFC 9112 §7.1).
    """
    lines = number(req.params["lines"], "The number of lines", 0, _MOST_LINES)
    every = number(req.query.get("every", "100"), "every", 0, _LONGEST)
    # HTTP/1.0 has no chunks, and so no trailers.
    has_chunks = req.method != "HEAD" and req.httpVersion != "1.0"
    res.writeHead(200, {"Content-Type": "application/x-ndjson", **({"Trailer": "X-Lines"} if has_chunks else {})})
    if req.method == "HEAD":
        res.end()
        return
    res.flushHeaders()
    for line in range(1, lines + 1):
        await sleep(every / 1000)
        if res.destroyed:
            return
        res.write(json.dumps({"line": line, "of": lines}) + "\n")
    if has_chunks:
        res.addTrailers({"X-Lines": str(lines)})
    res.end()


async def drip(req: Any, res: Any) -> None:
    """Sends ?bytes=20, one at a time, over ?ms=1000; Content-Length says from the start how many"""
    count = number(req.query.get("bytes", "20"), "bytes", 1, _MOST_BYTES)
    ms = number(req.query.get("ms", "1000"), "ms", 0, _LONGEST)
    res.writeHead(200, {"Content-Type": "text/plain", "Content-Length": count})
    if req.method == "HEAD":
        res.end()
        return
    for at in range(count):
        if res.destroyed:
            return
        res.write("*")
        if at < count - 1:
            await sleep(ms / 1000 / count)
    res.end()


ROUTES = (
    Route(("GET",), "/delay/{ms}", delay, "/delay/500"),
    Route(("GET",), "/stream/{lines}", stream, "/stream/5"),
    Route(("GET",), "/drip", drip, "/drip?bytes=20&ms=1000"),
)
