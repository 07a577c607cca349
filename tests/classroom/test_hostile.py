"""Whatever is sent to the classroom, it goes on, and says 4xx."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from httpkit.classroom import Classroom, open_classroom
from httpkit.loop import home
from httpkit.notebook import send_raw
from httpkit.notebook.mistakes import Mistake
from tests.serving import serving

from .conftest import Asked
from .test_rooms import JSON, refused


@pytest.mark.parametrize("path", ["/notes", "/api/keys", "/auth/token"])
@pytest.mark.parametrize("body", ['{"text": "\\ud800"}', '{"\\ud800": 1}', "[NaN]", "[1e999]", "[" * 100_000])
def test_json_that_could_not_be_sent_back_is_refused(ask: Asked, path: str, body: str) -> None:
    refused(ask("POST", path, JSON, body), 400, "not JSON")
    assert ask("GET", "/notes").json()["total"] == 2
    assert "json" not in ask("POST", "/echo", JSON, body).json()


@pytest.mark.parametrize("path", ["/%09/evil.example", "/a%0d%0aX:1", "/%00"])
def test_no_redirect_has_a_control_character(ask: Asked, path: str) -> None:
    refused(ask("GET", f"/redirect/to?path={path}"), 400, "expected one of this server's")


@pytest.mark.parametrize(("path", "location"), [("/%E2%82%AC", "/%E2%82%AC"), ("/a%20b?c=d", "/a%20b?c=d")])
def test_a_redirect_is_a_url(ask: Asked, path: str, location: str) -> None:
    assert ask("GET", f"/redirect/to?path={path}").headers["Location"] == location


@pytest.mark.parametrize("path", ["/status/404?x=1", "/status/%34%30%34"])
def test_a_status_is_one_however_it_is_written(ask: Asked, path: str) -> None:
    assert ask("GET", path).status == 404


@pytest.mark.parametrize("path", ["/stream/1?every=1000", "/drip?ms=2000", "/events?count=3&every=1000", "/bytes/9"])
def test_a_head_does_not_wait_for_a_body(ask: Asked, path: str) -> None:
    exchange = ask("HEAD", path)
    assert (exchange.status, exchange.content) == (200, b"")
    assert exchange.phases.total < 900


def raw(text: str) -> Any:
    with serving(Classroom()) as server:
        return send_raw(text, server.port)


@pytest.mark.parametrize("path", ["/stream/1?every=0", "/hints", "/events?count=1", "/drip?ms=1"])
def test_http_1_0_gets_neither_chunks_nor_answers_before_the_answer(path: str) -> None:
    exchange = raw(f"GET {path} HTTP/1.0\r\n\r\n")
    assert exchange.status == 200
    assert exchange.wire.received.count(b"HTTP/1.1 ") == 1
    assert b"chunked" not in exchange.wire.received


def test_a_whole_url_is_a_path_too() -> None:
    assert raw("GET http://h:1/echo?a=1 HTTP/1.1\r\nHost: h\r\n\r\n").json()["query"] == {"a": "1"}
    assert raw("GET /%65cho HTTP/1.1\r\nHost: h\r\n\r\n").status == 200
    assert raw("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").status == 204


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 +99999999999999999999"]
)
def test_a_date_beyond_all_dates_is_ignored(ask: Asked, date: str) -> None:
    assert ask("GET", "/cache", {"If-Modified-Since": date}).status == 200


def _awaited(coroutine: Any) -> Iterator[str]:
    """The names of a coroutine and of those that it waits for."""
    while hasattr(coroutine, "cr_await"):
        yield coroutine.__qualname__
        coroutine = coroutine.cr_await


def _handlers() -> list[asyncio.Task[Any]]:
    """Those of a classroom that have not come to their end."""
    return [task for task in asyncio.all_tasks() if "Classroom.__call__" in _awaited(task.get_coro())]


async def _waits() -> bool:
    return any("drained" in _awaited(task.get_coro()) for task in _handlers())


async def _all_end() -> None:
    if running := _handlers():
        _, pending = await asyncio.wait(running, timeout=10)
        assert not pending


def test_who_leaves_takes_the_handler_along() -> None:
    with serving(Classroom()) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /bytes/100000000 HTTP/1.1\r\nHost: h\r\n\r\n")
            while not home().start(_waits()).result():
                # Each look is a turn of the server's loop.
                pass
        home().start(_all_end()).result()


def test_a_form_of_many_parts_holds_nobody_up(ask: Asked) -> None:
    began = monotonic()
    form = {"Content-Type": "multipart/form-data; boundary=B"}
    refused(ask("POST", "/upload", form, b"--B\r\n\r\nx\r\n" * 900_000), 413, "1,000 parts")
    assert monotonic() - began < 5


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ('form-data; name="f"; filename="naïve.txt"', {"name": "f", "filename": "naïve.txt"}),
        ("form-data; name*=utf-8''na%C3%AFve", {"name": "naïve"}),
        ('form-data; name="a"\r\nContent-Type: message/rfc822', {"name": "a", "type": "message/rfc822"}),
        ("nonsense; ===", {}),
    ],
)
def test_parts_are_described_as_they_are(ask: Asked, head: str, part: dict[str, Any]) -> None:
    body = f"--B\r\nContent-Disposition: {head}\r\n\r\nTo: a\r\n\r\nhi\r\n--B--\r\n".encode()
    said = ask("POST", "/upload", {"Content-Type": "Multipart/Form-Data; boundary=B"}, body).json()
    assert said["parts"] == [{**part, "bytes": 11}]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Range": "Bytes=0-4"}, 206),
        ({"Range": f"bytes=0-{'9' * 5000}"}, 206),
        ({"Range": "bytes=0-4", "If-Range": '"x"'}, 200),
    ],
)
def test_ranges_at_their_edges(ask: Asked, headers: Any, status: int) -> None:
    assert ask("GET", "/bytes/10", headers).status == status
    assert ask("HEAD", "/bytes/10", headers).status == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("identity, gzip;q=0.5", None),
        ("identity;q=1, *;q=0.5", None),
        ("identity;q=0, br", "br"),
        ("gzip-foo", None),
        ("gzip;q=nan", None),
        ("gzip;q=2", None),
        ("GZIP", "gzip"),
    ],
)
def test_codings_at_their_edges(ask: Asked, accepted: str, coding: str | None) -> None:
    assert ask("GET", "/compress", {"Accept-Encoding": accepted}).headers.get("Content-Encoding") == coding


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0"])
def test_who_takes_nothing_gets_nothing(ask: Asked, accepted: str) -> None:
    refused(ask("GET", "/compress", {"Accept-Encoding": accepted}), 406)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("PUT", "/notes/1", {"If-None-Match": "*"}),
        ("PUT", "/notes/99", {"If-Match": "*"}),
        ("GET", "/notes/1", {"If-Match": '"other"'}),
        ("GET", "/cache", {"If-Match": '"other"'}),
        ("GET", "/cache", {"If-Match": 'W/"other"'}),
    ],
)
def test_conditions_that_do_not_hold(ask: Asked, method: str, path: str, headers: Any) -> None:
    refused(ask(method, path, {**JSON, **headers}, '{"text": "a"}' if method == "PUT" else b""), 412)


def test_what_else_is_odd(ask: Asked) -> None:
    assert ask("GET", "/echo?a=1&a=2").json()["query"] == {"a": ["1", "2"]}
    assert ask("GET", "/events?count=2", {"Last-Event-ID": "2"}).status == 204
    assert ask("GET", "/events?count=1&every=0", {"Last-Event-ID": "x"}).status == 200
    refused(ask("GET", "/cookies/set?=x"), 400)
    assert ask("GET", "/cookies/set?a/b=c").headers["Set-Cookie"][0].startswith("a%2Fb=c;")


@pytest.mark.parametrize("port", [70_000, -1, 3.5, "x"])
def test_a_port_that_is_none_is_a_mistake(port: Any) -> None:
    with pytest.raises(Mistake, match="is not a port"):
        open_classroom(port)
