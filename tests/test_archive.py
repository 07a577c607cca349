"""HAR files: what others wrote is read as far as it goes, and what we wrote comes back."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import httpkit as http
from httpkit.archive import Archive, Skipped, read_har, write_har
from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.messages import Phases, ReceivedResponse, SentRequest, SocketFacts
from httpkit.payload import Payload

URL = "http://localhost:3000/a"


def entry(**changes: Any) -> dict[str, Any]:
    """An entry as small as it may be, with changes such as request={…}, of which None takes a key away."""
    made: dict[str, Any] = {
        "request": {"method": "GET", "url": URL},
        "response": {"status": 200, "statusText": "OK", "content": {"text": "hi"}},
    }
    for name, value in changes.items():
        made[name] = {**made.get(name, {}), **value} if isinstance(value, dict) else value
    return made


def har(*entries: Any) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}})


def read(**changes: Any) -> Exchange:
    archive = read_har(har(entry(**changes)))
    assert archive.skipped == ()
    return archive[0]


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    exchange = Exchange(
        SentRequest("POST", URL, (("Content-Type", "application/json"), ("Content-Length", "2")), Payload(b"{}")),
        ReceivedResponse(
            201, "Created", "1.1", (("Content-Type", "image/png"), ("Set-Cookie", "a=1")), Payload(b"\xff")
        ),
        Phases(1.5, 2, 3, 4, 5, 6, 7),
        datetime(2026, 1, 2, 3, 4, 5, 678000, UTC),
        SocketFacts(":50000", "127.0.0.1:3000", reused=True),
    )
    served = Exchange(exchange.request, exchange.response, socket=SocketFacts("::1:3000", ":50000"), side="server")
    path = write_har(tmp_path / "a.har", [exchange, served], reveal=True)
    assert path == tmp_path / "a.har"
    back = read_har(path)
    assert back.skipped == ()
    assert back[0] == exchange
    assert (back[1].socket, back[1].side) == (served.socket, "server")
    assert read_har(str(path))[0] == read_har(path.read_bytes())[0] == read_har(path.read_text())[0] == exchange


def test_secrets_are_hidden_in_the_file_unless_asked_for(tmp_path: Path) -> None:
    exchange = Exchange(SentRequest("GET", f"{URL}?token=abc", ()), ReceivedResponse(200, "OK", "1.1", ()))
    assert "abc" not in write_har(tmp_path / "a.har", exchange).read_text()
    assert "abc" in write_har(tmp_path / "a.har", exchange, reveal=True).read_text()


def test_the_least_that_an_entry_needs() -> None:
    exchange = read(response=None)
    assert (exchange.request.method, exchange.request.url, exchange.status) == ("GET", URL, 0)
    assert not exchange.complete
    assert (exchange.started_at, exchange.phases, exchange.socket) == (None, Phases(), SocketFacts())


def test_what_is_of_the_wrong_type_is_left_out() -> None:
    exchange = read(
        request={"headers": "none", "postData": ["a"], "cookies": 7},
        response={"status": "200", "headers": [7, {"name": 1, "value": "x"}, {"name": "A", "value": None}, {}],
                  "content": {"text": 5, "size": "big"}, "httpVersion": 2},
        timings="fast", startedDateTime=5, serverIPAddress=[], connection=443, cache=None, time="x",
    )  # fmt: skip
    assert (exchange.status, exchange.text, exchange.complete) == (200, "", True)
    assert exchange.response.raw_headers == (("A", ""),)
    assert (exchange.response.httpVersion, exchange.phases, exchange.socket.local) == ("2.0", Phases(), ":443")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (None, "request.url is missing, expected a URL"),
        (7, "request.url is missing, expected a URL"),
        ({"request": []}, "request.url is missing, expected a URL"),
        (entry(request={"url": "/relative?token=abc"}), "request.url is '/relative?token=••••••', expected a URL"),
        (entry(request={"url": "http://[::1"}), "request.url is 'http://[::1', expected a URL"),
        (entry(request={"url": "http://h:99999/"}), "request.url is 'http://h:99999/', expected a URL"),
        (entry(request={"method": None}), "request.method is missing, expected one such as GET"),
        (entry(request={"method": "GET /\r\nX: y"}), "request.method is 'GET /\\r\\nX: y', expected one such as GET"),
    ],
)
def test_a_bad_entry_costs_that_entry(broken: Any, reason: str) -> None:
    archive = read_har(har(entry(), broken, entry()))
    assert len(archive) == 2
    assert archive.skipped == (Skipped(1, "all of it", reason),)


@pytest.mark.parametrize("status", [0, -1, None, "", "abc", 99, 1000, float("nan"), 1e400])
def test_a_request_that_was_blocked_is_an_incomplete_exchange(status: Any) -> None:
    exchange = read(response={"status": status, "_error": "net::ERR_ABORTED"})
    assert (exchange.status, exchange.complete, exchange.response.body) == (0, False, b"")


def test_a_response_that_was_cut_off_is_not_complete() -> None:
    exchange = read(response={"_error": "net::ERR_ABORTED"})
    assert (exchange.status, exchange.text, exchange.complete) == (200, "hi", False)
    assert read(response={"_error": None}).complete


def headers(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def test_pseudo_headers_are_none_and_joined_ones_are_several() -> None:
    exchange = read(
        request={"headers": headers((":authority", "h"), (":method", "GET"), ("accept", "*/*"), ("bad name", "x"))},
        response={
            "headers": headers((":status", "200"), ("set-cookie", "a=1\nb=2"), ("x-empty", "")), "httpVersion": "h2",
        },
    )  # fmt: skip
    assert exchange.request.raw_headers == (("accept", "*/*"),)
    assert exchange.response.raw_headers == (("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x-empty", ""))
    assert exchange.headers["set-cookie"] == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("given", "version"),
    [
        ("HTTP/1.1", "1.1"),
        ("http/2.0", "2.0"),
        ("HTTP/2", "2.0"),
        ("h2", "2.0"),
        ("h3", "3.0"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_versions(given: str, version: str) -> None:
    assert read(response={"httpVersion": given}).response.httpVersion == version


def test_bodies_are_decoded_so_the_headers_of_the_encoding_go() -> None:
    sent = headers(("Content-Encoding", "gzip"), ("Content-Length", "20"), ("Content-Type", "text/plain"))
    exchange = read(response={"headers": sent, "content": {"text": "é"}})
    assert (exchange.text, exchange.response.raw_headers) == ("é", (("Content-Type", "text/plain"),))


@pytest.mark.parametrize(
    ("content_type", "text", "body", "now"),
    [
        ("text/plain; charset=latin-1", "é", b"\xe9", "text/plain; charset=latin-1"),
        ("text/plain; charset=latin-1", "日", "日".encode(), "text/plain; charset=utf-8"),
        ("text/plain; charset=latin-1; a=b", "日", "日".encode(), "text/plain; a=b; charset=utf-8"),
        ("text/plain; charset=zlib", "é", "é".encode(), "text/plain; charset=zlib"),
        ("text/plain", "é\ud800", "é?".encode(), "text/plain; charset=utf-8"),
    ],
)
def test_text_gives_the_text(content_type: str, text: str, body: bytes, now: str) -> None:
    exchange = read(response={"headers": headers(("Content-Type", content_type)), "content": {"text": text}})
    assert (exchange.response.body, exchange.headers["content-type"]) == (body, now)
    assert exchange.text == text.replace("\ud800", "?")


@pytest.mark.parametrize("spelled", ["/w==", "/w", " /w=\n= "])
def test_base64(spelled: str) -> None:
    content = {"encoding": "base64", "text": spelled}
    assert read(response={"content": content}).response.body == b"\xff"
    assert read(request={"postData": {"_encoding": "base64", "text": spelled}}).request.body == b"\xff"


def test_base64_that_is_none_costs_the_body() -> None:
    archive = read_har(har(entry(response={"content": {"encoding": "base64", "text": "é"}})))
    assert (archive[0].status, archive[0].response.body) == (200, b"")
    (skipped,) = archive.skipped
    assert (skipped.index, skipped.what) == (0, "the response's body")
    assert "the response's body is not the base64 that it says it is" in skipped.reason


@pytest.mark.parametrize(
    ("post", "body"),
    [
        ({"mimeType": "application/json", "text": '{"a": "é"}'}, '{"a": "é"}'.encode()),
        ({"mimeType": "application/x-www-form-urlencoded", "params": headers(("a", "two words"))}, b"a=two+words"),
        ({"mimeType": "application/x-www-form-urlencoded", "text": "a=1", "params": headers(("a", "2"))}, b"a=1"),
        (
            {
                "mimeType": "application/x-www-form-urlencoded",
                "text": "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=1",
            },
            b"a=1",
        ),
        ({"mimeType": None, "text": "a"}, b"a"),
        ({}, b""),
    ],
)
def test_what_was_posted(post: dict[str, Any], body: bytes) -> None:
    assert read(request={"postData": post}).request.body == body


def test_fields_without_a_text() -> None:
    post = {"mimeType": "multipart/form-data", "params": headers(("a", "1"))}
    archive = read_har(har(entry(request={"postData": post})))
    assert len(archive) == 1
    assert archive.skipped[0].reason == "the request's body is fields of multipart/form-data alone"


def test_half_a_character_is_none() -> None:
    post = {"mimeType": "application/x-www-form-urlencoded", "params": headers(("a\ud800", "\udc00"))}
    exchange = read(request={"url": f"{URL}\ud800", "headers": headers(("A", "\ud800")), "postData": post})
    assert (exchange.request.url, exchange.request.raw_headers) == (f"{URL}?", (("A", "?"),))
    assert exchange.request.body == b"a%3F=%3F"


def test_times_and_socket() -> None:
    exchange = read(
        startedDateTime="2026-01-02T03:04:05.678Z",
        timings={"blocked": 1, "dns": -1, "connect": 10, "ssl": 4, "send": "5", "wait": 6, "receive": None},
        serverIPAddress="[2001:db8::1]",
        connection="443",
        request={"url": "https://h/"},
    )
    assert exchange.started_at == datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
    assert exchange.phases == Phases(queue=1, connect=6, tls=4, send=5, wait=6)
    assert exchange.socket == SocketFacts(":443", "2001:db8::1:443")
    assert read(startedDateTime="9999-12-31T23:59:59-23:59").started_at is None
    assert read(startedDateTime="2026-01-02T03:04:05").started_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_and_byte_order_marks(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_bytes(har(entry()).encode(encoding))
    assert len(read_har(path)) == 1
    assert len(read_har(path.read_bytes())) == 1
    assert len(read_har("\ufeff" + har(entry()))) == 1


def test_a_file_cut_in_the_middle_keeps_what_is_whole() -> None:
    text = json.dumps({"log": {"comment": '"entries": [', "entries": [entry(), entry(), entry()]}}, indent=1)
    third = text.rindex('"request"')
    archive = read_har(text[: third + 20])
    assert len(archive) == 2
    (skipped,) = archive.skipped
    assert (skipped.index, skipped.what) == (2, "this and all that follow")
    assert skipped.reason.startswith("the file is cut off in the middle of the entry that begins in line ")
    behind = read_har(text[: text.rindex("]")])
    assert (len(behind), behind.skipped[0].reason.startswith("the file ends here")) == (3, True)


def test_every_place_to_cut_a_file_keeps_the_entries_before_it() -> None:
    text = har(entry(), entry())
    second = text.rindex('{"request"')
    for cut in range(text.index("[") + 1, len(text)):
        archive = read_har(text[:cut])
        assert len(archive) == (2 if cut >= len(text) - 3 else 1 if cut >= second - 2 else 0)
        assert len(archive.skipped) == (0 if cut >= len(text) - 2 else 1)


def test_an_entry_that_is_not_json_ends_what_can_be_read() -> None:
    text = har(entry(), entry(), entry()).replace('"GET"', "GET'", 2).replace("GET'", '"GET"', 1)
    archive = read_har(text)
    assert len(archive) == 1
    assert "is not JSON (Expecting value" in archive.skipped[0].reason


@pytest.mark.parametrize(
    ("source", "got"),
    [
        ("[]", "JSON that is a list"),
        ("{}", "an empty object"),
        ('{"a": 1, "b": 2}', "an object with a, b"),
        ('{"log": {"version": "1.2"}}', "a log without a list of entries"),
        ('{"log": {"entries": {}}}', "a log without a list of entries"),
        ('{"log": ', "what is not JSON (Expecting value"),
        (b"", "nothing: it is empty"),
        (b"\x89PNG", "what is not JSON ("),
        (b"<html>", "what is not JSON ("),
        (b"7", "JSON that is a int"),
        ("{" * 100_000, "what is not JSON ("),
        ("a\0b", "text that is neither JSON nor a path"),
        (7, "an instance of int"),
    ],
)
def test_what_is_no_har_at_all(source: Any, got: str) -> None:
    with pytest.raises(NodeError) as caught:
        read_har(source)
    assert caught.value.code == "ERR_HAR"
    message = str(caught.value)
    assert f'expected {{"log": {{"entries": […]}}}}, got {got}' in message
    assert "“Save all as HAR” makes one." in message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.har"):
        read_har(tmp_path / "none.har")


def test_an_empty_file_of_entries() -> None:
    archive = read_har(har())
    assert (len(archive), archive.skipped, str(archive)) == (0, (), "")


def test_how_an_archive_is_told() -> None:
    archive = read_har(har(entry(request={"url": f"{URL}?token=abc"}), 7, entry(response=None)))
    assert repr(archive) == "<Archive of 2 exchanges, 1 skipped>"
    assert str(archive).splitlines() == [
        f"[0] GET {URL} → 200 OK, 2 bytes",
        f"[1] GET {URL} → no response, 0 bytes",
        "Entry 1, all of it, was skipped: request.url is missing, expected a URL",
    ]
    assert isinstance(archive, tuple)
    assert archive == tuple(archive)
    assert Archive() == ()


@pytest.fixture
def server() -> Iterator[http.Server]:
    async def handler(req: Any, res: Any) -> None:
        if req.url == "/old":
            res.writeHead(302, {"Location": "/new"})
            res.end()
            return
        body = gzip.compress(f"{req.method} {req.url} {await req.text()}".encode())
        res.writeHead(200, {"Content-Type": "text/plain", "Content-Encoding": "gzip"})
        res.end(body)

    server = http.createServer(handler).listen(0)
    yield server
    server.close()
    server.closeAllConnections()


def test_what_was_read_can_be_sent_again(server: http.Server, tmp_path: Path) -> None:
    first = http.send("POST", f"{server.url}a", [("Content-Type", "text/plain")], "hello")
    second = http.send("GET", f"{server.url}old", follow=True)
    archive = read_har(write_har(tmp_path / "a.har", [first, second]))
    assert [each.status for each in archive] == [200, 302, 200]
    assert [each.text for each in archive] == ["POST /a hello", "", "GET /new "]
    assert archive[0].request.body == b"hello"
    again = archive[0].replay()
    assert (again.text, again.request.raw_headers) == ("POST /a hello", first.request.raw_headers)
    assert archive[0].replay(method="PUT", body="other").text == "PUT /a other"


def test_a_request_whose_body_is_not_in_the_file_can_be_sent_again(server: http.Server) -> None:
    sent = headers((":authority", "h"), ("content-length", "5"), ("content-type", "text/plain"))
    archive = read_har(har(entry(request={"method": "POST", "url": f"{server.url}a", "headers": sent})))
    assert archive[0].replay(timeout=10_000).text == "POST /a "


def test_a_websocket_of_chrome() -> None:
    exchange = read(
        request={"url": "wss://h/socket"},
        response={"status": 101, "content": {"size": 0, "mimeType": "x-unknown"}},
        _webSocketMessages=[{"type": "send", "time": 1.5, "opcode": 1, "data": "hi"}],
        _resourceType="websocket",
    )
    assert (exchange.status, exchange.request.url, exchange.complete) == (101, "wss://h/socket", True)


def test_binary_content_of_a_browser() -> None:
    content = {"size": 4, "mimeType": "image/png", "encoding": "base64", "text": base64.b64encode(b"\x89PNG").decode()}
    assert read(response={"content": content}).content == b"\x89PNG"
