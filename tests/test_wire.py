"""Bytes in, heads and bodies out; what one message says must never reach another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from httpkit.errors import ParseError
from httpkit.wire import RequestReader, ResponseReader


class Heard:
    """Writes down what a reader finds, as lines of text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.stop_at: str | None = None

    def head(self, message: Any, has_body: bool) -> bool:
        what = f"{message.method} {message.path}" if hasattr(message, "path") else f"{message.code} {message.reason}"
        names = " ".join(f"{name.decode('latin-1')}={value.decode('latin-1')}" for name, value in message.raw_headers)
        self.lines.append(f"{what} [{names}]" + (" +body" if has_body else ""))
        return what == self.stop_at

    def body(self, chunk: bytes) -> None:
        self.lines.append(f"  {chunk!r}")

    def end(self, trailers: list[tuple[bytes, bytes]]) -> None:
        self.lines.append(f"  end {trailers}" if trailers else "  end")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def requests(loop: asyncio.AbstractEventLoop, *packets: bytes, **limits: Any) -> list[str]:
    heard = Heard()
    reader = RequestReader(heard, loop, **limits)
    try:
        for packet in packets:
            reader.feed(packet)
    except ParseError as err:
        heard.lines.append(err.code)
    return heard.lines


def responses(loop: asyncio.AbstractEventLoop, *packets: bytes, method: str = "GET", eof: bool = False) -> list[str]:
    heard = Heard()
    reader = ResponseReader(heard, loop, method)
    try:
        for packet in packets:
            reader.feed(packet)
        if eof:
            reader.eof()
    except ParseError as err:
        heard.lines.append(err.code)
    return heard.lines


MIXED = (
    b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nAuthorization: t\r\n\r\n"
    b"GET /d HTTP/1.1\r\nHost: x\r\n\r\n"
)


def joined(lines: list[str]) -> list[str]:
    """The same whatever pieces a body came in."""
    out: list[str] = []
    for line in lines:
        if out and out[-1].startswith("  b'") and line.startswith("  b'"):
            out[-1] = out[-1][:-1] + line[4:]
        else:
            out.append(line)
    return out


@pytest.mark.parametrize("cut", range(0, len(MIXED), 3))
def test_pipelined_requests_wherever_packets_are_cut(loop: asyncio.AbstractEventLoop, cut: int) -> None:
    assert joined(requests(loop, MIXED[:cut], MIXED[cut:])) == [
        "GET /a [Host=x]",
        "POST /b [Host=x Content-Length=3] +body",
        "  b'abc'",
        "  end",
        "POST /c [Host=x Transfer-Encoding=chunked] +body",
        "  b'de'",
        "  end [(b'Authorization', b't')]",
        "GET /d [Host=x]",
    ]


def test_the_same_head_again_is_the_same_message(loop: asyncio.AbstractEventLoop) -> None:
    head = b"GET /a HTTP/1.1\r\nHost: x\r\nX: 1\r\n\r\n"
    other = head.replace(b"X: 1", b"X: 2")
    assert requests(loop, head, head, other, head) == [f"GET /a [Host=x X={n}]" for n in (1, 1, 2, 1)]


def test_a_head_with_connection_close_is_the_last(loop: asyncio.AbstractEventLoop) -> None:
    head = b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    seen = "GET /a [Host=x Connection=close]"
    assert requests(loop, head, head) == [seen], "bytes in a later packet are nobody's"
    assert requests(loop, head + head) == [seen, "HPE_CLOSED_CONNECTION"]


@pytest.mark.parametrize(
    ("target", "accepted"),
    [
        ("/", True),
        ("*", True),
        ("http://h/p?q", True),
        ("//double", True),
        ("/a#b", True),
        ("relative", False),
        ("mailto:a@b", False),
        ("example.com:80", False),
        ("?q", False),
        ("\\x", False),
        ("/caf\xe9", False),
        ("/\x7f", False),
        ("/a\tb", False),
    ],
)
def test_targets(loop: asyncio.AbstractEventLoop, target: str, accepted: bool) -> None:
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1")
    assert requests(loop, head) == ([f"GET {target} [Host=x]"] if accepted else ["HPE_INVALID_URL"])


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"get / HTTP/1.1", "HPE_INVALID_METHOD"),
        (b"\x16\x03\x01\x02", "HPE_INVALID_METHOD"),
        (b"GET / HTTQ/1.1", "HPE_INVALID_CONSTANT"),
        (b"GET / HTTP/1.2", "HPE_INVALID_VERSION"),
        (b"GET / HTTP/1.1\nHost: x\n", "HPE_INVALID_VERSION"),
        (b"GET / HTTP/1.1\r\nHost : x", "HPE_INVALID_HEADER_TOKEN"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n folded", "HPE_INVALID_HEADER_TOKEN"),
        (b"GET / HTTP/1.1\r\nHost: \x00", "HPE_INVALID_HEADER_TOKEN"),
        (b"GET / HTTP/1.1\r\nHost: a\rb", "HPE_LF_EXPECTED"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b", "HPE_INVALID_HEADER_TOKEN"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1", "HPE_INVALID_CONTENT_LENGTH"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ", "HPE_INVALID_CONTENT_LENGTH"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1", "HPE_UNEXPECTED_CONTENT_LENGTH"),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
            "HPE_INVALID_TRANSFER_ENCODING",
        ),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ", "HPE_INVALID_TRANSFER_ENCODING"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,", "HPE_INVALID_TRANSFER_ENCODING"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip", "HPE_INVALID_TRANSFER_ENCODING"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip", "HPE_INVALID_TRANSFER_ENCODING"),
        (b"PRI * HTTP/2.0\r\n\r\nSM", "HPE_PAUSED_H2_UPGRADE"),
    ],
)
def test_heads_that_are_refused(loop: asyncio.AbstractEventLoop, head: bytes, code: str) -> None:
    assert requests(loop, head + b"\r\n\r\n") == [code]


