"""What is saved as HAR: conformant, whole, and without secrets."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from httpkit import har, redact
from httpkit.draft import Draft
from httpkit.exchange import Exchange
from httpkit.messages import NO_RESPONSE, Phases, ReceivedResponse, SentRequest, SocketFacts
from httpkit.payload import Payload

H = redact.HIDDEN
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"

# What an object must have (http://www.softwareishard.com/blog/har-12-spec/), and the types of what it may have.
NUMBER = (int, float)
SHAPES: dict[str, dict[str, Any]] = {
    "log": {"version": str, "creator": dict, "entries": list},
    "creator": {"name": str, "version": str},
    "entry": {
        "startedDateTime": str, "time": NUMBER, "request": dict, "response": dict, "cache": dict, "timings": dict,
    },
    "request": {
        "method": str, "url": str, "httpVersion": str, "cookies": list, "headers": list, "queryString": list,
        "headersSize": int, "bodySize": int,
    },
    "response": {
        "status": int, "statusText": str, "httpVersion": str, "cookies": list, "headers": list, "content": dict,
        "redirectURL": str, "headersSize": int, "bodySize": int,
    },
    "pair": {"name": str, "value": str},
    "content": {"size": int, "mimeType": str},
    "postData": {"mimeType": str, "params": list, "text": str},
    "timings": {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
}  # fmt: skip


def check(shape: str, value: dict[str, Any]) -> None:
    for name, kind in SHAPES[shape].items():
        assert isinstance(value[name], kind), f"{shape}.{name}"


def check_entry(entry: dict[str, Any]) -> None:
    check("entry", entry)
    check("timings", entry["timings"])
    assert min(entry["timings"][name] for name in ("send", "wait", "receive")) >= 0
    assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
    request, response = entry["request"], entry["response"]
    check("request", request)
    check("response", response)
    check("content", response["content"])
    if "postData" in request:
        check("postData", request["postData"])
    for pairs in (request["headers"], request["cookies"], request["queryString"], response["headers"]):
        for pair in pairs:
            check("pair", pair)


def exchange(
    method: str = "GET",
    url: str = "http://localhost:3000/",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    *,
    answer: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain"),),
    content: bytes = b"",
    status: tuple[int, str] = (200, "OK"),
    **more: Any,
) -> Exchange:
    sent = SentRequest(method, url, headers, Payload(body))
    return Exchange(sent, ReceivedResponse(*status, "1.1", answer, Payload(content)), **more)


def entry(*args: Any, reveal: bool = False, **more: Any) -> dict[str, Any]:
    made = har.entry(exchange(*args, **more), reveal=reveal)
    check_entry(made)
    return made


def test_an_entry() -> None:
    made = entry(
        "POST",
        "http://localhost:3000/a?q=two+words&empty=#top",
        (("Host", "localhost:3000"), ("Content-Type", "application/json")),
        b'{"a": 1}',
        content="é".encode(),
        started_at=datetime(2026, 1, 2, 3, 4, 5, 678901, timezone(timedelta(hours=2))),
        socket=SocketFacts("127.0.0.1:50000", "::1:3000", reused=True),
        draft=Draft("POST", "http://localhost:3000/a", name="login"),
    )
    assert made["startedDateTime"] == "2026-01-02T01:04:05.678+00:00"
    assert (made["serverIPAddress"], made["connection"], made["_side"], made["_reused"]) == (
        "::1",
        "50000",
        "client",
        True,
    )
    assert made["comment"] == "login"
    request, response = made["request"], made["response"]
    assert (request["method"], request["url"]) == ("POST", "http://localhost:3000/a?q=two+words&empty=")
    assert request["queryString"] == [{"name": "q", "value": "two words"}, {"name": "empty", "value": ""}]
    assert request["headers"][0] == {"name": "Host", "value": "localhost:3000"}
    head = "POST /a?q=two+words&empty= HTTP/1.1\r\nHost: localhost:3000\r\nContent-Type: application/json\r\n\r\n"
    assert (request["headersSize"], request["bodySize"]) == (len(head), 8)
    assert request["postData"] == {"mimeType": "application/json", "params": [], "text": '{"a": 1}'}
    assert (response["status"], response["statusText"], response["httpVersion"]) == (200, "OK", "HTTP/1.1")
    assert response["content"] == {"size": 2, "mimeType": "text/plain", "text": "é"}
    assert (response["headersSize"], response["bodySize"]) == (
        len("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"),
        2,
    )


def test_the_server_s_side_tells_the_same_connection() -> None:
    made = entry(socket=SocketFacts("127.0.0.1:3000", "127.0.0.1:50000"), side="server")
    assert (made["serverIPAddress"], made["connection"], made["_side"]) == ("127.0.0.1", "50000", "server")


@pytest.mark.parametrize(
    ("phases", "timings", "time"),
    [
        (
            Phases(1, 2, 3, 4, 5, 6, 7),
            {"blocked": 1, "dns": 2, "connect": 7, "ssl": 4, "send": 5, "wait": 6, "receive": 7},
            28,
        ),
        (
            Phases(queue=0.5, send=1, wait=2, receive=3),
            {"blocked": 0.5, "dns": -1, "connect": -1, "ssl": -1, "send": 1, "wait": 2, "receive": 3},
            6.5,
        ),
        (
            Phases(),
            {"blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 0, "receive": 0},
            0,
        ),
    ],
)
def test_times(phases: Phases, timings: dict[str, float], time: float) -> None:
    made = entry(phases=phases)
    assert (made["timings"], made["time"]) == (timings, time)


def test_a_body_is_saved_decoded() -> None:
    packed = gzip.compress(b"x" * 1000)
    made = entry(answer=(("Content-Type", "text/plain"), ("Content-Encoding", "gzip")), content=packed)
    assert made["response"]["content"] == {
        "size": 1000, "compression": 1000 - len(packed), "mimeType": "text/plain", "text": "x" * 1000,
    }  # fmt: skip
    assert made["response"]["bodySize"] == len(packed)


def test_a_body_that_cannot_be_decoded_is_saved_as_it_arrived() -> None:
    content = entry(answer=(("Content-Encoding", "gzip"),), content=PNG)["response"]["content"]
    assert base64.b64decode(content["text"]) == PNG
    assert content["comment"].startswith("As it arrived: the body is not gzip")


@pytest.mark.parametrize(
    ("data", "content_type", "is_text"),
    [
        (PNG, "image/png", False),
        (b"\xff", "text/plain", False),
        (b"a\x00b", "text/plain", False),
        (b"\xe9", "text/plain; charset=latin-1", True),
        (b"<svg/>", "image/svg+xml", True),
        (b"text", "text/plain; charset=nonsense", True),
        ("é".encode("utf-16"), "text/plain; charset=utf-16", True),
    ],
)
def test_what_is_no_text_is_saved_in_base64(data: bytes, content_type: str, is_text: bool) -> None:
    content = entry(answer=(("Content-Type", content_type),), content=data)["response"]["content"]
    posted = entry("POST", headers=(("Content-Type", content_type),), body=data)["request"]["postData"]
    assert ("encoding" in content, "_encoding" in posted) == (not is_text, not is_text)
    if not is_text:
        assert content["text"] == posted["text"] == base64.b64encode(data).decode()


def test_a_body_that_is_too_large_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("httpkit.har.MAX_BODY", 100)
    for body, headers in ((b"x" * 101, ()), (gzip.compress(b"x" * 101), (("Content-Encoding", "gzip"),))):
        content = entry(answer=headers, content=body)["response"]["content"]
        assert "text" not in content
        assert content["comment"] == "Left out: 101 bytes are more than 100."
    posted = entry("POST", body=b"x" * 101)["request"]["postData"]
    assert (posted["text"], posted["comment"]) == ("", "Left out: 101 bytes are more than 100.")


def test_a_file_that_was_sent_and_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"abc")
    sent = SentRequest("POST", "http://h/", (), Payload(path))
    path.unlink()
    made = har.entry(Exchange(sent, NO_RESPONSE))
    assert made["request"]["postData"]["comment"].startswith("Left out: the file it was in cannot be read")


def test_forms_have_params() -> None:
    kind = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
    posted = entry("POST", headers=kind, body=b"a=two+words&password=abc")["request"]["postData"]
    assert posted["params"] == [{"name": "a", "value": "two words"}, {"name": "password", "value": H}]
    assert posted["text"] == f"a=two+words&password={H}"


def test_cookies() -> None:
    expires = "sid=abc; Path=/a; Domain=h; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure; HttpOnly; SameSite=Lax"
    made = entry(
        headers=(("Cookie", "a=1; b=x=y"), ("Cookie", "c=")),
        answer=(("Set-Cookie", expires), ("Set-Cookie", "theme=dark; Expires=never")),
        reveal=True,
    )
    assert made["request"]["cookies"] == [
        {"name": "a", "value": "1"}, {"name": "b", "value": "x=y"}, {"name": "c", "value": ""},
    ]  # fmt: skip
    assert made["response"]["cookies"] == [
        {
            "name": "sid", "value": "abc", "httpOnly": True, "secure": True, "path": "/a", "domain": "h",
            "expires": "2026-10-21T07:28:00.000+00:00", "sameSite": "Lax",
        },
        {"name": "theme", "value": "dark", "httpOnly": False, "secure": False},
    ]  # fmt: skip


def test_no_secret_is_saved() -> None:
    basic = base64.b64encode(b"ann:password1").decode()
    seen = b'{"token": "tokenInJson", "pin": 1, "password": 424242, "echo": "cookieValue"}'
    secret = exchange(
        "POST",
        "http://ann:password2@h/?token=tokenInUrl&q=1",
        (("Authorization", f"Basic {basic}"), ("Cookie", "sid=cookieValue"), ("X-Api-Key", "apiKeyValue")),
        b'{"password": "password3", "client_secret": ["password4"]}',
        answer=(
            ("Content-Type", "application/json"),
            ("Set-Cookie", "sid=setCookie"),
            ("X-Echo", "apiKeyValue"),
            ("Location", "/next?access_token=tokenInLocation"),
        ),
        content=seen,
        status=(302, "Found apiKeyValue"),
    )
    binary = exchange(content=b"\xff\x00 cookieValue", answer=(("Content-Type", "image/png"),))
    packed = exchange(content=gzip.compress(b"it is setCookie"), answer=(("Content-Encoding", "gzip"),))
    kind = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    sent = exchange("POST", headers=kind, body=gzip.compress(b'{"password": "password5"}'))
    text = json.dumps(har.document([secret, binary, packed, sent]), ensure_ascii=False)
    hidden = (
        basic, "password1", "password2", "password3", "password4", "tokenInUrl", "tokenInJson", "tokenInLocation",
        "cookieValue", "apiKeyValue", "setCookie", "424242", base64.b64encode(binary.response.body).decode(),
        base64.b64encode(sent.request.body).decode(),
    )  # fmt: skip
    assert [each for each in hidden if each in text] == []
    assert "Left out: there is a secret among these bytes." in text
    revealed = json.dumps(har.document([secret, binary, packed, sent], reveal=True), ensure_ascii=False)
    assert [each for each in hidden if each not in revealed and each != "password1"] == []
    assert H not in revealed


def test_a_document_has_the_redirects_as_entries_of_their_own() -> None:
    hop = exchange(url="http://h/1", status=(302, "Found"), answer=(("Location", "/2"),))
    log = har.document([replace(exchange(url="http://h/2"), redirects=(hop,)), exchange(url="http://h/3")])["log"]
    check("log", log)
    check("creator", log["creator"])
    assert (log["version"], log["creator"]["name"], log["pages"]) == ("1.2", "httpkit", [])
    assert "browser" not in log
    for each in log["entries"]:
        check_entry(each)
    assert [each["request"]["url"] for each in log["entries"]] == ["http://h/1", "http://h/2", "http://h/3"]
    assert [each["response"]["redirectURL"] for each in log["entries"]] == ["/2", "", ""]


def test_the_secrets_of_one_exchange_are_hidden_in_all() -> None:
    login = exchange(answer=(("Set-Cookie", "sid=cookieValue"),))
    later = exchange(content=b"you have cookieValue")
    assert "cookieValue" not in json.dumps(har.document([login, later]))


def test_what_got_no_answer() -> None:
    made = har.entry(Exchange(SentRequest("GET", "http://h/", ()), NO_RESPONSE, complete=False))
    check_entry(made)
    response = made["response"]
    assert (response["status"], response["_error"], response["bodySize"], response["headersSize"]) == (
        0,
        "incomplete",
        -1,
        -1,
    )
    assert made["startedDateTime"] == datetime.fromtimestamp(0, UTC).isoformat(timespec="milliseconds")


def test_an_exchange_gives_its_entry() -> None:
    assert exchange().to_har() == har.entry(exchange())
    assert exchange(headers=(("X-Token", "abc"),)).to_har(reveal=True)["request"]["headers"][0]["value"] == "abc"


def test_names_and_types_are_saved_without_secrets() -> None:
    secret = "S3CRETVALUE99"
    form = "application/x-www-form-urlencoded"
    echoed = exchange(
        "POST",
        f"http://h/?{secret}=1",
        (
            ("Authorization", f"Bearer {secret}"), ("Content-Type", f"{form}; a={secret}"), (f"X-{secret}", "1"),
            ("Cookie", f"{secret}=1"),
        ),
        f"{secret}=1".encode(),
        answer=(("Content-Type", f"text/{secret}"), (f"X-{secret}", "1"), ("Set-Cookie", f"{secret}=1")),
        content=b"hello",
    )  # fmt: skip
    made = har.entry(echoed)
    check_entry(made)
    assert secret not in json.dumps(made)
    assert (made["response"]["content"]["mimeType"], made["response"]["cookies"][0]["name"]) == (f"text/{H}", H)
    assert json.dumps(har.entry(echoed, reveal=True)).count(secret) > 8
