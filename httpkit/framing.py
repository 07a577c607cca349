"""What httpkit adds to a head on its own, and how the body after it is delimited.

One pure function, `frame`, holds Node's rules; sending is elsewhere. Checked as a table against the
bytes Node sends. Source: Node's lib/_http_outgoing.js (_storeHeader), RFC 9112 sections 6 and 9.3.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .loop import Home

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


class Head(NamedTuple):
    """A head without Date and Content-Length, and what becomes of its body and its connection."""

    given: str  # first line and the user's headers
    added: str  # lines for Connection, Keep-Alive and Transfer-Encoding
    with_length: bool  # a Content-Length line follows
    chunked: bool  # the body is chunked
    last: bool  # the connection closes after the message
    keep_alive: bool
    dated: bool  # the user gave a Date
    expect: bool  # the user gave an Expect
    trailer: bool  # the user gave a Trailer


def given(lines: tuple[str, ...]) -> Given:
    """What the user's header lines say about the framing."""
    found: dict[str, str] = {}
    for line in "".join(lines).split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() in SPECIAL:
            found[name.lower()] = f"{found.get(name.lower(), '')},{value}"
    connection = found.get("connection")
    coding = found.get("transfer-encoding")
    return Given(
        connection="" if connection is None else "close" if _CLOSE.search(connection) else "keep",
        transfer_encoding="" if coding is None else "chunked" if _CHUNKED.search(coding) else "other",
        content_length="content-length" in found,
        date="date" in found,
        expect="expect" in found,
        trailer="trailer" in found,
        keep_alive="keep-alive" in found,
    )


# What a handler says once it often says again: the same lines under the same circumstances make the same head.
@lru_cache(maxsize=256)
def frame(
    first_line: str,
    lines: tuple[str, ...],
    keep_alive: bool,
    chunked_by_default: bool,
    has_body: bool,
    never_chunked: bool,
    length_known: bool,
    persistent: bool,
    hint: str,
    last_request: bool,
    removed: frozenset[str],
) -> Head:
    """The head of a message, with the automatic headers that the framing of its body asks for.

    `lines`: the user's headers. `keep_alive`: both sides can keep the connection.
    `chunked_by_default`: the peer understands chunks.
    `never_chunked`: status 204 or 304. `length_known`: the whole body is there before the head is sent.
    `persistent`: a client's request whose agent keeps sockets. `hint`: the value of Keep-Alive.
    `last_request`: the connection may carry no more requests. `removed`: headers the user took out.
    """
    user = given(lines)
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
    return Head(
        first_line + "".join(lines),
        connection + coding,
        with_length,
        chunked,
        last,
        keep_alive,
        user.date,
        user.expect,
        user.trailer,
    )


def new_date_line(where: Home) -> str:
    """The Date line of this second, kept on the loop until the next begins (RFC 9110 section 5.6.7)."""
    now = time.time()
    year, month, day, hour, minute, second, weekday = time.gmtime(now)[:7]
    date = f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year} {hour:02}:{minute:02}:{second:02} GMT"
    where.date_line = f"Date: {date}\r\n"
    where.loop.call_later(1 - now % 1, where.forget_date)
    return where.date_line


_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
