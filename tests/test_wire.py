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
    assert requests(loop, head, b"\r\n\r\n") == [seen]
    assert requests(loop, head, head) == requests(loop, head + head) == [seen, "HPE_CLOSED_CONNECTION"]


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
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip", "HPE_INVALID_TRANSFER_ENCODING"),
        (b"PRI * HTTP/2.0\r\n\r\nSM", "HPE_PAUSED_H2_UPGRADE"),
    ],
)
def test_heads_that_are_refused(loop: asyncio.AbstractEventLoop, head: bytes, code: str) -> None:
    assert requests(loop, head + b"\r\n\r\n") == [code]


@pytest.mark.parametrize("coding", ["gzip", "identity", "chunkedx", ",", "chunked;q=1"])
def test_a_request_whose_body_has_no_end_is_told_and_then_refused(loop: asyncio.AbstractEventLoop, coding: str) -> None:
    head = f"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {coding}\r\n\r\n".encode()
    told = f"POST / [Host=a Transfer-Encoding={coding}] +body"
    assert requests(loop, head + b"abc") == [told, "HPE_INVALID_TRANSFER_ENCODING"]


# What Node 24 has against each, and where: now at the byte that is wrong, now behind it.
@pytest.mark.parametrize(
    ("head", "reason", "position"),
    [
        (b"garbage\r\n\r\n", "Invalid method encountered", 0),
        (b"FETCH / HTTP/1.1\r\n\r\n", "Invalid method encountered", 1),
        (b"GETX / HTTP/1.1\r\n\r\n", "Expected space after method", 3),
        (b"GET / HTTQ/1.1\r\n\r\n", "Expected HTTP/, RTSP/ or ICE/", 9),
        (b"GET / HTTP/1.2\r\n\r\n", "Invalid HTTP version", 14),
        (b"GET / HTTP/1x1\r\n\r\n", "Expected dot", 12),
        (b"GET / HTTP/1.1\nHost: x\n\n\r\n\r\n", "Expected CRLF after version", 15),
        (b"GET /caf\xe9 HTTP/1.1\r\n\r\n", "Invalid char in url path", 8),
        (b"GET /?\x7f HTTP/1.1\r\n\r\n", "Invalid char in url query", 6),
        (b"GET /#\x80 HTTP/1.1\r\n\r\n", "Invalid char in url fragment start", 6),
        (b"GET /\t HTTP/1.1\r\n\r\n", "Invalid characters in url", 6),
        (b"GET mailto:a HTTP/1.1\r\n\r\n", "Unexpected char in url schema", 11),
        (b"GET path HTTP/1.1\r\n\r\n", "Invalid characters in url", 9),
        (b"GET http://a@@b HTTP/1.1\r\n\r\n", "Double @ in url", 14),
        (b"GET http://a|b HTTP/1.1\r\n\r\n", "Unexpected char in url server", 12),
        (b"GET ?q HTTP/1.1\r\n\r\n", "Unexpected start char in url", 4),
        (b"CONNECT a|b HTTP/1.1\r\n\r\n", "Unexpected char in url server", 9),
        (b"GET / HTTP/1.1\r\n X: 1\r\n\r\n", "Unexpected space after start line", 17),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", "Invalid header token", 20),
        (b"GET / HTTP/1.1\r\nX: a\x01\r\n\r\n", "Invalid header value char", 20),
        (b"GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", "Missing expected LF after header value", 21),
        (b"GET / HTTP/1.1\r\nX: a\nY: b\r\n\r\n", "Missing expected CR after header value", 20),
        (b"GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", "Unexpected whitespace after header value", 22),
        (b"GET / HTTP/1.1\r\nServer: a\r\nServer: b\r\nX: \x01\r\n\r\n", "Invalid header value char", 41),
        (b"GET * HTTP/1.1\r\nX: \x01\r\n\r\n", "Invalid header value char", 19),
        (b"GET / HTTP/1.1\r\nContent-Length: 1a\r\n\r\n", "Invalid character in Content-Length", 33),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n", "Empty Transfer-Encoding", 36),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Pause on PRI/Upgrade", 24),
    ],
)
def test_what_is_wrong_with_a_head_and_where(
    loop: asyncio.AbstractEventLoop, head: bytes, reason: str, position: int
) -> None:
    with pytest.raises(ParseError) as refused:
        RequestReader(Heard(), loop).feed(head)
    assert (refused.value.reason, refused.value.bytesParsed) == (reason, position)
    assert refused.value.message == f"Parse Error: {reason}"


