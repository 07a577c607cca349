"""Requests that are hard to write down, and a server that notes what arrives."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpkit as http
from httpkit.draft import Delivery, Draft
from httpkit.exchange import Sending
from httpkit.messages import Pairs
from httpkit.payload import Payload
from tests.certificates import CA, LOCALHOST, WHERE

AWKWARD = 'it\'s "quoted" $HOME ${x} `id` $(id) \\ \\\\ \\n ! !! % %s %% # & | ; < > * ? [a] {b} ~'
JSON = ("Content-Type", "application/json")
TEXT = ("Content-Type", "text/plain")
BIG = json.dumps([{"number": number, "text": "it's"} for number in range(10_000)])

# What names the client or the connection; the length of nothing is said or not.
_NOT_COMPARED = {"user-agent", "accept", "host", "connection"}


class Arrived(NamedTuple):
    method: str
    target: str
    headers: dict[str, list[str]]
    body: bytes


class Case(NamedTuple):
    method: str
    rest: str = ""
    headers: Pairs = ()
    parts: tuple[bytes | Path, ...] = ()
    login: str = ""

    def draft(self, base: str, name: str) -> Draft:
        url = base.replace("http://", f"http://{self.login}") + name + self.rest
        return Draft(self.method, url, self.headers, Payload(*self.parts))


def cases(folder: Path) -> dict[str, Case]:
    """The requests that every language can say, by the first segment of their path."""
    photo, dashes, empty = folder / "it's a $photo.png", folder / "-", folder / "empty"
    photo.write_bytes(bytes(range(256)) * 300)
    dashes.write_bytes(b"--\r\n")
    empty.touch()
    field = b'--b\r\nContent-Disposition: form-data; name="a"; filename="it\'s %s.png"\r\n\r\n'
    return {
        "plain": Case("GET"),
        "query": Case("GET", "?q=a%20b&x=%C3%A9&plus=1+2&semi=;&quote='!$(id)&at=@&tail=*"),
        "spaces": Case("GET", "/a b/../é?q=a b&r=ü"),
        "fragment": Case("GET", "?a=1#top"),
        "headers": Case(
            "GET",
            headers=(
                ("X-Awkward", AWKWARD),
                ("X-Empty", ""),
                ("X-Twice", "1"),
                ("X-At", "@file"),
                ("x-twice", "2"),
                ("X-Equals", "=1"),
                ("X-Colon", ":a:=b;c"),
                ("X-Dashes", "--output x"),
                ("X-Utf-8", "naïve ✓".encode().decode("latin-1")),
                ("Cookie", "a=1"),
                ("Cookie", "b=2"),
                ("!#$%&'*+.^_`|~X", "token"),
            ),
        ),
        "own": Case(
            "GET",
            headers=(("Host", "example.test"), ("User-Agent", "me"), ("Accept", "*/*"), ("Accept-Encoding", "gzip")),
        ),
        "login": Case("GET", login="us%20er:p%40%3A%2F%C3%A9@"),
        "user": Case("GET", login="user@"),
        "basic": Case("GET", headers=(("Authorization", "Basic dXNlcjpwYXNz"),)),
        "empty-post": Case("POST"),
        "empty-put": Case("PUT", headers=(TEXT,)),
        "delete": Case("DELETE"),
        "options": Case("OPTIONS"),
        "head": Case("HEAD"),
        "lower": Case("patch", parts=(b"x",)),
        "delete-body": Case("DELETE", headers=(JSON,), parts=(b'{"a": 1}',)),
        "get-body": Case("GET", headers=(TEXT,), parts=(b"x",)),
        "text": Case("POST", headers=(TEXT,), parts=(AWKWARD.encode(),)),
        "no-type": Case("POST", parts=(b"a=1",)),
        "form": Case("POST", headers=(("content-type", "application/x-www-form-urlencoded"),), parts=(b"a=1&b=%20+c",)),
        "at": Case("POST", headers=(TEXT,), parts=(b"@/etc/passwd",)),
        "dashes": Case("POST", headers=(TEXT,), parts=(b"--data x",)),
        "lines": Case("PUT", headers=(TEXT,), parts=("\n\tone\r\ntwo’s ü\n\n\x1b[31m\x85\u2028'end\\\n".encode(),)),
        "flat": Case("POST", headers=(JSON,), parts=(json.dumps(_FLAT).encode(),)),
        "compact": Case("POST", headers=(JSON,), parts=(b'{"a":1,"b":"\xc3\xa9"}',)),
        "nested": Case("POST", headers=(JSON, ("Accept", "application/json")), parts=(b'{"a": {"b": [1, "it\'s"]}}',)),
        "odd-names": Case("POST", headers=(JSON,), parts=(b'{"a[b]": 1, "-c": "2", "": "3", "d:e": "4"}',)),
        "indented": Case("POST", headers=(JSON,), parts=(json.dumps(_FLAT, indent=2, ensure_ascii=False).encode(),)),
        "big": Case("POST", headers=(JSON,), parts=(BIG.encode(),)),
        "bigger": Case("POST", headers=(TEXT,), parts=(b"0123456789abcdef" * 80_000,)),
        "nul": Case("POST", headers=(TEXT,), parts=(b"-n\0it's 100% \\0 \\x41\0007",)),
        "bytes": Case("PUT", parts=(bytes(range(256)),)),
        "file": Case("PUT", headers=(("Content-Type", "image/png"),), parts=(photo,)),
        "empty-file": Case("POST", parts=(empty,)),
        "mixed": Case(
            "POST",
            headers=(("Content-Type", "multipart/form-data; boundary=b"),),
            parts=(field, photo, b"\r\n", field, dashes, b"\r\n--b--\0\xff\r\n"),
        ),
        "chunked": Case("POST", headers=(TEXT, ("Transfer-Encoding", "chunked")), parts=(b"some text",)),
    }


def odd_cases() -> dict[str, Case]:
    """What HTTPie spells in its own way or cannot send."""
    return {
        "brackets": Case("GET", "?a[]=1&b={c,d}&e=[1-3]"),
        "escapes": Case("GET", '//%7euser/%41?x=%c3%a9&y=%zz&z=^`|"<>'),
        "latin-1": Case("GET", headers=(("X-Latin-1", "caf\xe9"),)),
        "backslash": Case("GET", headers=(("X-Path", "C\\:d"),)),
    }


_FLAT = {
    "name": 'Zoë\'s "dog" $HOME',
    "at": "@file",
    "equals": "=1",
    "slash": "a\\:b",
    "lines": "a\nb\t",
    "empty": "",
    "age": 30,
    "price": 1.5,
    "yes": True,
    "none": None,
}


def environment(folder: Path) -> dict[str, str]:
    """That of a program which is to find nobody's settings and no proxy."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder)}


