"""What is shown of an exchange on its way: no secret, and no beginning of one, however little has come."""

from __future__ import annotations

import asyncio
from time import monotonic, sleep
from typing import Any

import pytest

import httpkit as http
from httpkit.draft import Draft
from httpkit.pacing import Pace
from httpkit.payload import Payload
from httpkit.widgets import SlowMotion, slow_motion
from httpkit.widgets.slowed import Picture, Slowed, _EventReader
from tests.serving import serving

SECRET = "zq9xkvw2pj"
HEADERS = (("Authorization", f"Bearer {SECRET}"), ("X-Plain", "seen"))


async def pictures(handler: Any, draft: Draft) -> list[Picture]:
    """What there is to be seen after each byte."""
    server = http.createServer(handler).listen(0)
    pace = Pace()
    pace.pause()
    slowed = Slowed(Draft(draft.method, f"{server.url}{draft.url}", draft.raw_headers, draft.payload), pace)
    slowed.start()
    seen = []
    while not slowed.is_over:
        pace.step(1)
        await asyncio.sleep(0)
        seen.append(slowed.picture())
    server.close()
    server.closeAllConnections()
    return [*seen, slowed.picture()]


def shown(picture: Picture) -> str:
    wire = [text for line in (*picture.sent, *picture.received) for _, text in line.pieces]
    return "".join([*wire, *(f"{line.what} {line.text}" for line in (*picture.client, *picture.server))])


BODIES = {
    "json": ("application/json", f'{{"password": ["{SECRET}"], "more": 1}}'),
    "text in json": ("application/json", f'{{"token": "{SECRET}", "more": 1}}'),
    "xml": ("application/xml", f"<a><password>{SECRET}</password><b>more</b></a>"),
    "html": ("text/html", f'<input value="{SECRET}" name="password"><b>more</b>'),
    "echo": ("text/plain", f"what you said was {SECRET} and more"),
    "events": ("text/event-stream", f'data: {{"password": "{SECRET}"}}\n\ndata: more\n\n'),
}


@pytest.mark.parametrize("name", BODIES)
def test_no_beginning_of_a_secret_is_ever_shown(name: str) -> None:
    kind, body = BODIES[name]

    def answer(req: http.IncomingMessage, res: http.ServerResponse) -> None:
        res.setHeader("Content-Type", kind)
        res.setHeader("Set-Cookie", f"sid={SECRET}")
        res.write(body[:20])
        res.end(body[20:])

    draft = Draft("POST", f"?token={SECRET}", HEADERS, Payload(f'{{"password": ["{SECRET}"]}}'.encode()))
    seen = asyncio.run(pictures(answer, draft))
    assert not any(SECRET[:2] in shown(picture) for picture in seen)
    assert "seen" in shown(seen[-1])


def test_what_both_sides_notice() -> None:
    async def answer(req: http.IncomingMessage, res: http.ServerResponse) -> None:
        res.write("x" * 1500)
        await res_drained(res)
        res.end("end")

    def res_drained(res: http.ServerResponse) -> asyncio.Future[Any]:
        drained: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        res.once("drain", lambda: drained.set_result(None))
        return drained

    last = asyncio.run(pictures(answer, Draft("GET", "")))[-1]
    # (Where this computer is busy, 'data' comes in several lines.)
    client = list(dict.fromkeys(line.what for line in last.client))
    assert client == ["http.request()", "'socket'", "'finish'", "'response'", "'data'", "'end'"]
    server = [line.what for line in last.server]
    assert server == ["'request'", "write() → False", "'drain'", "write()", "'finish'"]
    assert [line.label for line in last.received[-6:]] == [
        "chunk size", "chunk", "chunk size", "chunk", "chunk size", "empty line",
    ]  # fmt: skip


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_events_are_found_wherever_they_are_cut(ends: str, size: int) -> None:
    stream = "data: é\n\nevent: b\ndata: 2\n\n".replace("\n", ends).encode()
    if ends == "\r":
        # A CR alone may be half of CR LF until something follows.
        stream += b": comment"
    reader = _EventReader()
    reader.is_on = True
    found = [event for at in range(0, len(stream), size) for event in reader.take(stream[at : at + size])]
    assert [(event.event, event.data) for event in found] == [("message", "é"), ("b", "2")]


def test_the_request_has_no_secrets_in_its_trait() -> None:
    slow = SlowMotion(f"GET localhost:1/x?token={SECRET} 'Authorization:Bearer {SECRET}'")
    assert SECRET not in str(slow.get_state())
    assert slow.request == "GET http://localhost:1/x?token=•••••• …"
    assert SECRET in str(slow._draft(slow.request).raw_headers)
    with pytest.raises(Exception, match="hidden"):
        slow._draft(f"{slow.request} a=b")