def test_positions_count_from_the_packet(loop: asyncio.AbstractEventLoop) -> None:
    reader = RequestReader(Heard(), loop)
    reader.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + b"GET / HTTP/1.1\r\nHo")
    with pytest.raises(ParseError) as refused:
        reader.feed(b"st: b\x01")
    assert (refused.value.bytesParsed, refused.value.rawPacket) == (5, b"st: b\x01")


@pytest.mark.parametrize(
    ("head", "reason", "position"),
    [
        (b"HTTQ/1.1 200 OK\r\n\r\n", "Expected HTTP/, RTSP/ or ICE/", 3),
        (b"HTTP/1.1 20 OK\r\n\r\n", "Invalid status code", 11),
        (b"HTTP/1.1 200\nX: a\r\n\r\n", "Invalid response status", 13),
        (b"HTTP/1.1 200 OK\nX: a\r\n\r\n", "Missing expected CR after response line", 16),
        (b"HTTP/1.1 200 OK\r\nX: a\nB: c\r\n\r\n", "Missing expected CR after header value", 21),
        (b"HTTP/1.1 200 OK\r\nX : a\r\n\r\n", "Invalid header token", 18),
        (b"HTTP/1.1 200 OK\r\nX: \x01\r\n\r\n", "Invalid header value char", 20),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "Invalid character in Content-Length", 33),
    ],
)
def test_what_is_wrong_with_a_response_and_where(
    loop: asyncio.AbstractEventLoop, head: bytes, reason: str, position: int
) -> None:
    with pytest.raises(ParseError) as refused:
        ResponseReader(Heard(), loop, "GET").feed(head)
    assert (refused.value.reason, refused.value.bytesParsed) == (reason, position)


def test_an_end_within_a_message_is_found_in_no_packet(loop: asyncio.AbstractEventLoop) -> None:
    reader = RequestReader(Heard(), loop)
    reader.feed(b"GET /")
    with pytest.raises(ParseError) as refused:
        reader.eof()
    err = refused.value
    assert (err.code, err.reason, err.message) == ("HPE_INVALID_EOF_STATE", "Invalid EOF state", "Parse Error")
    assert err.rawPacket is None


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"


@pytest.mark.parametrize(
    ("section", "reason", "position"),
    [
        (b"no colon\r\n\r\n", "Invalid header token", 2),
        (b"X : 1\r\n\r\n", "Invalid header token", 1),
        (b"X: 1\r\n folded\r\n\r\n", "Unexpected whitespace after header value", 6),
        (b"X: 1\nY: 2\r\n\r\n", "Missing expected CR after header value", 4),
        (b"X: 1\r\n\rx", "Expected LF after headers", 7),
        (b"Transfer-Encoding: chunked\r\n\r\n", "Invalid `Transfer-Encoding` header value", 20),
        (b"Transfer-Encoding:\r\n\r\n", "Empty Transfer-Encoding", 20),
        (b"Content-Length: 5\r\n\r\n", "Content-Length can't be present with Transfer-Encoding", 15),
        (b"X: " + b"a" * 17000, "Header overflow", 17003),
        (b"X: " + b"a" * 17000 + b"\r\n\r\n", "Header overflow", 17004),
        (b"X: 1\r\n" * 1001 + b"\r\n", "Header overflow", 6002),
    ],
)
def test_trailers_that_are_refused(loop: asyncio.AbstractEventLoop, section: bytes, reason: str, position: int) -> None:
    with pytest.raises(ParseError) as refused:
        RequestReader(Heard(), loop).feed(CHUNKED + section)
    assert (refused.value.reason, refused.value.bytesParsed) == (reason, len(CHUNKED) + position)
    assert requests(loop, CHUNKED, *(section[i : i + 1] for i in range(len(section))))[-1].startswith("HPE_")


def test_trailers_may_repeat_what_heads_may_repeat(loop: asyncio.AbstractEventLoop) -> None:
    section = b"Host: a\r\nHost: b\r\nServer: a\r\nServer: b\r\n\r\n"
    assert requests(loop, CHUNKED + section)[-1].startswith("  end [(b'Host', b'a'), (b'Host', b'b'), (b'Server',")


def test_a_client_drops_trailers_that_are_too_many(loop: asyncio.AbstractEventLoop) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    heard = Heard()
    ResponseReader(heard, loop, "GET", max_headers=2).feed(head + b"X: 1\r\nX: 2\r\nX: 3\r\n\r\n")
    assert heard.lines[-1] == "  end [(b'X', b'1'), (b'X', b'2')]"


def test_a_trailer_closes_the_connection(loop: asyncio.AbstractEventLoop) -> None:
    get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    assert requests(loop, CHUNKED + b"Connection: x, Close\r\n\r\n" + get)[-1] == "HPE_CLOSED_CONNECTION"
    assert requests(loop, CHUNKED + b"Connection: closed\r\n\r\n" + get)[-1] == "GET / [Host=a]"


