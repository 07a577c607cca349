"""What an exchange used as a secret shows nowhere, however a server echoes it: in no display, file or code."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest

from httpkit import har
from httpkit.difference import diff
from httpkit.draft import Draft
from httpkit.exchange import Exchange
from httpkit.messages import Information, Pairs, Phases, ReceivedResponse, SentRequest, Wire
from httpkit.notebook.display import mimebundle
from httpkit.notebook.live import Finished, Underway
from httpkit.notebook.recording import Traffic
from httpkit.payload import Payload
from httpkit.recorder import Entry, Recorder
from tests.serving import serving

SECRET = "Zq9xW7canary"
SLASHED = "Zq9/xW7+canary"
BEARER = ("Authorization", f"Bearer {SECRET}")
BASIC = ("Authorization", f"Basic {base64.b64encode(f'ann:{SECRET}'.encode()).decode()}")
FORM = "application/x-www-form-urlencoded"
GZIP = ("Content-Encoding", "gzip")


@dataclass(frozen=True)
class Case:
    """What is sent and what comes back; `gone` is what must not show."""

    url: str = "http://localhost:3000/a"
    sent: Pairs = ()
    body: bytes = b""
    received: Pairs = ()
    answer: bytes = b""
    reason: str = "OK"
    trailers: Pairs = ()
    early: tuple[Information, ...] = ()
    gone: str = SECRET

    def exchange(self) -> Exchange:
        request = SentRequest("POST", self.url, self.sent, Payload(self.body))
        response = ReceivedResponse(
            200, self.reason, "1.1", self.received, Payload(self.answer), self.trailers, self.early
        )
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.sent)
        target = "/" + self.url.partition("://")[2].partition("/")[2]
        sent = f"POST {target} HTTP/1.1\r\n{lines}Content-Length: {len(self.body)}\r\n\r\n".encode() + self.body
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.received)
        got = f"HTTP/1.1 200 {self.reason}\r\n{lines}Content-Length: {len(self.answer)}\r\n\r\n".encode() + self.answer
        wire = Wire(sent, got, len(sent), len(got))
        draft = Draft("POST", self.url, self.sent, Payload(self.body))
        return Exchange(request, response, Phases(wait=1.0), wire=wire, draft=draft)


def typed(kind: str) -> Pairs:
    return (("Content-Type", kind),)


CASES = {
    # What is named as a secret.
    "bearer": Case(sent=(BEARER,)),
    "basic": Case(sent=(BASIC,)),
    "cookie": Case(sent=(("Cookie", f"a=1; sid={SECRET}"),)),
    "set-cookie": Case(received=(("Set-Cookie", f"sid={SECRET}; Path=/"),)),
    "folded set-cookie": Case(received=(("Set-Cookie", f"a=1; Path=/, user={SECRET}"),)),
    "userinfo": Case(url=f"http://ann:{SECRET}@localhost/"),
    "userinfo with @": Case(url=f"http://ann:p@{SECRET}@localhost/"),
    "userinfo without password": Case(url=f"http://{SECRET}@localhost/"),
    "fragment": Case(url=f"http://localhost/#access_token={SECRET}"),
    "nested url": Case(received=(("Location", f"/login?next=%2Fcb%3Ftoken%3D{SECRET}"),)),
    "form": Case(sent=typed(FORM), body=f"user=ann&password=a;b'{SECRET}".encode()),
    "json": Case(sent=typed("application/json"), body=json.dumps({"password": SECRET}).encode()),
    "json list": Case(sent=typed("application/json"), body=json.dumps({"password": [SECRET]}).encode()),
    "json object": Case(received=typed("application/json"), answer=json.dumps({"token": {"value": SECRET}}).encode()),
    "json escaped name": Case(received=typed("application/json"), answer=b'{"pass\\u0077ord": "%s"}' % SECRET.encode()),
    "graphql": Case(sent=typed("application/json"), body=b'{"query": "{login(password: \\"%s\\")}"}' % SECRET.encode()),
    "multipart": Case(
        sent=typed("multipart/form-data; boundary=b"),
        body=f'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{SECRET}\r\n--b--\r\n'.encode(),
    ),
    "xml": Case(received=typed("application/xml"), answer=f"<a><password>{SECRET}</password></a>".encode()),
    "yaml": Case(received=typed("application/yaml"), answer=f"user: ann\npassword: {SECRET}\n".encode()),
    "html": Case(received=typed("text/html"), answer=f"<input name=csrf_token value={SECRET}>".encode()),
    "jwt": Case(
        received=typed("application/jwt"),
        answer=b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.Zq9xW7canary",
        gone="Zq9xW7can",
    ),
    # What a server says again.
    "echo in a header": Case(sent=(BEARER,), received=(("X-Echo", f"it is {SECRET}"),)),
    "echo in a challenge": Case(sent=(BEARER,), received=(("WWW-Authenticate", f'Bearer realm="{SECRET}"'),)),
    "echo in a location": Case(sent=(BEARER,), received=(("Location", f"/next/{SECRET}"),)),
    "echo in a reason": Case(sent=(BEARER,), reason=f"OK {SECRET}"),
    "echo in a trailer": Case(sent=(BEARER,), trailers=(("X-Echo", SECRET),)),
    "echo in an early answer": Case(sent=(BEARER,), early=(Information(103, SECRET, (("X-Echo", SECRET),)),)),
    "echo in a type": Case(sent=(BEARER,), received=typed(f"text/{SECRET}"), answer=b"hello"),
    "echo in an encoding": Case(sent=(BEARER,), received=(("Content-Encoding", SECRET),), answer=b"hello"),
    "echo in a name": Case(sent=(BEARER,), received=((f"X-{SECRET}", "1"), ("Set-Cookie", f"{SECRET}=1"))),
    "echo in text": Case(sent=(BEARER,), received=typed("text/plain"), answer=SECRET.encode()),
    "echo in bytes": Case(sent=(BEARER,), received=typed("x/y"), answer=b"\0" + SECRET.encode()),
    "echo in gzip": Case(
        sent=(BEARER,), received=(*typed("text/plain"), GZIP), answer=gzip.compress(SECRET.encode() * 2)
    ),
    "echo in events": Case(sent=(BEARER,), received=typed("text/event-stream"), answer=f"data: {SECRET}\n\n".encode()),
    "echo of a form as json": Case(
        sent=typed(FORM), body=b"password=%22quoted%22-Zq9xW7",
        received=typed("application/json"), answer=json.dumps({"it": 'so "quoted"-Zq9xW7'}).encode(), gone="-Zq9xW7",
    ),
    "echo of basic credentials": Case(sent=(BASIC,), received=typed("text/plain"), answer=f"you are {SECRET}".encode()),
    "echo as a url has it": Case(
        sent=(("X-Api-Key", SLASHED),), received=typed("text/plain"), answer=quote(SLASHED, safe="").encode(),
        gone=quote(SLASHED, safe=""),
    ),
    "echo as php has it": Case(
        sent=(("X-Api-Key", SLASHED),), received=typed("text/plain"), answer=SLASHED.replace("/", r"\/").encode(),
        gone=SLASHED.replace("/", r"\/"),
    ),
    "echo as html has it": Case(
        sent=(("X-Api-Key", "<Zq9xW7>"),), received=typed("text/plain"), answer=b"&lt;Zq9xW7&gt;", gone="lt;Zq9xW7",
    ),
    "echo of one of several cookies": Case(
        sent=(("Cookie", f"a=1;user={SECRET}"),), received=typed("text/plain"), answer=SECRET.encode()
    ),
    "echo of a quoted cookie": Case(
        sent=(("Cookie", f'user="{SECRET}"'),), received=typed("text/plain"), answer=SECRET.encode()
    ),
}  # fmt: skip


def texts(shown: Any) -> Iterator[str]:
    """All that a reader, or a reader of the page's source, can find in a display."""
    bundle = mimebundle(shown)
    source = html.unescape(html.unescape(bundle["text/html"]))
    yield from (bundle["text/plain"], source, re.sub(r"<[^>]*>", "", source))
    for data in re.findall(r"base64,([A-Za-z0-9+/=]+)", source):
        yield base64.b64decode(data).decode("latin-1")


