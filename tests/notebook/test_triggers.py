"""Each status comes about, over a real connection."""

from __future__ import annotations

import pytest

from httpkit.constants import STATUS_CODES
from httpkit.exchange import Exchange, Sending
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.triggers import answer, draft_for
from tests.serving import serving

INTERIM = (100, 102, 103)


def trigger(code: int) -> Exchange:
    with serving(answer) as server:
        return Sending(draft_for(code, server.url.rstrip("/"))).result()


@pytest.mark.parametrize("code", [code for code in STATUS_CODES if code >= 200])
def test_a_server_gives_each_of_them(code: int) -> None:
    exchange = trigger(code)
    assert (exchange.status, exchange.complete) == (code, True)
    assert exchange.response.statusMessage == STATUS_CODES[code]


@pytest.mark.parametrize("code", INTERIM)
def test_an_interim_one_is_followed_by_a_final_one(code: int) -> None:
    exchange = trigger(code)
    assert ([each.statusCode for each in exchange.response.information], exchange.status) == ([code], 200)


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        (301, "location", "/status/200"),
        (304, "etag", '"v2"'),
        (401, "www-authenticate", 'Basic realm="the lab"'),
        (405, "allow", "GET, HEAD"),
        (416, "content-range", "bytes */11"),
        (429, "retry-after", "30"),
    ],
)
def test_what_belongs_to_it_comes_with_it(code: int, name: str, value: str) -> None:
    assert trigger(code).headers[name] == value


@pytest.mark.parametrize(("code", "says"), [(101, "http.WebSocket"), (299, "299 is not a status that can be tried")])
def test_what_cannot_be_tried_says_why(code: int, says: str) -> None:
    with pytest.raises(Mistake, match=says):
        draft_for(code, "http://h")