class Recorder:
    """Notes requests under the first segment of their path."""

    def __init__(self) -> None:
        self.arrived: dict[str, Arrived] = {}
        self.server = http.createServer(self._note).listen(0)

    async def _note(self, req: Any, res: Any) -> None:
        body = await req.bytes()
        headers: dict[str, list[str]] = {}
        for name, value in zip(req.rawHeaders[::2], req.rawHeaders[1::2], strict=True):
            if name.lower() not in _NOT_COMPARED and (name.lower(), value) != ("content-length", "0"):
                headers.setdefault(name.lower(), []).append(value)
        name = req.url.lstrip("/").partition("?")[0].partition("/")[0]
        self.arrived[name] = Arrived(req.method, req.url, headers, body)
        res.end("ok")

    def sent(self, drafts: dict[str, Draft]) -> dict[str, Arrived]:
        """What arrives when httpkit sends the drafts; nothing is noted any more after that."""
        for draft in drafts.values():
            Sending(draft).result()
        return self.taken()

    def taken(self) -> dict[str, Arrived]:
        arrived, self.arrived = self.arrived, {}
        return arrived


@contextmanager
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    try:
        yield made
    finally:
        made.server.close()
        made.server.closeAllConnections()


@contextmanager
def secure_server() -> Iterator[http.Server]:
    """One that only a client with a certificate may talk to, and that redirects `/first` to `/second`."""

    def handler(req: Any, res: Any) -> None:
        if req.url == "/first":
            res.writeHead(302, {"Location": "/second"})
        res.end(f"{req.method} {req.url}")

    made = http.https.createServer({**LOCALHOST, "ca": CA, "requestCert": True, "rejectUnauthorized": True}, handler)
    made.listen(0)
    try:
        yield made
    finally:
        made.close()
        made.closeAllConnections()


def secure_draft(server: http.Server, folder: Path) -> Draft:
    """A request to it with all that a delivery can say but a proxy; the answer goes to a file."""
    delivery = Delivery(
        timeout=20_000,
        idle=20_000,
        follow=True,
        max_redirects=1,
        verify=str(WHERE / "ca.pem"),
        cert=(str(WHERE / "client.pem"), str(WHERE / "client-key.pem")),
        download=folder / "it's here",
    )
    return Draft("GET", f"{server.url}first", delivery=delivery)
