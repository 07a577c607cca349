"""What is different between two exchanges, and that no secret is told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import httpkit as http
from httpkit.difference import Change, Difference, diff
from httpkit.exchange import Exchange
from httpkit.messages import NO_RESPONSE, ReceivedResponse, SentRequest
from httpkit.payload import Payload
from httpkit.redact import HIDDEN as H

URL = "http://h/"
JSON = (("Content-Type", "application/json"),)
TEXT = (("Content-Type", "text/plain"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
Pairs = tuple[tuple[str, str], ...]


def exchange(
    method: str = "GET",
    url: str = URL,
    headers: Pairs = (),
    body: bytes = b"",
    *,
    answer: Pairs = (),
    content: bytes = b"",
    status: tuple[int, str] = (200, "OK"),
    **more: Any,
) -> Exchange:
    sent = SentRequest(method, url, headers, Payload(body))
    return Exchange(sent, ReceivedResponse(*status, "1.1", answer, Payload(content)), **more)


def changes(a: Exchange, b: Exchange) -> list[tuple[str | None, ...]]:
    return [(change.where, change.kind, change.before, change.after) for change in diff(a, b)]


def json_changes(a: object, b: object) -> list[tuple[str | None, ...]]:
    old, new = (exchange(answer=JSON, content=json.dumps(each).encode()) for each in (a, b))
    found = changes(old, new)
    return [(str(where).removeprefix("response body "), *rest) for where, *rest in found]


def test_no_difference() -> None:
    one = exchange("POST", f"{URL}?a=1&b=2", JSON, b"{}", answer=(("A", "1"), ("b", "2")))
    same = exchange("POST", f"{URL}?b=2&a=1", JSON, b"{}", answer=(("B", "2"), ("a", "1")))
    difference = diff(one, same)
    assert not difference
    assert (len(difference), list(difference)) == (0, [])
    assert str(difference) == "--- POST http://h/ → 200 OK\n+++ POST http://h/ → 200 OK\nNo difference."


def test_the_request_line_and_the_status() -> None:
    one = exchange("GET", "http://h/a?x=1&y=1&y=2&gone=#top")
    two = exchange("PUT", "https://h:8443/b?x=2&y=2&new=1", status=(404, "Not Found"))
    assert changes(one, two) == [
        ("method", "changed", "GET", "PUT"),
        ("URL scheme", "changed", "http", "https"),
        ("URL host", "changed", "h", "h:8443"),
        ("URL path", "changed", "/a", "/b"),
        ("query parameter x", "changed", "1", "2"),
        ("query parameter y", "changed", "1, 2", "2"),
        ("query parameter gone", "removed", "", None),
        ("query parameter new", "added", None, "1"),
        ("URL fragment", "changed", "top", ""),
        ("status", "changed", "200 OK", "404 Not Found"),
    ]


def test_headers() -> None:
    one = exchange(
        headers=(("Accept", "*/*"), ("X-Old", "1")), answer=(("Set-Cookie", "a=1"), ("Vary", "A"), ("vary", "B"))
    )
    two = exchange(headers=(("accept", "text/html"),), answer=(("vary", "B"), ("ETag", '"1"')))
    assert changes(one, two) == [
        ("request header accept", "changed", "*/*", "text/html"),
        ("request header X-Old", "removed", "1", None),
        ("response header Set-Cookie", "removed", f"a={H}", None),
        ("response header vary", "changed", "A\nB", "B"),
        ("response header ETag", "added", None, '"1"'),
    ]


def test_what_differs_each_time_is_told_and_does_not_count() -> None:
    one, two = exchange(answer=(("Date", "yesterday"),)), exchange(answer=(("date", "today"),))
    difference = diff(one, two)
    assert not difference
    assert list(difference) == [Change("response header date", "changed", "yesterday", "today", volatile=True)]
    assert "response header date (differs each time)\n  - yesterday\n  + today" in str(difference)
    assert diff(one, exchange(answer=(("Date", "today"), ("A", "1"))))


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("$.a", "changed", "1", "true")]),
        ({"a": None}, {}, [("$.a", "removed", "null", None)]),
        ({"a": {"my-name": "Ann"}}, {"a": {"my-name": "Bob"}}, [("$.a['my-name']", "changed", '"Ann"', '"Bob"')]),
        ({"a": [1]}, {"a": {"b": 1}}, [("$.a", "changed", "[1]", '{"b": 1}')]),
        ([1, 2, 3], [1, 3], [("$[1]", "removed", "2", None)]),
        ([1, 3], [1, 2, 3], [("$[1]", "added", None, "2")]),
        ([{"id": 1}, {"id": 2}], [{"id": 1}, {"id": 5}], [("$[1].id", "changed", "2", "5")]),
        ([{"id": 0}, {"id": 2}], [{"id": 1}, {"id": 2}, {"id": 3}],
         [("$[0].id", "changed", "0", "1"), ("$[2]", "added", None, '{"id": 3}')]),
        ([], [], []),
        (7, "7", [("$", "changed", "7", '"7"')]),
    ],
)  # fmt: skip
def test_json_is_compared_by_path(a: Any, b: Any, found: list[tuple[str, ...]]) -> None:
    assert json_changes(a, b) == found


def test_the_spelling_of_json_is_no_difference() -> None:
    assert not diff(exchange(content=b'{"a": 1}'), exchange(content=b'{\n "a":1}'))


def test_text_is_compared_by_line() -> None:
    one = exchange(answer=TEXT, content=b"one\ntwo\nthree\nfour\n")
    two = exchange(answer=TEXT, content=b"zero\none\n2\n3\n")
    assert changes(one, two) == [
        ("response body line 1", "added", None, "zero"),
        ("response body line 3", "changed", "two\nthree\nfour", "2\n3"),
    ]
    assert changes(exchange(answer=TEXT, content=b"a\nb"), exchange(answer=TEXT, content=b"a")) == [
        ("response body line 2", "removed", "b", None)
    ]
    assert changes(exchange(answer=TEXT, content=b"a\nb"), exchange(answer=TEXT, content=b"a\r\nb")) == [
        ("response body", "changed", "the same lines", "the same lines, with other line ends or secrets")
    ]


def test_forms_are_compared_by_field() -> None:
    one, two = (
        exchange("POST", headers=FORM, body=body) for body in (b"a=1&password=abc", b"password=def&a=two+words")
    )
    assert changes(one, two) == [
        ("request body field a", "changed", "1", "two words"),
        ("request body field password", "changed", H, f"{H} differs (secret)"),
    ]


def test_bytes_are_compared_by_size_and_place() -> None:
    one, two = exchange(content=b"\xff\x00abc"), exchange(content=b"\xff\x00abd!")
    assert changes(one, two) == [("response body", "changed", "5 bytes", "6 bytes, different from byte 4 on")]
    assert changes(one, exchange(content=b"\xff\x00abcd"))[0][3] == "6 bytes, different from byte 5 on"


def test_a_body_where_there_was_none() -> None:
    assert changes(exchange(), exchange(content=b"hello")) == [("response body", "added", None, "hello")]
    assert changes(exchange(content=b'{"token": "abc"}'), exchange()) == [
        ("response body", "removed", f'{{"token": "{H}"}}', None)
    ]


def test_bodies_are_compared_decoded() -> None:
    packed = exchange(answer=(("Content-Encoding", "gzip"),), content=gzip.compress(b"hello"))
    assert changes(exchange(content=b"hello"), packed) == [("response header Content-Encoding", "added", None, "gzip")]


def test_a_response_that_is_missing_or_cut_off() -> None:
    none = Exchange(SentRequest("GET", URL, ()), NO_RESPONSE, complete=False)
    assert changes(exchange(), none) == [
        ("status", "changed", "200 OK", "no response"),
        ("response", "changed", "complete", "incomplete"),
    ]
    assert str(diff(none, none)).startswith("--- GET http://h/ → no response\n")


def test_secrets_are_compared_and_not_told() -> None:
    one, two = (
        exchange(
            "POST",
            f"http://ann:{word}1@h/?token={word}2",
            (("Authorization", f"Bearer {word}3"), ("Cookie", f"sid={word}4"), *JSON),
            json.dumps({"password": f"{word}5", "pin": {"secret": [f"{word}6"]}}).encode(),
            answer=(("Set-Cookie", f"sid={word}7"), *TEXT),
            content=f"you sent {word}3\nand {word}".encode(),
        )
        for word in ("before", "behind")
    )
    difference = diff(one, two)
    assert [change.where for change in difference] == [
        "URL user", "query parameter token", "request header Authorization", "request header Cookie",
        "request body $.password", "request body $.pin.secret[0]", "response header Set-Cookie", "response body line 1",
    ]  # fmt: skip
    changed = {change.where: change for change in difference}
    assert changed["URL user"].before == f"ann:{H}"
    assert changed["request header Authorization"].after == f"Bearer {H} differs (secret)"
    assert changed["request body $.pin.secret[0]"].before == f'"{H}"'
    last = changed["response body line 1"]
    assert (last.before, last.after) == (f"you sent {H}\nand before", f"you sent {H}\nand behind")
    for secret in (f"{word}{number}" for word in ("before", "behind") for number in range(1, 8)):
        assert secret not in str(difference)
        assert secret in str(diff(one, two, reveal=True))


def test_a_part_of_a_form_keeps_its_secret() -> None:
    kind = (("Content-Type", "multipart/form-data; boundary=b"),)
    part = '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{}\r\n--b--\r\n'
    one, two = (exchange("POST", headers=kind, body=part.format(word).encode()) for word in ("abcdef", "ghijkl"))
    assert changes(one, two) == [("request body line 4", "changed", H, f"{H} differs (secret)")]


def test_values_are_capped() -> None:
    one, two = exchange(headers=(("A", "x" * 5000),)), exchange(headers=(("A", "x" * 4999 + "y"),))
    (change,) = diff(one, two)
    assert change.before == "x" * 2000 + "… (5,000 characters)"
    assert change.after == f"{change.before} differs (not in what is shown)"
    found = json_changes(list(range(0, 2000, 2)), list(range(1, 2001, 2)))
    assert len(found) == 201
    assert found[-1] == ("response body", "more", None, "… and 800 more differences")


def test_large_bodies_are_compared_at_their_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpkit.body_changes.MAX_COMPARED", 11)
    one, two = (exchange(answer=TEXT, content="éééééé".encode() + end) for end in (b"abc", b"abcd"))
    assert changes(one, two) == [
        ("response body", "changed", "15 bytes", "16 bytes, of which the first 11 are the same")
    ]
    assert changes(one, exchange(answer=TEXT, content="ééééèé".encode()))[0][2] == "ééééé\ufffd"


def test_json_that_is_nested_deeply_is_compared_all_the_same() -> None:
    one, two = ("[" * depth + end + "]" * depth for depth, end in ((900, "1"), (900, "2")))
    (change,) = diff(exchange(content=one.encode()), exchange(content=two.encode()))
    assert change.kind == "changed"


def test_a_file_that_was_sent_and_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"abc")
    gone = Exchange(SentRequest("GET", URL, (), Payload(path)), ReceivedResponse(200, "OK", "1.1", ()))
    path.unlink()
    for body in (b"hello", b"cba"):
        assert changes(exchange(body=body), gone) == [("request body", "removed", body.decode(), None)]


def test_control_characters_are_shown_and_do_nothing() -> None:
    text = str(diff(exchange(answer=TEXT, content=b"\x1b[31mred"), exchange(answer=TEXT, content=b"blue")))
    assert "  - \u241b[31mred\n  + blue" in text


def test_how_a_difference_is_told() -> None:
    one = exchange(url=f"{URL}?token=abc", content=b'{"a": 1}', answer=JSON)
    two = exchange("POST", content=b'{"a": 2, "b": null}', answer=JSON, status=(201, "Created"))
    assert str(diff(one, two)).splitlines() == [
        "--- GET http://h/ → 200 OK",
        "+++ POST http://h/ → 201 Created",
        "method",
        "  - GET",
        "  + POST",
        "query parameter token",
        f"  - {H}",
        "status",
        "  - 200 OK",
        "  + 201 Created",
        "response body $.a",
        "  - 1",
        "  + 2",
        "response body $.b",
        "  + null",
    ]


@pytest.fixture
def server() -> Iterator[http.Server]:
    def handler(req: Any, res: Any) -> None:
        res.setHeader("Content-Type", "application/json")
        res.end(json.dumps({"url": req.url, "method": req.method}))

    server = http.createServer(handler).listen(0)
    yield server
    server.close()
    server.closeAllConnections()


def test_two_answers_of_a_server(server: http.Server) -> None:
    one = http.send("GET", f"{server.url}a")
    assert not diff(one, one.replay())
    difference = diff(one, one.replay(url=f"{server.url}b"))
    assert isinstance(difference, Difference)
    assert [change.where for change in difference if not change.volatile] == ["URL path", "response body $.url"]
