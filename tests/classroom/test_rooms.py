"""What each room of the classroom answers."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

import httpkit as http
from httpkit.classroom import Classroom
from httpkit.classroom.entrance import listing
from httpkit.constants import STATUS_CODES
from httpkit.errors import NodeError

from .conftest import Asked

JSON = {"Content-Type": "application/json"}
ROUTES = Classroom().routes


def refused(exchange: http.Exchange, status: int, *words: str) -> None:
    """It is refused with this status, for programs and people alike."""
    assert exchange.status == status
    assert exchange.headers["Content-Type"] == "application/problem+json"
    problem = exchange.json()
    assert (problem["status"], problem["title"]) == (status, STATUS_CODES[status])
    for word in words:
        assert word in problem["detail"]


# --- the house


# All but those that misbehave on purpose.
EXAMPLES = [route for route in ROUTES if route.example and route.path != "/fault/{kind}"]


@pytest.mark.parametrize("route", EXAMPLES, ids=lambda route: route.example)
def test_every_example_works(ask: Asked, route: Any) -> None:
    method = "GET" if "GET" in route.methods else route.methods[0]
    exchange = ask(method, route.example)
    expected = {"/status/404": 404, "/auth/basic": 401, "/auth/bearer": 401, "/auth/token": 415}
    assert exchange.status == expected.get(route.example, exchange.status)
    assert exchange.status < 400 or route.example in expected
    assert exchange.complete


def test_every_room_says_what_it_does() -> None:
    assert [route.path for route in ROUTES if not route.summary] == []


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/plain; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
    ],
)
def test_the_entrance_lists_all_of_it(ask: Asked, accept: str, kind: str) -> None:
    exchange = ask("GET", "/", {"Accept": accept})
    assert (exchange.headers["Content-Type"], exchange.headers["Vary"]) == (kind, "Accept")
    for route in ROUTES:
        assert route.path in exchange.text
    if kind.startswith("text/plain"):
        assert exchange.text == listing(ROUTES)


def test_the_page_has_links_that_work_behind_a_proxy(ask: Asked) -> None:
    page = ask("GET", "/", {"Accept": "text/html"}).text
    assert '<a href="stream/5">/stream/{lines}</a>' in page
    assert 'href="/' not in page


def test_head_is_get_without_its_body(ask: Asked) -> None:
    got, head = ask("GET", "/greeting"), ask("HEAD", "/greeting")
    assert (head.status, head.content) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


@pytest.mark.parametrize(
    ("path", "allow"),
    [("/notes", "GET, HEAD, OPTIONS, POST"), ("/notes/1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")],
)
def test_options_and_405_say_what_there_is(ask: Asked, path: str, allow: str) -> None:
    asked, wrong = ask("OPTIONS", path), ask("PROPFIND", path)
    assert (asked.status, asked.headers["Allow"]) == (204, allow)
    assert wrong.headers["Allow"] == allow
    refused(wrong, 405, "PROPFIND")


@pytest.mark.parametrize("path", ["/nowhere", "/notes/1/2", "/status/", "/echo/", "//echo"])
def test_what_is_not_there_is_not_found(ask: Asked, path: str) -> None:
    refused(ask("GET", path), 404, path)


# --- echo, statuses


def test_echo_says_what_arrived(ask: Asked) -> None:
    said = ask("PUT", "/echo?a=1&b=%C3%BC", [("X-A", "1"), ("x-a", "2")], "text").json()
    assert (said["method"], said["url"], said["query"]) == ("PUT", "/echo?a=1&b=%C3%BC", {"a": "1", "b": "ü"})
    assert [line for line in said["headers"] if line.lower().startswith("x-a")] == ["X-A: 1", "X-A: 2"]
    assert said["text"] == "text"


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        (JSON, b'{"a": 1}', {"json": {"a": 1}}),
        (JSON, b'{"a": ', {"text": '{"a": '}),
        ({}, b"\xff\x00", {"base64": "/wA="}),
    ],
)
def test_echo_gives_a_body_as_what_it_is(ask: Asked, headers: Any, body: bytes, said: dict[str, Any]) -> None:
    arrived = ask("POST", "/echo", headers, body).json()
    assert {key: arrived[key] for key in said} == said


def test_echo_keeps_no_more_than_it_should(ask: Asked) -> None:
    refused(ask("POST", "/echo", body=b"x" * 1_000_001), 413, "1,000,000")


@pytest.mark.parametrize("code", [200, 204, 304, 404, 418, 503])
def test_every_status_can_be_had(ask: Asked, code: int) -> None:
    assert ask("GET", f"/status/{code}").status == code


@pytest.mark.parametrize("code", ["101", "299", "99", "600", "abc", "٤٠٤", "1e2", "%0D%0A"])
def test_what_is_no_status_is_refused(ask: Asked, code: str) -> None:
    refused(ask("GET", f"/status/{code.encode().decode('latin-1') if code.isascii() else '%D9%A4'}"), 400)


# --- in pieces


def test_a_stream_comes_in_chunks_with_a_trailer(ask: Asked) -> None:
    exchange = ask("GET", "/stream/3?every=0")
    assert exchange.headers["Transfer-Encoding"] == "chunked"
    assert [json.loads(line)["line"] for line in exchange.text.splitlines()] == [1, 2, 3]
    assert exchange.response.trailers["X-Lines"] == "3"


def test_a_drip_comes_byte_by_byte(ask: Asked) -> None:
    exchange = ask("GET", "/drip?bytes=3&ms=60")
    assert (exchange.headers["Content-Length"], exchange.text) == ("3", "***")
    assert exchange.phases.receive is not None
    assert exchange.phases.receive >= 30


def test_a_delay_takes_its_time(ask: Asked) -> None:
    assert (ask("GET", "/delay/50").phases.wait or 0) >= 50


def test_events_go_on_after_the_last_one_that_was_seen(ask: Asked) -> None:
    exchange = ask("GET", "/events?count=3&every=0", {"Last-Event-ID": "1"})
    assert exchange.headers["Content-Type"] == "text/event-stream"
    assert exchange.text == (
        'retry: 1000\n\nid: 2\nevent: tick\ndata: {"tick": 2}\n\nid: 3\nevent: tick\ndata: {"tick": 3}\n\n'
    )


@pytest.mark.parametrize(
    "path", ["/delay/-1", "/delay/99999999", "/stream/x", "/drip?bytes=0", "/events?count=1.5", "/bytes/1e9"]
)
def test_numbers_have_limits(ask: Asked, path: str) -> None:
    refused(ask("GET", path), 400, "expected a whole number from")


# --- redirects


def test_redirects_lead_on_to_the_end(ask: Asked) -> None:
    exchange = ask("GET", "/redirect/3", follow=True)
    assert [each.headers["Location"] for each in exchange.redirects] == ["/redirect/2", "/redirect/1", "/echo"]
    assert exchange.status == 200


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_a_redirect_has_the_status_that_is_asked_for(ask: Asked, status: int, method: str) -> None:
    exchange = ask("POST", f"/redirect/to?status={status}", JSON, "{}", follow=True)
    assert ([each.status for each in exchange.redirects], exchange.json()["method"]) == ([status], method)


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/%5Cevil.example", "", "echo"])
def test_no_redirect_leads_to_another_server(ask: Asked, path: str) -> None:
    refused(ask("GET", f"/redirect/to?path={path}"), 400, "expected one of this server's")


def test_a_loop_never_ends(ask: Asked) -> None:
    with pytest.raises(NodeError, match="a loop"):
        ask("GET", "/redirect/loop", follow=True)


# --- negotiation


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("de", "de"),
        ("de-CH", "de"),
        ("it, fr;q=0.5, de;q=0.4", "fr"),
        ("de;q=0.4, fr;q=0.5", "fr"),
        ("*", "en"),
        ("it", "en"),
        ("en;q=0, *;q=0.5", "de"),
        ("de;q=x, fr;q=0.1", "fr"),
        ("", "en"),
        (",;,", "en"),
    ],
)
def test_the_language_that_is_liked_best(ask: Asked, accept: str, expected: str) -> None:
    exchange = ask("GET", "/greeting", {"Accept-Language": accept})
    assert exchange.headers["Content-Language"] == expected
    assert exchange.headers["Vary"] == "Accept, Accept-Language"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("text/*", "text/html; charset=utf-8"),
        ("text/plain, text/html;q=0.9", "text/plain; charset=utf-8"),
        ("application/json;q=0, */*", "text/html; charset=utf-8"),
    ],
)
def test_the_type_that_is_liked_best(ask: Asked, accept: str, expected: str) -> None:
    assert ask("GET", "/greeting", {"Accept": accept}).headers["Content-Type"] == expected


def test_what_nobody_can_use_is_not_sent(ask: Asked) -> None:
    refused(ask("GET", "/greeting", {"Accept": "image/png"}), 406, "text/html")


@pytest.mark.parametrize("coding", ["zstd", "br", "gzip", "deflate"])
def test_each_coding_is_undone_to_the_same(ask: Asked, coding: str) -> None:
    negotiated, forced = ask("GET", "/compress", {"Accept-Encoding": coding}), ask("GET", f"/compress/{coding}")
    for exchange in negotiated, forced:
        assert exchange.headers["Content-Encoding"] == coding
        assert exchange.content == ask("GET", "/compress").content
    assert negotiated.headers["Vary"] == "Accept-Encoding"


def test_without_a_coding_it_is_as_it_is(ask: Asked) -> None:
    exchange = ask("GET", "/compress", {"Accept-Encoding": "gzip;q=0, identity"})
    assert ("content-encoding" in exchange.headers, len(exchange.content)) == (False, 4_900)
    refused(ask("GET", "/compress/lzma"), 400, "lzma")


# --- caching


def test_what_may_be_kept_says_for_how_long(ask: Asked) -> None:
    assert ask("GET", "/cache/60").headers["Cache-Control"] == "max-age=60"
    assert ask("GET", "/cache").headers["Cache-Control"] == "no-cache"


def test_who_has_it_already_gets_304(ask: Asked) -> None:
    etag = ask("GET", "/cache").headers["ETag"]
    same = [etag, f"W/{etag}", f'"other", {etag}', "*"]
    for condition in same:
        exchange = ask("GET", "/cache", {"If-None-Match": condition})
        assert (exchange.status, exchange.content, exchange.headers["ETag"]) == (304, b"", etag)
    assert ask("GET", "/cache", {"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Modified-Since": "Thu, 01 Jan 2026 12:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Thu, 01 Jan 2026 11:59:59 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Modified-Since": "Thu, 01 Jan 2026 12:00:00"}, 200),
        ({"If-Modified-Since": "Fri, 01 Jan 2027 12:00:00 GMT", "If-None-Match": '"other"'}, 200),
    ],
)
def test_a_date_will_do_where_there_is_no_tag(ask: Asked, headers: Any, status: int) -> None:
    assert ask("GET", "/cache", headers).status == status


@pytest.mark.parametrize(
    ("asked", "status", "content", "where"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/25"),
        ("bytes=23-", 206, b"34", "bytes 23-24/25"),
        ("bytes=-3", 206, b"234", "bytes 22-24/25"),
        ("bytes=20-99", 206, b"01234", "bytes 20-24/25"),
        ("bytes=-99", 206, b"0123456789012345678901234", "bytes 0-24/25"),
        ("bytes=0-0,5-6", 200, b"0123456789012345678901234", None),
        ("bytes=5-3", 200, b"0123456789012345678901234", None),
        ("lines=1-2", 200, b"0123456789012345678901234", None),
        ("bytes=-", 200, b"0123456789012345678901234", None),
    ],
)
def test_a_part_of_the_bytes(ask: Asked, asked: str, status: int, content: bytes, where: str | None) -> None:
    exchange = ask("GET", "/bytes/25", {"Range": asked})
    assert (exchange.status, exchange.content) == (status, content)
    assert exchange.headers.get("Content-Range") == where
    assert exchange.headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize("asked", ["bytes=25-", "bytes=-0", f"bytes={'9' * 30}-"])
def test_a_part_that_is_not_there(ask: Asked, asked: str) -> None:
    exchange = ask("GET", "/bytes/25", {"Range": asked})
    refused(exchange, 416)
    assert exchange.headers["Content-Range"] == "bytes */25"


def test_many_bytes_are_all_there(ask: Asked) -> None:
    content = ask("GET", "/bytes/1000003", {"Range": "bytes=7-"}).content
    assert content == (b"0123456789" * 100_001)[7:1_000_003]


# --- cookies and doors


def test_cookies_come_back_until_they_are_deleted(ask: Asked) -> None:
    session = http.Session()
    set_ = ask("GET", "/cookies/set?flavour=oat&x=%22a%3Bb%0D%0A", session=session)
    assert set_.headers["Set-Cookie"][1] == "x=%22a%3Bb%0D%0A; Path=/; HttpOnly; SameSite=Lax"
    assert ask("GET", "/cookies", session=session).json() == {"cookies": {"flavour": "oat", "x": "%22a%3Bb%0D%0A"}}
    ask("GET", "/cookies/delete?x", session=session)
    assert ask("GET", "/cookies", session=session).json() == {"cookies": {"flavour": "oat"}}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("Basic YW5uOm9wZW4gc2VzYW1l", 200),
        ("basic YW5uOm9wZW4gc2VzYW1l", 200),
        ("Basic YW5uOng=", 401),
        ("Basic !", 401),
        ("Basic /w==", 401),
        ("Bearer x", 401),
    ],
)
def test_the_door_that_asks_for_a_password(ask: Asked, given: str, status: int) -> None:
    exchange = ask("GET", "/auth/basic", {"Authorization": given})
    assert exchange.status == status
    assert ("www-authenticate" in exchange.headers) == (status == 401)


def test_the_door_that_asks_for_a_token(ask: Asked) -> None:
    refused(ask("POST", "/auth/token", JSON, '{"user": "ann", "password": "x"}'), 403)
    given = ask("POST", "/auth/token", JSON, '{"user": "ann", "password": "open sesame"}')
    assert given.headers["Cache-Control"] == "no-store"
    token = given.json()["access_token"]
    assert ask("GET", "/auth/bearer", {"Authorization": f"Bearer {token}"}).json()["welcome"] == "ann"
    wrong = ask("GET", "/auth/bearer", {"Authorization": "Bearer x"})
    assert wrong.headers["WWW-Authenticate"] == 'Bearer realm="the classroom", error="invalid_token"'


@pytest.mark.parametrize(("origin", "allowed"), [("https://friend.example", True), ("https://evil.example", False)])
def test_only_a_friend_may_read(ask: Asked, origin: str, allowed: bool) -> None:
    for method in "GET", "OPTIONS":
        exchange = ask(method, "/cors", {"Origin": origin})
        assert (exchange.headers.get("Access-Control-Allow-Origin") == origin) == allowed
        assert exchange.headers["Vary"] == "Origin"
    assert ("access-control-allow-methods" in exchange.headers) == allowed


# --- uploads, hints, faults


def test_an_upload_is_counted(ask: Asked) -> None:
    exchange = ask("PUT", "/upload", body=b"x" * 300_000)
    assert exchange.status == 201
    assert exchange.json() == {"bytes": 300_000, "sha256": sha256(b"x" * 300_000).hexdigest()}


def test_the_parts_of_a_form_are_listed(ask: Asked) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n\x89P\r\n'
        b"--b--\r\n"
    )
    exchange = ask("POST", "/upload", {"Content-Type": "multipart/form-data; boundary=b"}, body)
    assert exchange.json()["parts"] == [
        {"name": "a", "bytes": 1},
        {"name": "f", "filename": "x.png", "type": "image/png", "bytes": 2},
    ]
    refused(ask("POST", "/upload", {"Content-Type": "multipart/form-data; boundary=c"}, body), 400, "boundary")


def test_hints_come_before_the_page(ask: Asked) -> None:
    exchange = ask("GET", "/hints")
    assert [each.statusCode for each in exchange.response.information] == [103]
    assert ask("GET", "/style.css").headers["Content-Type"] == "text/css"


@pytest.mark.parametrize(
    ("kind", "code"), [("drop", "ECONNRESET"), ("short", "ECONNRESET"), ("garbage", "HPE_INVALID_CONSTANT")]
)
def test_a_fault_is_a_fault(ask: Asked, kind: str, code: str) -> None:
    with pytest.raises(NodeError) as failed:
        ask("GET", f"/fault/{kind}")
    assert getattr(failed.value, "code", "") == code


def test_who_hangs_is_given_up(ask: Asked) -> None:
    with pytest.raises(NodeError, match="ms"):
        ask("GET", "/fault/hang", timeout=100)
    refused(ask("GET", "/fault/nothing"), 400, "drop")
