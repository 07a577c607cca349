"""What arrived, as the server saw it."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from .replies import parsed_json, read_body, send_json
from .routes import ANY, Route


async def echo(req: Any, res: Any) -> None:
    """Says what arrived: method, path, query, headers as they were sent, body"""
    body = await read_body(req, "; /upload takes more")
    raw = req.rawHeaders
    arrived = {
        "method": req.method,
        "url": req.url,
        "query": _query(req),
        "httpVersion": req.httpVersion,
        "headers": [f"{name}: {value}" for name, value in zip(raw[::2], raw[1::2], strict=True)],
        **_body(req, body),
    }
    send_json(res, arrived)


def _body(req: Any, body: bytes) -> dict[str, Any]:
    """The body as JSON where it says so, as text where it is one, else in Base64."""
    if not body:
        return {}
    if "json" in req.headers.get("Content-Type", ""):
        with suppress(ValueError, RecursionError):
            return {"json": parsed_json(body)}
    try:
        return {"text": body.decode()}
    except ValueError:
        return {"base64": b64encode(body).decode()}


def _query(req: Any) -> dict[str, Any]:
    """Each name with its value, or with all of them where it came several times."""
    values = parse_qs(req.url.partition("?")[2], keep_blank_values=True)
    return {name: several if len(several) > 1 else several[0] for name, several in values.items()}


ROUTES = (Route(ANY, "/echo", echo, "/echo?a=1"),)
