"""Writing a request: headers as they were asked for, and a body of any size, as fast as the server takes it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from .client_request import ClientRequest
from .messages import Pairs
from .payload import Payload


def add_headers(req: ClientRequest, pairs: Pairs) -> None:
    """Set headers, and add those given twice; what is there by itself gives way to what is given."""
    for name, value in pairs:
        if name.lower() not in ("host", "authorization") and req.hasHeader(name):
            req.appendHeader(name, value)
        else:
            req.setHeader(name, value)


async def write_body(req: ClientRequest, payload: Payload) -> None:
    """Write the body, a file piece by piece as fast as the server takes it."""
    if not payload:
        req.end()
        return
    framed = req.hasHeader("content-length") or req.hasHeader("transfer-encoding")
    if not framed and not (req.useChunkedEncodingByDefault and payload.is_in_memory):
        # Node sends the body of a GET or DELETE without saying how long it is: the server would read a request.
        req.setHeader("Content-Length", payload.size)
    if payload.is_in_memory:
        req.end(payload.read())
        return
    for piece in payload.pieces():
        if req.destroyed or req.res is not None:
            # The server has made up its mind without the rest, and the socket cannot be used again.
            req.shouldKeepAlive = False
            return
        if not req.write(piece):
            await _drained(req)
    req.end()


async def _drained(req: ClientRequest) -> None:
    """Wait until more can be written, or nothing any more."""
    drained = asyncio.get_running_loop().create_future()

    def settle(*_: Any) -> None:
        if not drained.done():
            drained.set_result(None)

    for event in ("drain", "close", "response"):
        req.on(event, settle)
    try:
        await drained
    finally:
        for event in ("drain", "close", "response"):
            cast(Any, req).off(event, settle)
