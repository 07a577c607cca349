"""What a page from elsewhere may do: cross-origin resource sharing.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

from typing import Any

from .replies import send_json
from .routes import Route

_FRIEND = "https://friend.example"


def shared(req: Any, res: Any) -> None:
    """Data that pages of https://friend.example may read, and no others"""
    _allow(req, res)
    send_json(res, {"shared with": _FRIEND})


def preflight(req: Any, res: Any) -> None:
    """What browsers ask before they send what a form could not"""
    if _allow(req, res):
        res.setHeader("Access-Control-Allow-Methods", "GET, PUT")
        res.setHeader("Access-Control-Allow-Headers", "Content-Type")
        res.setHeader("Access-Control-Max-Age", "600")
    res.setHeader("Allow", "GET, HEAD, OPTIONS, PUT")
    res.writeHead(204)
    res.end()


def _allow(req: Any, res: Any) -> bool:
    """Names the origin of the request where it is a friend's; the answer depends on it, so caches must know."""
    res.setHeader("Vary", "Origin")
    is_friend = bool(req.headers.get("Origin") == _FRIEND)
    if is_friend:
        res.setHeader("Access-Control-Allow-Origin", _FRIEND)
    return is_friend


ROUTES = (
    Route(("GET", "PUT"), "/cors", shared, "/cors"),
    Route(("OPTIONS",), "/cors", preflight),
)
