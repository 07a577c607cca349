"""Server-sent events."""

from __future__ import annotations

import json
from asyncio import sleep
from typing import Any

from .replies import number
from .routes import Route

_MOST = 1_000
_LONGEST = 30_000  # ms


async def events(req: Any, res: Any) -> None:
    """Sends ?count=5 server-sent events, one every ?every=200 ms; goes on after Last-Event-ID, and is over with 204

    A browser that gets 204 does not connect again. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    count = number(req.query.get("count", "5"), "count", 0, _MOST)
    every = number(req.query.get("every", "200"), "every", 0, _LONGEST)
    last = req.headers.get("Last-Event-ID", "")
    seen = int(last) if last.isascii() and last.isdecimal() and len(last) < 6 else 0
    if seen >= count > 0:
        res.writeHead(204)
        res.end()
        return
    res.writeHead(200, {"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    if req.method == "HEAD":
        res.end()
        return
    res.write("retry: 1000\n\n")
    for at in range(seen + 1, count + 1):
        if res.destroyed:
            return
        res.write(f"id: {at}\nevent: tick\ndata: {json.dumps({'tick': at})}\n\n")
        if at < count:
            await sleep(every / 1000)
    res.end()


ROUTES = (Route(("GET",), "/events", events, "/events?count=3"),)
