"""What arrived, as the server saw it."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from .replies import Refusal, send_json
from .routes import ANY, Route

_MOST = 1_000_000  # bytes


async def echo(req: Any, res: Any) -> None:
    """Says what arrived: method, path, query, headers as they were sent, body"""
    body = b""
    async for chunk in req:
        body += chunk
        if len(body) > _MOST:
            raise Refusal(413, f"Expected at most {_MOST:,} bytes; /upload takes more.", {"Connection": "close"})
    raw = req.rawHeaders
    arrived = {
        "method": req.method,
        "url": req.url,
        "query": req.query,
        "httpVersion": req.httpVersion,
        "headers": [f"{name}: {value}" for name, value in zip(raw[::2], raw[1::2], strict=True)],
        **_body(req, body),
    }
    send_json(res, arrived)


def _body(req: Any, body: bytes) -> dict[str, Any]:
    """The body as JSON where it says so, as text where it is one, else in Base64."""
    if not body:
        return {}
    try:
        if "json" in req.headers.get("Content-Type", ""):
            return {"json": json.loads(body)}
        return {"text": body.decode()}
    except (ValueError, RecursionError):
        return {"base64": b64encode(body).decode()}


ROUTES = (Route(ANY, "/echo", echo, "/echo?a=1"),)