UPGRADE = b"GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"
DECLINED = "GET /chat [Host=x Connection=Upgrade Upgrade=chat]"


def test_after_a_declined_upgrade_the_connection_goes_on(loop: asyncio.AbstractEventLoop) -> None:
    get = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert requests(loop, UPGRADE, get[:9], get[9:], get) == [DECLINED, "GET / [Host=x]", "GET / [Host=x]"]
    with_body = UPGRADE.replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\nhi")
    assert requests(loop, with_body, get)[-1] == "GET / [Host=x]"


def test_bytes_that_come_with_a_declined_upgrade_are_nobodys(loop: asyncio.AbstractEventLoop) -> None:
    get = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert requests(loop, UPGRADE + get) == [DECLINED]
    assert requests(loop, UPGRADE + b"\r\n", get) == [DECLINED, "GET / [Host=x]"]
    # Node would answer this one, and its client would take the answer for that to the first.
    assert requests(loop, UPGRADE + get, get) == [DECLINED, "HPE_CLOSED_CONNECTION"]


CONTROLS = bytes(byte for byte in (*range(1, 32), 127) if byte not in b"\t\r\n")


def test_a_relaxed_reader_lets_control_characters_pass_in_values(loop: asyncio.AbstractEventLoop) -> None:
    head = b"GET * HTTP/1.1\r\nServer: a\r\nServer: b\r\nX: a" + CONTROLS + b"b\r\n\r\n"
    seen = f"GET * [Server=a Server=b X=a{CONTROLS.decode()}b]"
    assert requests(loop, head, head, relaxed=True) == [seen, seen]
    assert requests(loop, *(head[i : i + 1] for i in range(len(head))), relaxed=True) == [seen]
    assert requests(loop, head) == ["HPE_INVALID_HEADER_TOKEN"]


@pytest.mark.parametrize("cut", [5, 20, 30, 45])
def test_a_relaxed_reader_lets_them_pass_in_responses_and_trailers(loop: asyncio.AbstractEventLoop, cut: int) -> None:
    line = b"X: a" + CONTROLS + b"b\r\n"
    data = b"HTTP/1.1 200 OK\r\n" + line + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + line + b"\r\n"
    heard = Heard()
    reader = ResponseReader(heard, loop, "GET", relaxed=True)
    reader.feed(data[:cut])
    reader.feed(data[cut:-cut])
    reader.feed(data[-cut:])
    assert heard.lines[0] == f"200 OK [X=a{CONTROLS.decode()}b Transfer-Encoding=chunked] +body"
    assert heard.lines[-1] == f"  end {[(b'X', b'a' + CONTROLS + b'b')]}"


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\x01: b",
        b"GET /\x01 HTTP/1.1\r\nHost: a",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: \x011",
    ],
)
def test_a_relaxed_reader_is_strict_otherwise(loop: asyncio.AbstractEventLoop, head: bytes) -> None:
    assert requests(loop, head + b"\r\n\r\n", relaxed=True)[0].startswith("HPE_")


@pytest.mark.parametrize("head", [b"GET /\n\r\n", b"CONNECT \r\n\r\n", b"GET /\nHost: a\r\n\r\n"])
def test_old_requests_end_with_a_whole_line_end(loop: asyncio.AbstractEventLoop, head: bytes) -> None:
    assert requests(loop, head) == ["HPE_INVALID_URL"]
    assert requests(loop, b"GET /\r\n\r\n") == ["GET / []"]


def test_lines_of_codings_make_one_list(loop: asyncio.AbstractEventLoop) -> None:
    def head(*codings: str) -> bytes:
        lines = "".join(f"Transfer-Encoding: {coding}\r\n" for coding in codings)
        return f"POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode()

    assert requests(loop, head("gzip", "identity", "chunked") + b"1\r\na\r\n0\r\n\r\n")[1:] == ["  b'a'", "  end"]
    for codings in (("chunked", "chunked"), ("chunked", "gzip"), ("gzip, chunked", "chunked"), ("", "chunked")):
        assert requests(loop, head(*codings)) == ["HPE_INVALID_TRANSFER_ENCODING"]


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


def test_a_missing_host_is_only_the_head_s_without_one(loop: asyncio.AbstractEventLoop) -> None:
    heard = Heard()
    reader = RequestReader(heard, loop)
    missing = []
    for head in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"):
        reader.feed(head)
        missing.append(reader.host_missing)
    assert missing == [False, True, False]


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
