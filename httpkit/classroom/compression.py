"""The same in fewer bytes."""

from __future__ import annotations

import gzip
import re
import sys
import zlib
from typing import Any

import brotli

from .negotiation import preferred
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
    accepted = req.headers.get("Accept-Encoding", "")
    if not re.search(r"identity|\*", accepted):
        # What nobody speaks of is fine, if only just (RFC 9110 §12.5.3).
        accepted += ", identity;q=0.001"
    coding = preferred(accepted, (*_BODIES, "identity"))
    if coding is None:
        raise Refusal(406, f"Expected Accept-Encoding with one of {', '.join(_BODIES)}, or identity.")
    _send(res, coding)


def compress_with(req: Any, res: Any) -> None:
    """4,900 bytes of text in this coding, whatever the client accepts"""
    coding = req.params["coding"]
    if coding not in _BODIES:
        raise Refusal(400, f"The coding is {coding!r}: expected one of {', '.join(_BODIES)}.")
    _send(res, coding)


def _send(res: Any, coding: str) -> None:
    body = _BODIES.get(coding, _TEXT)
    if coding in _BODIES:
        res.setHeader("Content-Encoding", coding)
    res.writeHead(200, {"Content-Type": "text/plain; charset=utf-8", "Content-Length": len(body)})
    res.end(body)


ROUTES = (
    Route(("GET",), "/compress", compress, "/compress"),
    Route(("GET",), "/compress/{coding}", compress_with, "/compress/gzip"),
)
