"""The requests that client.json names in words; client.js has the same in Node's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpkit as http
from tests.node.samples.server import put

Act = Callable[[Any], Any]

BODIES: dict[str, Act] = {
    "end()": lambda req: req.end(),
    "end('hi')": lambda req: req.end("hi"),
    "write('a');end('b')": lambda req: (req.write("a"), req.end("b")),
    "CL=2;end('hi')": lambda req: (req.setHeader("Content-Length", 2), req.end("hi")),
    "TE chunked;end('hi')": lambda req: (req.setHeader("Transfer-Encoding", "chunked"), req.end("hi")),
    "flushHeaders;end()": lambda req: (req.flushHeaders(), req.end()),
}

AGENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "globalAgent": lambda: {"agent": None},
    "agent:false": lambda: {"agent": False},
    "new Agent()": lambda: {"agent": http.Agent()},
    "Agent(maxSockets1)": lambda: {"agent": http.Agent(maxSockets=1)},
    "createConnection": lambda: {"agent": None, "createConnection": http.Agent().createConnection},
}


def end(req: Any) -> None:
    req.end()


def end_hi(req: Any) -> None:
    req.end("hi")


def write_a_b(req: Any) -> Any:
    req.write("a")
    return req.end("b")


def wait(req: Any) -> None:
    """For the server's word."""


# name: options, and what is done with the request
CASES: dict[str, tuple[dict[str, Any], Act]] = {
    "setHost:false": ({"setHost": False}, end),
    "setDefaultHeaders:false GET": ({"setDefaultHeaders": False}, end),
    "setDefaultHeaders:false POST end(hi)": ({"setDefaultHeaders": False, "method": "POST"}, end_hi),
    "setDefaultHeaders:false + setHost:true": ({"setDefaultHeaders": False, "setHost": True}, end),
    "auth": ({"auth": "u:p"}, end),
    "headers array flat": ({"headers": ["X-A", "1", "X-A", "2", "Host", "h"]}, end),
    "headers array no host": ({"headers": ["X-A", "1"]}, end),
    "headers array POST end(hi)": ({"headers": ["X-A", "1"], "method": "POST"}, end_hi),
    "headers array + auth": ({"headers": ["X-A", "1"], "auth": "u:p"}, end),
    "headers pairs": ({"headers": [["X-A", "1"], ["X-A", "2"]]}, end),
    "headers array odd": ({"headers": ["X-A"]}, end),
    "Expect header": ({"headers": {"Expect": "100-continue"}, "method": "POST"}, wait),
    "Expect header CL": ({"headers": {"Expect": "100-continue", "Content-Length": 2}, "method": "POST"}, wait),
    "Connection: close": ({"headers": {"Connection": "close"}}, end),
    "Connection: upgrade": ({"headers": {"Connection": "Upgrade", "Upgrade": "ws"}}, end),
    "path query": ({"path": "/a?b=c"}, end),
    "path empty string": ({"path": ""}, end),
    "path number": ({"path": 5}, end),
    "path changed after": ({}, lambda req: (put(req, path="/zz"), req.end())),
    "path space": ({"path": "/a b"}, end),
    "method lower": ({"method": "post"}, end),
    "method unknown token": ({"method": "FOO"}, end),
    "method invalid": ({"method": "a b"}, end),
    "method number": ({"method": 5}, end),
    "method empty": ({"method": ""}, end),
    "uniqueHeaders": (
        {"headers": {"X-A": ["1", "2"], "X-B": ["1", "2"], "Cookie": ["a=1", "b=2"]}, "uniqueHeaders": ["x-a"]},
        end,
    ),
    "cookie array": ({"headers": {"Cookie": ["a=1", "b=2"], "set-cookie": ["a", "b"]}}, end),
    "remove host": ({}, lambda req: (req.removeHeader("Host"), req.end())),
    "remove connection": ({}, lambda req: (req.removeHeader("Connection"), req.end())),
    "POST remove TE": ({"method": "POST"}, lambda req: (req.removeHeader("Transfer-Encoding"), write_a_b(req))),
    "POST trailers": (
        {"method": "POST"},
        lambda req: (req.setHeader("Trailer", "x-t"), req.write("a"), req.addTrailers({"x-t": "1"}), req.end()),
    ),
    "GET Trailer hdr": ({"headers": {"Trailer": "x-t"}}, end),
    "family/port default": ({"family": 4}, end),
    "host header ipv6": ({"host": "::1"}, end),
    "protocol https on http": ({"protocol": "https:"}, end),
    "agent bogus": ({"agent": {}}, end),
    "hostname number": ({"hostname": 5}, end),
    "timeout string": ({"timeout": "x"}, end),
    "GET useChunked write": ({}, lambda req: (put(req, useChunkedEncodingByDefault=True), write_a_b(req))),
    "CONNECT": ({"method": "CONNECT", "path": "h:1"}, end),
    "insecure+httpValidation": ({"insecureHTTPParser": True, "httpValidation": "strict"}, end),
    "httpValidation bad": ({"httpValidation": "x"}, end),
    "httpValidation relaxed ctl char": ({"headers": {"X-A": "a\x01b"}, "httpValidation": "relaxed"}, end),
    "ctl char header": ({"headers": {"X-A": "a\x01b"}}, end),
    "undefined header": ({"headers": {"X-A": None}}, end),
    "bad header name": ({"headers": {"X A": "1"}}, end),
    "unicode header": ({"headers": {"X-A": "€"}}, end),
}


def requests() -> Iterator[tuple[str, dict[str, Any], Act]]:
    """The name, the options and the act of each sample; made anew, as an agent belongs to one loop."""
    for method in "GET HEAD DELETE OPTIONS TRACE POST PUT PATCH PROPFIND QUERY".split():
        for name, act in BODIES.items():
            yield f"keepAlive Agent | {method} | {name}", {"method": method}, act
    for name, agent in AGENTS.items():
        yield f"{name} | GET | end", {**agent(), "method": "GET"}, end
        yield f"{name} | POST | end", {**agent(), "method": "POST"}, end_hi
    for name, (options, act) in CASES.items():
        yield name, options, act
