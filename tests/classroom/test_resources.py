"""The two APIs of the classroom: notes, to practise REST with, and lighthouses, to be explored."""

from __future__ import annotations

import re
from typing import Any

import pytest

from httpkit.classroom.lighthouses import LIGHTHOUSES

from .conftest import Asked
from .test_rooms import JSON, refused

# --- notes


def test_a_note_from_its_beginning_to_its_end(ask: Asked) -> None:
    made = ask("POST", "/notes", JSON, '{"text": "Buy tea."}')
    where = made.headers["Location"]
    assert (made.status, where, made.json()) == (201, "/notes/3", {"id": 3, "text": "Buy tea.", "done": False})
    assert ask("GET", where).json() == made.json()
    assert ask("PATCH", where, JSON, '{"done": true}').json() == {"id": 3, "text": "Buy tea.", "done": True}
    assert ask("PATCH", where, JSON, '{"done": null}').json()["done"] is False
    assert ask("PUT", where, JSON, '{"text": "Drink it."}').json() == {"id": 3, "text": "Drink it.", "done": False}
    assert [ask("DELETE", where).status for _ in range(2)] == [204, 404]
    refused(ask("GET", where), 404, "There is no note 3")


def test_ids_are_not_used_again(ask: Asked) -> None:
    ask("DELETE", "/notes/2")
    assert ask("POST", "/notes", JSON, '{"text": "a"}').headers["Location"] == "/notes/3"


def test_pages_lead_on_and_back(ask: Asked) -> None:
    first = ask("GET", "/notes?size=1")
    assert (first.headers["Link"], first.json()["total"]) == ('</notes?page=2&size=1>; rel="next"', 2)
    assert ask("GET", "/notes?page=2&size=1").headers["Link"] == '</notes?page=1&size=1>; rel="prev"'
    assert "link" not in ask("GET", "/notes").headers


def test_an_update_that_came_too_late_is_refused(ask: Asked) -> None:
    etag = ask("GET", "/notes/1").headers["ETag"]
    first, second = (ask("PUT", "/notes/1", {**JSON, "If-Match": etag}, f'{{"text": "{name}"}}') for name in "ab")
    assert first.status == 200
    refused(second, 412, "GET it again")
    assert second.headers["ETag"] == first.headers["ETag"] != etag
    assert ask("GET", "/notes/1", {"If-None-Match": first.headers["ETag"]}).status == 304
    assert ask("DELETE", "/notes/1", {"If-Match": "*"}).status == 204


@pytest.mark.parametrize(
    ("headers", "body", "status", "word"),
    [
        ({}, "{}", 415, "application/json"),
        ({"Content-Type": "text/plain"}, "{}", 415, "text/plain"),
        (JSON, '{"text": ', 400, "not JSON"),
        (JSON, b"\xff", 400, "not JSON"),
        (JSON, "[" * 100_000, 400, "not JSON"),
        (JSON, "[]", 422, "Expected an object"),
        (JSON, "{}", 422, "text is missing"),
        (JSON, '{"text": ""}', 422, "text is missing"),
        (JSON, '{"text": "a", "done": 1}', 422, "done is wrong"),
        (JSON, '{"text": "a", "colour": 1}', 422, "Unknown: colour"),
    ],
)
def test_what_is_wrong_with_a_note(ask: Asked, headers: Any, body: Any, status: int, word: str) -> None:
    for method, path in ("POST", "/notes"), ("PUT", "/notes/1"):
        refused(ask(method, path, headers, body), status, word)
    assert ask("GET", "/notes").json()["total"] == 2


# --- lighthouses


@pytest.fixture
def key(ask: Asked) -> dict[str, str]:
    given = ask("POST", "/api/keys", JSON, '{"name": "Ann"}').json()["key"]
    return {"Authorization": f"Bearer {given}"}


def test_it_says_step_by_step_what_it_wants(ask: Asked) -> None:
    assert ask("GET", "/api").json()["links"] == {"lighthouses": "/api/lighthouses", "keys": "/api/keys"}
    closed = ask("GET", "/api/lighthouses")
    refused(closed, 401, "POST /api/keys")
    assert closed.headers["WWW-Authenticate"] == 'Bearer realm="lighthouses"'
    refused(ask("POST", "/api/keys"), 415)
    refused(ask("POST", "/api/keys", JSON, "{}"), 422, '{"name": "Ann"}')
    wrong = ask("GET", "/api/lighthouses", {"Authorization": "Bearer x"})
    assert wrong.headers["WWW-Authenticate"].endswith('error="invalid_token"')


def test_links_lead_through_all_of_them(ask: Asked, key: dict[str, str]) -> None:
    path, names = "/api/lighthouses", []
    while path:
        page = ask("GET", path, key)
        names += [each["name"] for each in page.json()["lighthouses"]]
        following = re.search(r'<(.*)>; rel="next"', page.headers.get("Link", ""))
        path = following[1] if following else ""
    assert names == [each.name for each in LIGHTHOUSES]


def test_one_of_them(ask: Asked, key: dict[str, str]) -> None:
    one = ask("GET", "/api/lighthouses/cordouan", key)
    assert one.json()["height"] == {"value": 68, "unit": "m"}
    assert ask("GET", "/api/lighthouses/cordouan", {**key, "If-None-Match": one.headers["ETag"]}).status == 304
    refused(ask("GET", "/api/lighthouses/pharos", key), 404, "'pharos'")
    refused(ask("GET", "/api/lighthouses?colour=red", key), 400, "colour")
    assert ask("GET", "/api/lighthouses?country=FRANCE", key).json()["total"] == 3


def test_a_visit_is_noted_once(ask: Asked, key: dict[str, str]) -> None:
    where = "/api/lighthouses/fastnet/visits"
    made, again = (ask("POST", where, {**key, **JSON}, '{"visitor": "Ann"}') for _ in range(2))
    assert (made.status, made.headers["Location"]) == (201, where)
    refused(again, 409, "here before")
    assert ask("GET", where, key).json() == {"visits": ["Ann"]}


def test_enough_is_enough(ask: Asked, key: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("httpkit.classroom.lighthouses._now", lambda: now[0])
    monkeypatch.setattr("httpkit.classroom.lighthouses._PER_MINUTE", 2)
    given = ask("POST", "/api/keys", JSON, '{"name": "Bob"}').json()["key"]
    limited = {"Authorization": f"Bearer {given}"}
    now[0] = 61.0
    left = [ask("GET", "/api/lighthouses/hook", limited).headers["X-RateLimit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    refused(over := ask("GET", "/api/lighthouses/hook", limited), 429, "2 requests a minute")
    assert over.headers["Retry-After"] == "61"
    now[0] = 122.0
    assert ask("GET", "/api/lighthouses/hook", limited).status == 200


def test_what_has_moved_says_where(ask: Asked) -> None:
    assert ask("GET", "/api/lights").headers["Location"] == "/api/lighthouses"
