"""Servers that misbehave, to see what a client makes of it."""

from __future__ import annotations

from typing import Any

from .replies import Refusal
from .routes import Route


def fault(req: Any, res: Any) -> None:
    """Misbehaves: `drop` closes without an answer, `short` in its middle, `hang` says nothing, `garbage` no HTTP"""
    kind = req.params["kind"]
    if kind not in _KINDS:
        raise Refusal(400, f"The fault is {kind!r}: expected one of {', '.join(_KINDS)}.")
    _KINDS[kind](req, res)


def _drop(req: Any, res: Any) -> None:
    req.socket.destroy()


def _short(req: Any, res: Any) -> None:
    res.writeHead(200, {"Content-Type": "text/plain", "Content-Length": 1000})
    # What was written is on its way before the connection ends.
    res.write("Only the beginning.\n", lambda *_: req.socket.end())


def _hang(req: Any, res: Any) -> None:
    """Nothing: the client decides how long it waits."""


def _garbage(req: Any, res: Any) -> None:
    req.socket.end("220 mail.example ESMTP\r\n")


_KINDS = {"drop": _drop, "short": _short, "hang": _hang, "garbage": _garbage}

ROUTES = (Route(("GET",), "/fault/{kind}", fault, "/fault/short"),)