def test_garbage_is_refused_before_its_head_is_complete(loop: asyncio.AbstractEventLoop) -> None:
    assert requests(loop, b"garb") == ["HPE_INVALID_METHOD"]
    assert responses(loop, b"garb") == ["HPE_INVALID_CONSTANT"]


@pytest.mark.parametrize("packet", [b"garbage\r\n\r\n", b"garb", b"GET / HTTP/1.1\r\nHost: x\r\n\r\ngarbage"])
def test_an_error_holds_the_packet_it_was_found_in(loop: asyncio.AbstractEventLoop, packet: bytes) -> None:
    with pytest.raises(ParseError) as refused:
        RequestReader(Heard(), loop).feed(packet)
    assert refused.value.rawPacket == packet


def test_the_size_of_a_head_counts_target_names_and_values(loop: asyncio.AbstractEventLoop) -> None:
    def head(length: int) -> bytes:
        return b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * length + b"\r\n\r\n"

    assert requests(loop, head(16376))[0].startswith("GET / [Host=x")
    assert requests(loop, head(16377)) == ["HPE_HEADER_OVERFLOW"]
    assert requests(loop, head(200), max_header_size=100) == ["HPE_HEADER_OVERFLOW"]


def test_a_head_that_never_ends_is_refused(loop: asyncio.AbstractEventLoop) -> None:
    packets = [b"GET / HTTP/1.1\r\nHost: x\r\nX: ", *[b"a" * 1000] * 20]
    assert requests(loop, *packets) == ["HPE_HEADER_OVERFLOW"]


def test_the_number_of_header_lines_is_limited(loop: asyncio.AbstractEventLoop) -> None:
    def head(lines: int) -> bytes:
        return b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * (lines - 1) + b"\r\n"

    assert len(requests(loop, head(1000))[0].split()) == 2 + 1000
    assert requests(loop, head(1001)) == ["HPE_HEADER_OVERFLOW"]
    assert requests(loop, head(11), max_headers=10) == ["HPE_HEADER_OVERFLOW"]
    assert len(requests(loop, head(1500), max_headers=0)[0].split()) == 2 + 1500


def test_what_only_aiohttp_refuses_is_read_as_node_reads_it(loop: asyncio.AbstractEventLoop) -> None:
    twice = b"GET / HTTP/1.1\r\nHost: x\r\nServer: a\r\nSERVER: b\r\n\r\n"
    assert requests(loop, twice) == ["GET / [Host=x Server=a SERVER=b]"]
    heard = Heard()
    reader = RequestReader(heard, loop)
    reader.feed(b"GET * HTTP/1.1\r\nX: 1\r\n\r\n")
    assert (heard.lines, reader.host_missing) == (["GET * [X=1]"], True)


def test_bytes_behind_an_upgrade_are_left_alone(loop: asyncio.AbstractEventLoop) -> None:
    heard = Heard()
    heard.stop_at = "GET /chat"
    reader = RequestReader(heard, loop)
    reader.feed(b"GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nGET /not-http")
    assert (len(heard.lines), reader.rest) == (1, b"GET /not-http")


@pytest.mark.parametrize(
    ("data", "method", "lines"),
    [
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            "GET",
            ["200 OK [Content-Length=2] +body", "  b'hi'", "  end"],
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD", ["200 OK [Content-Length=2]"]),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", "GET", ["304 Not Modified [Content-Length=2]"]),
        (b"HTTP/1.1 204 \r\n\r\n", "GET", ["204  []"]),
        (b"HTTP/1.0 200 OK\r\n\r\nhi", "GET", ["200 OK [] +body", "  b'hi'", "  end"]),
        (b"HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: evil=1\r\n\r\n", "GET", ["HPE_CR_EXPECTED"]),
        (b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n", "GET", ["HPE_INVALID_HEADER_TOKEN"]),
        (b"HTTP/1.1 200 OK\r\nX: \x01\r\n\r\n", "GET", ["HPE_INVALID_HEADER_TOKEN"]),
        (b"HTTP/1.1 2OO OK\r\n\r\n", "GET", ["HPE_INVALID_STATUS"]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: \r\n\r\n", "GET", ["HPE_INVALID_TRANSFER_ENCODING"]),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET",
            ["HPE_INVALID_TRANSFER_ENCODING"],
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", "GET", None),
    ],
)
def test_responses(loop: asyncio.AbstractEventLoop, data: bytes, method: str, lines: list[str] | None) -> None:
    got = responses(loop, data, method=method, eof=True)
    assert got == (lines or ["200 OK [Content-Length=3] +body", "  b'hi'", "HPE_INVALID_EOF_STATE"])
