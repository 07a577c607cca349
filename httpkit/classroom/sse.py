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
    """Sends ?count=5 server-sent events, one every ?every=200 ms; goes on after Last-Event-ID

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    count = number(req.query.get("count", "5"), "count", 0, _MOST)
    every = number(req.query.get("every", "200"), "every", 0, _LONGEST)
    seen = number(req.headers.get("Last-Event-ID", "0"), "Last-Event-ID", 0, _MOST)
    res.writeHead(200, {"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    res.write("retry: 1000\n\n")
    for at in range(seen + 1, count + 1):
        if res.destroyed:
            return
        res.write(f"id: {at}\nevent: tick\ndata: {json.dumps({'tick': at})}\n\n")
        if at < count:
            await sleep(every / 1000)
    res.end()


ROUTES = (Route(("GET",), "/events", events, "/events?count=3"),)
