"""Node's framing rules as a table; `tests/node` compares the same on the wire."""

from __future__ import annotations

import re
from typing import Any

import pytest

from httpkit.framing import NOTHING_GIVEN, Given, Plan, decide, given, utc_date

KEEP = "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n"
CLOSE = "Connection: close\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"


def plan(user: Given = NOTHING_GIVEN, **facts: Any) -> Plan:
    """The plan for a response of HTTP/1.1 whose head goes out before its body, unless `facts` say otherwise."""
    usual: dict[str, Any] = {
        "keep_alive": True,
        "chunked_by_default": True,
        "has_body": True,
        "never_chunked": False,
        "length_known": False,
        "persistent": False,
        "hint": "timeout=5",
        "last_request": False,
        "removed": frozenset(),
    }
    return decide(user, **{**usual, **facts})


@pytest.mark.parametrize(
    ("user", "facts", "expected"),
    [
        ({}, {"length_known": True}, (KEEP, True, False, "", False)),
        ({}, {}, (KEEP, False, True, CHUNKED, False)),
        ({}, {"has_body": False, "length_known": True}, (KEEP, False, False, "", False)),
        ({}, {"keep_alive": False, "length_known": True}, (CLOSE, True, False, "", True)),
        # HTTP/1.0
        ({}, {"chunked_by_default": False, "keep_alive": False}, (CLOSE, False, False, "", True)),
        ({}, {"chunked_by_default": False}, (CLOSE, False, False, "", True)),
        ({"content_length": True}, {"chunked_by_default": False}, (KEEP, False, False, "", False)),
        # The user's own headers
        ({"content_length": True}, {}, (KEEP, False, False, "", False)),
        ({"transfer_encoding": "chunked"}, {"length_known": True}, (KEEP, False, True, "", False)),
        ({"transfer_encoding": "chunked", "content_length": True}, {}, (KEEP, False, True, "", False)),
        ({"transfer_encoding": "other"}, {}, (KEEP, False, False, "", False)),
        ({"connection": "close"}, {"length_known": True}, ("", True, False, "", True)),
        ({"connection": "keep"}, {"length_known": True}, ("", True, False, "", False)),
        ({"keep_alive": True}, {"length_known": True}, ("Connection: keep-alive\r\n", True, False, "", False)),
        ({"trailer": True}, {"length_known": True}, (KEEP, False, True, CHUNKED, False)),
        # 204 and 304
        (
            {"transfer_encoding": "chunked"},
            {"never_chunked": True, "has_body": False},
            (CLOSE, False, False, "", True),
        ),
        # Headers the user removed
        ({}, {"removed": frozenset({"connection"}), "length_known": True}, ("", True, False, "", False)),
        ({}, {"removed": frozenset({"content-length"}), "length_known": True}, (KEEP, False, True, CHUNKED, False)),
        ({}, {"removed": frozenset({"transfer-encoding"})}, (KEEP, False, False, "", True)),
        # The last request of a connection
        ({}, {"last_request": True, "length_known": True}, (CLOSE, True, False, "", False)),
        # A client's GET through an agent that keeps sockets
        (
            {},
            {"chunked_by_default": False, "persistent": True, "hint": ""},
            ("Connection: keep-alive\r\n", False, False, "", True),
        ),
    ],
)
def test_what_is_added(user: dict[str, Any], facts: dict[str, Any], expected: tuple[Any, ...]) -> None:
    got = plan(Given(**user), **facts)
    assert (got.connection, got.with_length, got.chunked, got.coding, got.last) == expected


def test_what_the_users_headers_say() -> None:
    headers = [
        ("connection", "Upgrade, Close"),
        ("transfer-encoding", ["gzip", "Chunked"]),
        ("content-length", 7),
        ("x", "date"),
    ]
    assert given(headers) == Given(connection="close", transfer_encoding="chunked", content_length=True)
    assert given([("connection", "closed"), ("date", "x")]) == Given(connection="keep", date=True)


def test_the_date_is_one_of_http() -> None:
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", utc_date())
