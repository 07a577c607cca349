"""What the rooms of the classroom answer with, and what they read from a request."""

from __future__ import annotations

import json
from asyncio import Event
from collections.abc import Mapping
from typing import Any

from httpkit.constants import STATUS_CODES

_MOST_BODY = 1_000_000  # bytes


class Refusal(Exception):
    """A request that is answered with an error: `status`, why in a sentence, and the headers that belong to it."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def send_json(res: Any, value: Any, status: int = 200, kind: str = "application/json") -> None:
    """End a response with a value as JSON."""
    body = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    send_text(res, body, status, kind)


def send_text(res: Any, body: str, status: int = 200, kind: str = "text/plain; charset=utf-8") -> None:
    """End a response with a text; 'Content-Length' is the count of its bytes."""
    data = body.encode()
    res.writeHead(status, {"Content-Type": kind, "Content-Length": len(data)})
    res.end(data)


def send_refusal(res: Any, refusal: Refusal) -> None:
    """End a response with the reason why there is no better one, for programs and people alike.

    Source: RFC 9457, Problem Details for HTTP APIs
    """
    for name, value in refusal.headers.items():
        res.setHeader(name, value)
    title = STATUS_CODES.get(refusal.status, "Unknown")
    problem = {"title": title, "status": refusal.status, "detail": refusal.detail}
    send_json(res, problem, refusal.status, "application/problem+json")


async def read_body(req: Any, hint: str = "") -> bytes:
    """The whole body, up to 1 MB. Raises Refusal (413) where it is larger, and says the `hint`."""
    body = bytearray()
    async for chunk in req:
        body += chunk
        if len(body) > _MOST_BODY:
            raise Refusal(413, f"Expected at most {_MOST_BODY:,} bytes{hint}.", {"Connection": "close"})
    return bytes(body)


async def read_json(req: Any) -> Any:
    """The body as JSON. Raises Refusal where it is none: 415, 413, 400."""
    kind = req.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Refusal(
            415,
            f"Expected a body of application/json, got {kind or 'no Content-Type'}.",
            {"Accept": "application/json"},
        )
    body = await read_body(req)
    try:
        return parsed_json(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"The body is not JSON: {error}.") from None


def parsed_json(body: bytes) -> Any:
    """JSON that can be sent back as it is. Raises ValueError, also for NaN and half characters, and RecursionError."""
    value = json.loads(body)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value


async def drained(res: Any) -> None:
    """Wait until the client has taken what was written, or has left."""
    ready = Event()
    events = ("drain", "close")
    for event in events:
        res.on(event, ready.set)
    await ready.wait()
    for event in events:
        res.off(event, ready.set)


def number(text: str, what: str, least: int, most: int) -> int:
    """A whole number of a path or a query. Raises Refusal (400) where it is none, or out of range."""
    if text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text) <= most:
        return int(text)
    raise Refusal(400, f"{what} is {text!r}: expected a whole number from {least:,} to {most:,}.")
