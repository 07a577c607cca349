"""Where a redirect leads, and what goes along (the Fetch standard, RFC 9110 section 15.4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import httpkit as http
from httpkit.draft import Draft
from httpkit.messages import ReceivedResponse
from httpkit.payload import Payload
from httpkit.redirects import redirected
from httpkit.session import Session
from tests.certificates import LOCALHOST, WHERE
from tests.serving import echo, serving

HERE = "http://here.example/a/b?c=d"


def moved(draft: Draft, location: str | None, status: int = 302) -> Draft | None:
    headers = () if location is None else (("Location", location),)
    return redirected(draft, ReceivedResponse(status, "", "1.1", headers))


def url_after(base: str, location: str) -> str:
    draft = moved(Draft("GET", base), location)
    assert draft is not None
    return draft.url


@pytest.mark.parametrize(
    ("status", "methods"),
    [
        (301, "GET→GET HEAD→HEAD POST→GET PUT→PUT DELETE→DELETE PATCH→PATCH"),
        (302, "GET→GET HEAD→HEAD POST→GET PUT→PUT DELETE→DELETE PATCH→PATCH"),
        (303, "GET→GET HEAD→HEAD POST→GET PUT→GET DELETE→GET PATCH→GET"),
        (307, "GET→GET HEAD→HEAD POST→POST PUT→PUT DELETE→DELETE PATCH→PATCH"),
        (308, "GET→GET HEAD→HEAD POST→POST PUT→PUT DELETE→DELETE PATCH→PATCH"),
    ],
)
def test_status_and_method_decide_what_is_asked_next(status: int, methods: str) -> None:
    about_the_body = (("Content-Type", "text/plain"), ("content-encoding", "gzip"), ("Content-Length", "4"))
    for before, after in (pair.split("→") for pair in methods.split()):
        draft = Draft(before, HERE, (("X-A", "1"), *about_the_body), Payload(b"body"))
        following = moved(draft, "/there", status)
        assert following is not None
        assert (before, following.method) == (before, after)
        keeps_body = before == after
        assert following.payload == (draft.payload if keeps_body else Payload())
        assert following.raw_headers == (draft.raw_headers if keeps_body else (("X-A", "1"),))


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 306, 309, 404])
def test_other_statuses_lead_nowhere(status: int) -> None:
    assert moved(Draft("GET", HERE), "/there", status) is None


@pytest.mark.parametrize("location", [None, ""])
def test_without_a_location_it_leads_nowhere(location: str | None) -> None:
    assert moved(Draft("GET", HERE), location) is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/x", "http://here.example/x"),
        ("x", "http://here.example/a/x"),
        ("../x", "http://here.example/x"),
        ("./", "http://here.example/a/"),
        ("?x=y", "http://here.example/a/b?x=y"),
        ("//there.example/x", "http://there.example/x"),
        ("https://there.example", "https://there.example"),
        ("HTTP://There.example:8080/X", "http://There.example:8080/X"),
        # Bytes, blanks and quotes as they stand in headers of careless servers.
        ("/a b", "http://here.example/a%20b"),
        ("/\xc3\xa9", "http://here.example/%C3%A9"),
        ('/"<>', "http://here.example/%22%3C%3E"),
        ("/100%25?a=b%20c", "http://here.example/100%25?a=b%20c"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_a_location_is_relative_to_what_was_asked_for(location: str, url: str) -> None:
    assert url_after(HERE, location) == url


@pytest.mark.parametrize(
    ("base", "location", "url"),
    [
        ("http://h/a#top", "/b", "http://h/b#top"),
        ("http://h/a#top", "/b#own", "http://h/b#own"),
        ("http://h/a", "/b#own", "http://h/b#own"),
        ("http://h/a#top", "#own", "http://h/a#own"),
    ],
)
def test_a_fragment_is_inherited(base: str, location: str, url: str) -> None:
    assert url_after(base, location) == url


@pytest.mark.parametrize(
    "location",
    ["ftp://h/", "javascript:alert(1)", "data:,x", "file:///etc/passwd", "https://", "http://h:port/", "http://h:99999/",
     "http://[::1/", "mailto:a@b", "http://h:0/"],
)  # fmt: skip
def test_a_location_that_cannot_be_requested(location: str) -> None:
    with pytest.raises(http.NodeError, match="which is no URL that can be requested: expected http") as failed:
        url_after(HERE, location)
    assert failed.value.code == "ERR_INVALID_REDIRECT"


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/there", True),
        ("http://here.example/", True),
        ("http://HERE.example:80/", True),
        ("http://there.example/", False),
        ("http://sub.here.example/", False),
        ("http://here.example:8080/", False),
        ("https://here.example/", False),
    ],
)
def test_credentials_do_not_travel_to_another_origin(location: str, kept: bool) -> None:
    credentials = (("authorization", "Bearer t"), ("Cookie", "a=1"), ("Proxy-Authorization", "Basic x"))
    following = moved(Draft("GET", HERE, (("X-A", "1"), *credentials)), location)
    assert following is not None
    assert following.raw_headers == (("X-A", "1"), *(credentials if kept else ()))


def test_credentials_do_not_travel_in_the_clear() -> None:
    following = moved(Draft("GET", "https://here.example/", (("Authorization", "Bearer t"),)), "http://here.example/")
    assert following is not None
    assert following.raw_headers == ()


def test_name_and_password_of_a_url_stay_with_its_origin() -> None:
    base = "http://user:pass@h/a"
    assert url_after(base, "/b") == "http://user:pass@h/b"
    assert url_after(base, "http://h/b") == "http://user:pass@h/b"
    assert url_after(base, "http://other:one@h/b") == "http://other:one@h/b"
    assert url_after(base, "http://elsewhere/b") == "http://elsewhere/b"
    assert url_after(base, "//elsewhere/b") == "http://elsewhere/b"
    assert url_after("http://h/a", "/b") == "http://h/b"


def test_a_host_that_was_given_is_that_of_the_first_request_only() -> None:
    following = moved(Draft("GET", HERE, (("host", "virtual.example"),)), "/there")
    assert following is not None
    assert following.raw_headers == ()


# --- over the wire


async def redirecting(req: Any, res: Any) -> None:
    """`/?to=…&status=…` redirects; anything else says what was asked."""
    query = parse_qs(urlsplit(req.url).query)
    if "to" not in query:
        await echo(req, res)
        return
    await req.bytes()
    res.writeHead(int(query.get("status", ["302"])[0]), {"Location": query["to"][0]})
    res.end("moved")


def test_redirects_are_followed_on_request_only() -> None:
    with serving(redirecting) as server:
        url = f"{server.url}?to=/there"
        assert http.send("GET", url).status == 302
        exchange = http.send("GET", url, follow=True)
        assert (exchange.status, exchange.text, exchange.request.url) == (200, "GET /there", f"{server.url}there")
        (first,) = exchange.redirects
        assert (first.status, first.text, first.redirects) == (302, "moved", ())


def test_each_exchange_on_the_way_has_its_own_times_and_bytes() -> None:
    with serving(redirecting) as server:
        url = f"{server.url}?to=/%3Fto=/there"
        exchange = http.send("GET", url, follow=True, agent=http.Agent(keepAlive=True))
    steps = [*exchange.redirects, exchange]
    assert [step.status for step in steps] == [302, 302, 200]
    assert [step.socket.reused for step in steps] == [False, True, True]
    assert [step.phases.connect is None for step in steps] == [False, True, True]
    assert all(step.phases.wait is not None and step.phases.receive is not None for step in steps)
    assert [step.wire.sent.split(b" ")[1] for step in steps] == [b"/?to=/%3Fto=/there", b"/?to=/there", b"/there"]
    assert exchange.draft is not None
    assert exchange.draft.url == url


def test_a_body_goes_along_where_the_method_stays(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_text("from a file")
    with serving(redirecting) as server:
        for status, said in ((307, "PUT /there from a file"), (303, "GET /there")):
            assert http.send("PUT", f"{server.url}?to=/there&status={status}", body=path, follow=True).text == said


def test_the_last_answer_alone_is_downloaded(tmp_path: Path) -> None:
    path = tmp_path / "page"
    with serving(redirecting) as server:
        exchange = http.send("GET", f"{server.url}?to=/there", follow=True, download=path)
        assert (path.read_text(), exchange.redirects[0].text) == ("GET /there", "moved")
        # Where redirects are not followed, this is the answer.
        assert http.send("GET", f"{server.url}?to=/there", download=path).text == "moved"
        assert path.read_text() == "moved"


def test_too_many_redirects() -> None:
    with serving(lambda req, res: (res.writeHead(302, {"Location": "/again"}), res.end())) as server:
        for limit in (0, 3):
            with pytest.raises(http.NodeError, match=f"{limit} redirects led to yet another one, .*a loop?") as failed:
                http.send("GET", server.url, follow=True, max_redirects=limit)
            assert failed.value.code == "ERR_TOO_MANY_REDIRECTS"
            assert isinstance(failed.value.exchange, http.Exchange)
            assert len(failed.value.exchange.redirects) == limit


def test_as_many_redirects_as_are_allowed_are_no_error() -> None:
    with serving(redirecting) as server:
        assert http.send("GET", f"{server.url}?to=/there", follow=True, max_redirects=1).text == "GET /there"


def test_an_error_says_what_there_was_until_then() -> None:
    with serving(redirecting) as server, pytest.raises(http.NodeError) as failed:
        http.send("GET", f"{server.url}?to=ftp://elsewhere/", follow=True)
    assert failed.value.code == "ERR_INVALID_REDIRECT"
    assert isinstance(failed.value.exchange, http.Exchange)
    assert failed.value.exchange.status == 302


def test_cookies_set_on_the_way_are_sent_on() -> None:
    def handler(req: Any, res: Any) -> None:
        if req.url == "/":
            res.writeHead(302, {"Location": "/home", "Set-Cookie": "login=1; Path=/"})
        res.end(req.headers.get("cookie", "none"))

    with serving(handler) as server:
        assert http.send("GET", server.url, follow=True, session=Session()).text == "login=1"
        assert http.send("GET", server.url, follow=True).text == "none"


def headers_asked(exchange: http.Exchange) -> set[str]:
    return {"authorization", "cookie", "x-a"} & set(exchange.request.headers)


def test_what_a_session_adds_is_not_given_to_whoever_one_is_redirected_to() -> None:
    session = Session({"Authorization": "Bearer t", "Cookie": "a=1", "X-A": "1"})
    with serving(redirecting) as there, serving(redirecting) as here:
        exchange = http.send("GET", f"{here.url}?to={there.url}x", session=session, follow=True)
        assert headers_asked(exchange.redirects[0]) == {"authorization", "cookie", "x-a"}
        assert headers_asked(exchange) == {"x-a"}
        assert headers_asked(http.send("GET", f"{here.url}?to=/x", session=session, follow=True)) == {
            "authorization",
            "cookie",
            "x-a",
        }
        # Who is asked directly is who the session was made for.
        assert headers_asked(http.send("GET", there.url, session=session)) == {"authorization", "cookie", "x-a"}


def test_from_tls_into_the_clear_and_back_each_has_its_own_sockets() -> None:
    with serving(redirecting, LOCALHOST) as secure, serving(redirecting) as plain:
        there = f"https://localhost:{secure.port}/?to={plain.url}end"
        exchange = http.send("GET", f"{plain.url}?to={there}", follow=True, verify=str(WHERE / "ca.pem"))
        assert [bool(each.socket.protocol) for each in (*exchange.redirects, exchange)] == [False, True, False]
        assert exchange.text == "GET /end"
        assert [each.request.headers["host"] for each in exchange.redirects] == [
            urlsplit(plain.url).netloc,
            f"localhost:{secure.port}",
        ]