def test_a_request_that_is_none() -> None:
    with pytest.raises(Exception, match="is not a method"):
        SlowMotion("GTE localhost:1/x")


def test_a_draft_is_sent_as_it_is() -> None:
    draft = Draft("PUT", "http://localhost:1/x", HEADERS, Payload(b"body"))
    slow = SlowMotion(draft)
    assert slow.request == "PUT http://localhost:1/x …"
    assert slow._draft(slow.request) is draft


TEMPLATES = {"token": SECRET, "number": 5, "port": 3000, "base": "http://localhost:3000"}


@pytest.mark.parametrize(
    "line",
    [
        "GET :3000 Authorization:'Bearer {{token}}'",
        "GET :3000 X-Api-Key:{{token}} password={{token}}",
        "GET {{base}}/people?token={{token}}",
        ":{{port}}/x a:='[{{number}}]' b=c",
        "--form :3000 password={{token}} a=b",
        "--auth ann:{{token}} :3000",
    ],
)
def test_what_a_template_gives_is_no_secret_of_the_line(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(slow_motion, "notebook_names", lambda: TEMPLATES)
    assert SlowMotion(line).request == line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"localhost:1/users/{SECRET} 'Authorization:Bearer {SECRET}'", "GET http://localhost:1/users/•••••• …"),
        ("localhost:1 X-Api-Key:abc", "GET http://localhost:1 …"),
        ("localhost:1 credentials:=[123456]", "POST http://localhost:1 …"),
        ("--form localhost:1 password=abc", "POST http://localhost:1 …"),
        ("--auth ann:ab localhost:1", "GET http://localhost:1 …"),
    ],
)
def test_secrets_of_every_kind_are_hidden_in_the_trait(line: str, shown: str) -> None:
    assert SlowMotion(line).request == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://localhost:1/{{1/0}}", "GET http://localhost:1/%7B%7B1/0%7D%7D"),
        ("http://localhost:1/a @/etc/passwd 'b\"\\", "GET http://localhost:1/a%20@/etc/passwd%20%27b%22%5C"),
        ("http://localhost:1/a\tb\nc\x1b\u202e", "GET http://localhost:1/a%09b%0Ac␛%5Cu202e"),
    ],
)
def test_a_url_that_came_over_the_wire_is_only_a_url(url: str, shown: str) -> None:
    slow = SlowMotion(Draft("GET", url))
    assert slow.request == shown
    assert slow._draft(slow.request).url == url
    # Somebody edits one character.
    assert slow._draft(f"{shown}x").payload.size == 0


def test_a_request_that_fails_says_how_and_nothing_that_is_not_so() -> None:
    async def failing() -> Slowed:
        # Nobody listens there: a server did, and is gone.
        server = http.createServer().listen(0)
        url = server.url
        closed = asyncio.Event()
        server.close(lambda *_: closed.set())
        await closed.wait()
        slowed = Slowed(Draft("GET", url), Pace())
        slowed.start()
        await asyncio.to_thread(slowed.wait, 20)
        return slowed

    slowed = asyncio.run(failing())
    assert [(line.what, line.text) for line in slowed.picture().client] == [
        ("http.request()", "asked"),
        ("'socket'", "has a socket"),
        ("'finish'", "request handed over"),
        ("'error'", "ECONNREFUSED"),
    ]
    assert slowed.where == ""


def test_where_the_server_is() -> None:
    assert asyncio.run(places()) == ["here", "elsewhere"]


async def places() -> list[str]:
    """Of a server of this program, and of one that it does not know as its own."""
    found = []
    server = http.createServer(lambda req, res: res.end("hi")).listen(0)
    for is_known in (True, False):
        url = server.url
        if not is_known:
            server._home.servers.discard(server)
        slowed = Slowed(Draft("GET", url), Pace(1e6))
        slowed.start()
        await asyncio.to_thread(slowed.wait, 20)
        found.append(slowed.where)
    server.close()
    server.closeAllConnections()
    return found


# --- given up


def test_what_is_given_up_soon_leaves_no_connection() -> None:
    with serving(lambda req, res: res.end("hello")) as server:
        for steps in range(40):
            pace = Pace()
            pace.pause()
            slowed = Slowed(Draft("GET", server.url), pace)
            slowed.start()
            for _ in range(steps % 4):
                pace.step()
            slowed.stop()
            assert slowed.wait(10)
        end = monotonic() + 10
        while server._connections:
            assert monotonic() < end, server._connections
            sleep(0.01)
