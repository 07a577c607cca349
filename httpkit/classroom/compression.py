"""The same in fewer bytes."""

from __future__ import annotations

import gzip
import sys
import zlib
from typing import Any

import brotli

from .languages import preferred
from .replies import Refusal
from .routes import Route

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_TEXT = b"All work and no play makes HTTP a dull protocol.\n" * 100

# What each coding makes of it; gzip without the time, so that the same text is the same bytes.
_BODIES = {
    "zstd": zstd.compress(_TEXT),
    "br": brotli.compress(_TEXT),
    "gzip": gzip.compress(_TEXT, mtime=0),
    "deflate": zlib.compress(_TEXT),
}


def compress(req: Any, res: Any) -> None:
    """4,900 bytes of text in the coding that Accept-Encoding prefers: zstd, br, gzip, deflate or as they are"""
    res.setHeader("Vary", "Accept-Encoding")
    _send(res, preferred(req.headers.get("Accept-Encoding", ""), tuple(_BODIES)))


def compress_with(req: Any, res: Any) -> None:
    """4,900 bytes of text in this coding, whatever the client accepts"""
    coding = req.params["coding"]
    if coding not in _BODIES:
        raise Refusal(400, f"The coding is {coding!r}: expected one of {', '.join(_BODIES)}.")
    _send(res, coding)


def _send(res: Any, coding: str | None) -> None:
    body = _BODIES[coding] if coding else _TEXT
    if coding:
        res.setHeader("Content-Encoding", coding)
    res.writeHead(200, {"Content-Type": "text/plain; charset=utf-8", "Content-Length": len(body)})
    res.end(body)


ROUTES = (
    Route(("GET",), "/compress", compress, "/compress"),
    Route(("GET",), "/compress/{coding}", compress_with, "/compress/gzip"),
)
