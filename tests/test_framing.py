"""Node's framing rules as a table; `tests/node` compares the same on the wire."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from httpkit.framing import Given, Head, frame, given, new_date_line

KEEP = "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n"
CLOSE = "Connection: close\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"


def framed(*lines: str, **facts: Any) -> Head:
    """The head of a response of HTTP/1.1 that goes out before its body, unless `facts` say otherwise."""
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
    return frame("HTTP/1.1 200 OK\r\n", tuple(f"{line}\r\n" for line in lines), **{**usual, **facts})


@pytest.mark.parametrize(
    ("lines", "facts", "added", "with_length", "chunked", "last"),
    [
        ([], {"length_known": True}, KEEP, True, False, False),
        ([], {}, KEEP + CHUNKED, False, True, False),
        ([], {"has_body": False, "length_known": True}, KEEP, False, False, False),
        ([], {"keep_alive": False, "length_known": True}, CLOSE, True, False, True),
        # HTTP/1.0
        ([], {"chunked_by_default": False, "keep_alive": False}, CLOSE, False, False, True),
        ([], {"chunked_by_default": False}, CLOSE, False, False, True),
        (["Content-Length: 2"], {"chunked_by_default": False}, KEEP, False, False, False),
        # The user's own headers
        (["Content-Length: 2"], {}, KEEP, False, False, False),
        (["Transfer-Encoding: chunked"], {"length_known": True}, KEEP, False, True, False),
        (["transfer-encoding: gzip, Chunked", "Content-Length: 2"], {}, KEEP, False, True, False),
        (["Transfer-Encoding: identity"], {}, KEEP, False, False, False),
        (["Connection: close"], {"length_known": True}, "", True, False, True),
        (["Connection: closed"], {"length_known": True}, "", True, False, False),
        (["Keep-Alive: timeout=1"], {"length_known": True}, "Connection: keep-alive\r\n", True, False, False),
        (["Trailer: X"], {"length_known": True}, KEEP + CHUNKED, False, True, False),
        # 204 and 304
        (["Transfer-Encoding: chunked"], {"never_chunked": True, "has_body": False}, CLOSE, False, False, True),
        # Headers the user removed
        ([], {"removed": frozenset({"connection"}), "length_known": True}, "", True, False, False),
        ([], {"removed": frozenset({"content-length"}), "length_known": True}, KEEP + CHUNKED, False, True, False),
        ([], {"removed": frozenset({"transfer-encoding"})}, KEEP, False, False, True),
        # The last request of a connection
        ([], {"last_request": True, "length_known": True}, CLOSE, True, False, False),
        # A client's GET through an agent that keeps sockets
        (
            [],
            {"chunked_by_default": False, "persistent": True, "hint": ""},
            "Connection: keep-alive\r\n",
            False,
            False,
            True,
        ),
    ],
)
def test_what_is_added(
    lines: list[str], facts: dict[str, Any], added: str, with_length: bool, chunked: bool, last: bool
) -> None:
    head = framed(*lines, **facts)
    assert (head.added, head.with_length, head.chunked, head.last) == (added, with_length, chunked, last)


def test_the_users_lines_come_first_as_they_are() -> None:
    assert framed("x-A: 1", "Date: x").given == "HTTP/1.1 200 OK\r\nx-A: 1\r\nDate: x\r\n"


def test_what_the_users_headers_say() -> None:
    lines = ("Connection: Upgrade\r\nConnection: Close\r\n", "X: date\r\n", "content-length: 7\r\n")
    assert given(lines) == Given(connection="close", content_length=True)
    assert given(("Date: x\r\n", "Expect: 100-continue\r\n")) == Given(date=True, expect=True)


def test_the_date_is_made_once_a_second() -> None:
    later: list[tuple[float, Any]] = []
    loop = SimpleNamespace(call_later=lambda delay, function: later.append((delay, function)))
    where: Any = SimpleNamespace(loop=loop, date_line="", forget_date=lambda: None)
    pattern = r"Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n"
    assert re.fullmatch(pattern, new_date_line(where))
    assert where.date_line == new_date_line(where) or len(later) == 2
    assert 0 < later[0][0] <= 1