def all_texts(exchange: Exchange) -> Iterator[str]:
    entry = Entry(1, exchange)
    for shown in (
        exchange,
        Underway(exchange),
        Finished(exchange),
        Traffic([entry]),
        diff(exchange, replace(exchange)),
    ):
        yield from texts(shown)
    yield from (repr(exchange), repr(exchange.request), repr(exchange.response), repr(exchange.draft))
    yield from (json.dumps(har.document([exchange]), ensure_ascii=is_ascii) for is_ascii in (True, False))
    for code in (exchange.to_curl, exchange.to_python, exchange.to_node, exchange.to_httpie, exchange.to_http):
        yield code()


@pytest.mark.parametrize("name", CASES)
def test_it_shows_nowhere(name: str) -> None:
    case = CASES[name]
    for text in all_texts(case.exchange()):
        assert case.gone not in text
        assert case.gone.lower() not in text
        assert case.gone.encode().hex(" ")[:20] not in text


@pytest.mark.parametrize("name", ["bearer", "userinfo", "form", "echo in text", "echo in a header", "echo in a reason"])
def test_it_shows_where_that_is_asked_for(name: str) -> None:
    case = CASES[name]
    assert any(case.gone in text for text in texts(case.exchange().revealed()))


def test_a_secret_of_a_redirect_is_one_at_its_end_too() -> None:
    first = CASES["bearer"].exchange()
    last = Case(received=typed("text/plain"), answer=f"you sent {SECRET}".encode()).exchange()
    for text in texts(replace(last, redirects=(first,))):
        assert SECRET not in text


@pytest.mark.parametrize(
    "start", ["GET / HTTP/1.1\r\nHost: [", "GET http://[/ HTTP/1.1\r\nHost: a", "OPTIONS * HTTP/1.1\r\nHost: [::1"]
)
def test_a_bad_host_of_a_client_spoils_no_list(start: str) -> None:
    with serving(lambda req, res: res.end("hi")) as server:
        recorder = Recorder().start()
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(f"{start}\r\nConnection: close\r\n\r\n".encode())
            assert client.makefile("rb").read().startswith(b"HTTP/1.1 200 OK")
        recorder.stop()
    [entry] = recorder.entries
    assert " 200 " in mimebundle(Traffic([entry]))["text/plain"]
    for text in all_texts(replace(entry.exchange, draft=Draft("GET", entry.exchange.request.url))):
        assert text
