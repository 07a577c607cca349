"""What httpkit adds to a head on its own, and how the body after it is delimited.

One pure function, `decide`, holds Node's rules; rendering and sending are elsewhere. Checked as a table against the
bytes Node sends. Source: Node's lib/_http_outgoing.js (_storeHeader), RFC 9112 sections 6 and 9.3.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any, NamedTuple

from .headers import text_of

_CLOSE = re.compile(r"(?:^|\W)close(?:$|\W)", re.IGNORECASE)
_CHUNKED = re.compile(r"(?:^|\W)chunked(?:$|\W)", re.IGNORECASE)

# The headers that change what is added; a head with none of them takes the short way.
SPECIAL = frozenset({"connection", "transfer-encoding", "content-length", "date", "expect", "trailer", "keep-alive"})


class Given(NamedTuple):
    """What the user's own headers say about the framing."""

    connection: str = ""  # '', 'close' or 'keep'
    transfer_encoding: str = ""  # '', 'chunked' or 'other'
    content_length: bool = False
    date: bool = False
    expect: bool = False
    trailer: bool = False
    keep_alive: bool = False


NOTHING_GIVEN = Given()


class Plan(NamedTuple):
    """What is added to a head: the connection's lines, then the body's; and what becomes of the connection."""

    connection: str  # lines for Connection and Keep-Alive
    with_length: bool  # a Content-Length line follows
    chunked: bool  # the body is chunked
    coding: str  # the line for Transfer-Encoding
    last: bool  # the connection closes after the message
    keep_alive: bool


def given(headers: list[tuple[str, Any]]) -> Given:
    """What (lower-case name, value) pairs say about the framing."""
    found = {name: value for name, value in headers if name in SPECIAL}
    connection = found.get("connection")
    coding = found.get("transfer-encoding")
    return Given(
        connection="" if connection is None else "close" if _CLOSE.search(text_of(connection)) else "keep",
        transfer_encoding="" if coding is None else "chunked" if _CHUNKED.search(text_of(coding)) else "other",
        content_length="content-length" in found,
        date="date" in found,
        expect="expect" in found,
        trailer="trailer" in found,
        keep_alive="keep-alive" in found,
    )


@lru_cache(maxsize=1024)
def decide(
    user: Given,
    keep_alive: bool,
    chunked_by_default: bool,
    has_body: bool,
    never_chunked: bool,
    length_known: bool,
    persistent: bool,
    hint: str,
    last_request: bool,
    removed: frozenset[str],
) -> Plan:
    """The automatic headers of a message and the framing of its body: the same answer for the same facts.

    `keep_alive`: both sides can keep the connection. `chunked_by_default`: the peer understands chunks.
    `never_chunked`: status 204 or 304. `length_known`: the whole body is there before the head is sent.
    `persistent`: a client's request whose agent keeps sockets. `hint`: the value of Keep-Alive.
    `last_request`: the connection may carry no more requests. `removed`: headers the user took out.
    """
    last = user.connection == "close"
    chunked = user.transfer_encoding == "chunked"
    if user.connection == "keep":
        keep_alive = True
    if chunked and never_chunked:
        chunked = keep_alive = False
    connection = coding = ""
    with_length = False
    if user.connection:
        pass
    elif "connection" in removed:
        last = not keep_alive
    elif not (keep_alive and (user.content_length or chunked_by_default or persistent)):
        last = True
        connection = "Connection: close\r\n"
    elif last_request:
        connection = "Connection: close\r\n"
    else:
        connection = "Connection: keep-alive\r\n"
        if hint and not user.keep_alive:
            connection += f"Keep-Alive: {hint}\r\n"
    if not user.content_length and not user.transfer_encoding:
        if not has_body:
            chunked = False
        elif not chunked_by_default:
            last = True
        elif length_known and not user.trailer and "content-length" not in removed:
            with_length = True
        elif "transfer-encoding" not in removed:
            coding = "Transfer-Encoding: chunked\r\n"
            chunked = True
        else:
            last = True
    return Plan(connection, with_length, chunked, coding, last, keep_alive)


_date = ""
_date_second = 0


def utc_date() -> str:
    """The time as a Date header has it, made once a second (RFC 9110 section 5.6.7)."""
    global _date, _date_second
    now = int(time.time())
    if now != _date_second:
        _date_second = now
        year, month, day, hour, minute, second, weekday = time.gmtime(now)[:7]
        _date = f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year} {hour:02}:{minute:02}:{second:02} GMT"
    return _date


_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
