"""What a server has the client remember."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .replies import Refusal, send_json
from .routes import Route


def cookies(req: Any, res: Any) -> None:
    """The cookies that came with the request"""
    send_json(res, {"cookies": cookies_of(req)})


def set_cookies(req: Any, res: Any) -> None:
    """Sets a cookie for each ?name=value, then redirects to /cookies"""
    if not req.query or "" in req.query:
        raise Refusal(400, "Expected a query such as ?flavour=oat.")
    values = [
        f"{quote(name, safe='')}={quote(value, safe='')}; Path=/; HttpOnly; SameSite=Lax"
        for name, value in req.query.items()
    ]
    _lead_back(res, values)


def delete_cookies(req: Any, res: Any) -> None:
    """Has the client forget each ?name, then redirects to /cookies"""
    # There is no word for it: a cookie goes when it expires (RFC 6265 §3.1).
    _lead_back(res, [f"{quote(name, safe='')}=; Path=/; Max-Age=0" for name in req.query])


def cookies_of(req: Any) -> dict[str, str]:
    """The pairs of the Cookie header."""
    pairs = (each.partition("=") for each in req.headers.get("Cookie", "").split(";"))
    return {name.strip(): value.strip() for name, mark, value in pairs if mark}


def _lead_back(res: Any, values: list[str]) -> None:
    res.setHeader("Set-Cookie", values)
    res.writeHead(303, {"Location": "/cookies", "Content-Length": 0})
    res.end()


ROUTES = (
    Route(("GET",), "/cookies", cookies, "/cookies"),
    Route(("GET",), "/cookies/set", set_cookies, "/cookies/set?flavour=oat"),
    Route(("GET",), "/cookies/delete", delete_cookies, "/cookies/delete?flavour"),
)
