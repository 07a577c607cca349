"""How each status comes about: a request, and what a server answers to it.

The server is one of this machine, and what goes over the wire is real. Where Node's own server gives a status by itself
(417, 431), it does here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from httpkit.constants import STATUS_CODES
from httpkit.draft import Draft
from httpkit.messages import Pairs
from httpkit.payload import Payload

from .html import plain
from .mistakes import Mistake
from .statuses import status_of

_TIMEOUT = 10_000  # ms

_VERSION = ("ETag", '"v2"')


@dataclass(frozen=True)
class _Trigger:
    """A request that leads to a status, and the headers that come with it."""

    method: str = "GET"
    sent: Pairs = ()
    body: bytes = b""
    answered: Pairs = ()


_JSON = ("Content-Type", "application/json")
_ELSEWHERE = (("Location", "/status/200"),)
_LATER = (("Retry-After", "30"),)

_TRIGGERS = {
    100: _Trigger("POST", (("Expect", "100-continue"),), b"a large body"),
    201: _Trigger("POST", (_JSON,), b'{"name": "Ann"}', (("Location", "/people/7"),)),
    202: _Trigger("POST", (_JSON,), b'{"report": 2026}', (("Location", "/jobs/7"),)),
    204: _Trigger("DELETE"),
    205: _Trigger("POST", (_JSON,), b"{}"),
    206: _Trigger(sent=(("Range", "bytes=0-4"),), answered=(("Content-Range", "bytes 0-4/11"),)),
    207: _Trigger("PROPFIND", (("Depth", "1"),)),
    301: _Trigger(answered=_ELSEWHERE),
    302: _Trigger(answered=_ELSEWHERE),
    303: _Trigger("POST", (_JSON,), b"{}", _ELSEWHERE),
    304: _Trigger(sent=(("If-None-Match", '"v2"'),), answered=(_VERSION,)),
    307: _Trigger("POST", (_JSON,), b"{}", _ELSEWHERE),
    308: _Trigger("POST", (_JSON,), b"{}", _ELSEWHERE),
    400: _Trigger("POST", (_JSON,), b'{"name": '),
    401: _Trigger(answered=(("WWW-Authenticate", 'Basic realm="the lab"'),)),
    405: _Trigger("DELETE", answered=(("Allow", "GET, HEAD"),)),
    406: _Trigger(sent=(("Accept", "image/webp"),)),
    407: _Trigger(answered=(("Proxy-Authenticate", 'Basic realm="the proxy"'),)),
    412: _Trigger("PUT", (("If-Match", '"v1"'), _JSON), b"{}", (_VERSION,)),
    413: _Trigger("POST", (("Content-Type", "text/plain"),), b"much too much"),
    415: _Trigger("POST", (("Content-Type", "text/plain"),), b"name=Ann", (("Accept-Post", "application/json"),)),
    416: _Trigger(sent=(("Range", "bytes=100-200"),), answered=(("Content-Range", "bytes */11"),)),
    417: _Trigger("POST", (("Expect", "a miracle"),), b"please"),
    422: _Trigger("POST", (_JSON,), b'{"age": -1}'),
    426: _Trigger(answered=(("Connection", "Upgrade"), ("Upgrade", "websocket"))),
    428: _Trigger("PUT", (_JSON,), b"{}"),
    429: _Trigger(answered=_LATER),
    431: _Trigger(sent=(("X-Much", "too much " * 2_000),)),
    451: _Trigger(answered=(("Link", '<https://example.org/order>; rel="blocked-by"'),)),
    503: _Trigger(answered=_LATER),
}

# What a client cannot ask for and go on speaking HTTP.
_NO_HTTP_AFTER = 101


def draft_for(code: int, origin: str) -> Draft:
    """A request that the server at `origin` answers with `code`. Raises Mistake for what no server can answer."""
    if code == _NO_HTTP_AFTER:
        raise Mistake(
            "After 101 the connection speaks another protocol, so that there is no exchange to show: "
            "http.WebSocket(url) makes one."
        )
    if code not in STATUS_CODES:
        raise Mistake(f"{code} is not a status that can be tried: expected one of those that are listed.")
    trigger = _TRIGGERS.get(code, _Trigger())
    draft = Draft(trigger.method, f"{origin}/status/{code}", trigger.sent, Payload(trigger.body))
    return draft.delivered(timeout=_TIMEOUT)


def answer(req: Any, res: Any) -> None:
    """The handler of a server that answers `/status/404` with that status, and with what belongs to it."""
    answer_with(int(req.url.rpartition("/")[2]), res)


def answer_with(code: int, res: Any) -> None:
    """End a response with this status, and with what belongs to it."""
    if code == 102:
        res.writeProcessing()
    elif code == 103:
        res.writeEarlyHints({"link": "</style.css>; rel=preload; as=style"})
    # Interim answers are followed by a final one.
    final = max(code, 200)
    for name, value in _TRIGGERS.get(code, _Trigger()).answered:
        res.setHeader(name, value)
    _end(res, final)


def _end(res: Any, code: int) -> None:
    res.statusCode = code
    if code in (204, 205, 304):
        res.end()
    elif code == 206:
        res.setHeader("Content-Type", "text/plain")
        res.end("Hello")
    elif code == 207:
        res.setHeader("Content-Type", "application/xml")
        res.end(
            '<?xml version="1.0"?>\n<multistatus xmlns="DAV:"><response><href>/status/207</href>'
            "<status>HTTP/1.1 200 OK</status></response></multistatus>"
        )
    else:
        res.setHeader("Content-Type", "application/json")
        res.end(json.dumps({"status": code, "reason": STATUS_CODES[code], "meaning": plain(status_of(code).meaning)}))
