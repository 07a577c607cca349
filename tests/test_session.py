"""What is remembered from one request to the next."""

from __future__ import annotations

from typing import Any

import httpkit as http
from httpkit.session import Session
from tests.serving import serving


def headers_of(exchange: http.Exchange) -> dict[str, Any]:
    return dict(exchange.request.headers)


def test_cookies_come_back_and_secrets_stay_out_of_its_repr() -> None:
    def handler(req: Any, res: Any) -> None:
        res.setHeader("Set-Cookie", ["login=hunter2; Path=/", "theme=dark"])
        res.end(req.headers.get("cookie", "none"))

    session = Session()
    with serving(handler) as server:
        assert http.send("GET", server.url, session=session).text == "none"
        assert http.send("GET", server.url, session=session).text == "login=hunter2; theme=dark"
        assert http.send("GET", server.url).text == "none"
    assert repr(session) == "<Session 2 cookies, 0 headers>"
    assert "hunter2" not in repr(session.cookies)


def test_its_headers_go_with_requests_that_have_none_of_that_name() -> None:
    session = Session({"X-A": "1", "x-b": "2"})
    with serving(lambda req, res: res.end()) as server:
        assert headers_of(http.send("GET", server.url, session=session)).items() >= {"x-a": "1", "x-b": "2"}.items()
        given = http.send("GET", server.url, [("X-B", "3")], session=session)
        assert headers_of(given).items() >= {"x-a": "1", "x-b": "3"}.items()


def test_cookies_of_all_kinds_go_in_one_header() -> None:
    session = Session({"Cookie": "a=1"})
    with serving(lambda req, res: res.end(req.headers["cookie"])) as server:
        session.cookies.take(server.url, ["b=2"])
        assert http.send("GET", server.url, session=session).text == "b=2; a=1"
        assert http.send("GET", server.url, [("Cookie", "c=3")], session=session).text == "b=2; c=3"


def test_a_cookie_that_is_written_takes_the_place_of_the_remembered_one() -> None:
    session = Session()
    with serving(lambda req, res: res.end(req.headers["cookie"])) as server:
        session.cookies.take(server.url, ["a=1"])
        session.cookies.take(server.url, ["b=2"])
        assert http.send("GET", server.url, [("Cookie", "a=mine")], session=session).text == "b=2; a=mine"


def test_what_it_adds_is_no_part_of_what_was_asked_for() -> None:
    session = Session({"X-A": "1"})
    with serving(lambda req, res: res.end(req.headers.get("cookie"))) as server:
        session.cookies.take(server.url, ["a=1"])
        exchange = http.send("GET", server.url, [("X-B", "2")], session=session)
        assert exchange.draft is not None
        assert exchange.draft.raw_headers == (("X-B", "2"),)
        session.cookies.take(server.url, ["a=2"])
        assert exchange.replay().text == "a=2"
        session.cookies.clear()
        assert exchange.replay().request.headers.get("cookie") is None


def test_a_session_changes_only_what_it_was_made_with() -> None:
    headers = {"X-A": "1"}
    session = Session(headers)
    session.headers["X-B"] = "2"
    assert headers == {"X-A": "1"}
