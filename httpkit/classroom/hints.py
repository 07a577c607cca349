"""Answers before the answer."""

from __future__ import annotations

from typing import Any

from .replies import send_text
from .routes import Route

_STYLE = "</style.css>; rel=preload; as=style"


def hints(req: Any, res: Any) -> None:
    """Sends 103 Early Hints, then a page that needs what they name

    Source: RFC 8297
    """
    if req.httpVersion != "1.0":
        # Which knows no answer before the answer.
        res.writeEarlyHints({"link": _STYLE})
    res.setHeader("Link", _STYLE)
    send_text(res, '<!doctype html>\n<link rel="stylesheet" href="/style.css">\n<p>Styled.</p>\n', kind="text/html")


def style(req: Any, res: Any) -> None:
    """The style sheet that /hints names"""
    send_text(res, "p { font-size: 3rem }\n", kind="text/css")


ROUTES = (Route(("GET",), "/hints", hints, "/hints"), Route(("GET",), "/style.css", style))
