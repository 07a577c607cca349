"""Servers of a test: they listen for as long as the block runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpkit as http

Handler = Callable[[Any, Any], Any]


@contextmanager
def serving(handler: Handler | None = None, secure: dict[str, Any] | None = None) -> Iterator[http.Server]:
    """A server with `handler`, over TLS where it is given the options `secure`."""
    server = http.https.createServer(secure) if secure is not None else http.createServer()
    if handler is not None:
        server.on("request", handler)
    server.listen(0)
    try:
        yield server
    finally:
        server.close()
        server.closeAllConnections()


async def echo(req: Any, res: Any) -> None:
    """Answers with what it was asked: method, target and body."""
    body = await req.bytes()
    res.end(f"{req.method} {req.url} {body.decode()}".rstrip())
