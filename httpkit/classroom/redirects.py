"""Answers that lead elsewhere, though never to another server."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .replies import Refusal, number, send_json
from .routes import ANY, Route

_STATUSES = (301, 302, 303, 307, 308)


def redirect(req: Any, res: Any) -> None:
    """Redirects so many times, then to /echo"""
    left = number(req.params["times"], "The number of redirects", 1, 100)
    _lead(res, f"/redirect/{left - 1}" if left > 1 else "/echo", 302)


def redirect_to(req: Any, res: Any) -> None:
    """Redirects to ?path=/echo with ?status=302"""
    path = req.query.get("path", "/echo")
    if not path.startswith("/") or path[1:2] in ("/", "\\") or not path.isprintable():
        # Whoever redirects to any place that it is told helps to deceive people.
        raise Refusal(400, f"path is {path!r}: expected one of this server's, such as /echo.")
    status = number(req.query.get("status", "302"), "status", 300, 399)
    if status not in _STATUSES:
        raise Refusal(400, f"status is {status}: expected one of {', '.join(map(str, _STATUSES))}.")
    _lead(res, quote(path, safe="/?#[]@!$&'()*+,;=:%~"), status)


def circle(req: Any, res: Any) -> None:
    """Redirects to itself, for ever"""
    _lead(res, "/redirect/loop", 302)


def _lead(res: Any, path: str, status: int) -> None:
    res.setHeader("Location", path)
    send_json(res, {"see": path}, status)


ROUTES = (
    Route(("GET",), "/redirect/{times}", redirect, "/redirect/3"),
    Route(ANY, "/redirect/to", redirect_to, "/redirect/to?path=/echo&status=307"),
    Route(("GET",), "/redirect/loop", circle, "/redirect/loop"),
)
