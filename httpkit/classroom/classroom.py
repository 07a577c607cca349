"""The classroom: a handler for a server to practise on."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from httpkit.notebook.serving import Served, serve

from . import (
    caching,
    compression,
    cookies,
    doors,
    echo,
    faults,
    hints,
    languages,
    origins,
    redirects,
    slow,
    sse,
    statuses,
    uploads,
)
from .entrance import entrance
from .lighthouses import Lighthouses
from .notes import Notes
from .replies import Refusal, send_refusal
from .routes import Route, allowed, routes_for

# In the order of the list at `/`.
_ROOMS = (
    echo,
    statuses,
    slow,
    sse,
    redirects,
    languages,
    caching,
    cookies,
    doors,
    origins,
    compression,
    uploads,
    hints,
    faults,
)


class Classroom:
    """A handler with its own notes and keys: `serve(Classroom(), 3000)` or `http.createServer(Classroom())`."""

    def __init__(self) -> None:
        rooms = [route for room in _ROOMS for route in room.ROUTES]
        self.routes: tuple[Route, ...] = (
            Route(("GET",), "/", entrance(lambda: self.routes), "/"),
            *rooms,
            *Notes().routes,
            *Lighthouses().routes,
        )

    async def __call__(self, req: Any, res: Any) -> None:
        try:
            answer = self._handler_of(req)(req, res)
            if answer is not None:
                await answer
        except Refusal as refusal:
            if not res.headersSent:
                send_refusal(res, refusal)

    def _handler_of(self, req: Any) -> Any:
        """Who answers; the request gets `params` and `query` on the way. Raises Refusal: 404, 405."""
        target, _, query = req.url.partition("?")
        path = _path(target)
        req.query = dict(parse_qsl(query, keep_blank_values=True))
        found = routes_for(path, self.routes)
        method = "GET" if req.method == "HEAD" else req.method
        for route, params in found:
            if method in route.methods:
                req.params = params
                return route.handler
        methods = allowed(route for route, _ in found or [(route, {}) for route in self.routes if path == "*"])
        if req.method == "OPTIONS" and (found or path == "*"):
            return lambda req, res: _say_allowed(res, methods)
        if found:
            raise Refusal(405, f"{path} takes {methods}, not {req.method}.", {"Allow": methods})
        raise Refusal(404, f"There is no {path} here; GET / lists what there is.")


def _path(target: str) -> str:
    """Without the origin that a client of a proxy puts before it: a server has to take that, too (RFC 9112 §3.2.2)."""
    if target.startswith("/") or "://" not in target:
        return target
    return f"/{target.partition('://')[2].partition('/')[2]}"


def _say_allowed(res: Any, methods: str) -> None:
    res.writeHead(204, {"Allow": methods})
    res.end()


def open_classroom(port: int = 3000) -> Served:
    """A fresh classroom on `port`; again, it begins anew. Raises Mistake where the port cannot be had."""
    return serve(Classroom(), port)
