"""Every byte of a message has a name and a meaning; what is not HTTP says what was expected."""

from __future__ import annotations

import random
from typing import Any

import pytest

from httpkit.notebook.annotation import Part, annotate

CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
SAMPLES = [
    b"GET /a?b=1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x \r\nContent-Length: 5\r\nX: a\r\n b\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n",
    b"POST / HTTP/1.1\r\n" + CHUNKED + b'1a;x="y"\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-Sum: 1\r\n\r\n',
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.1 200\r\n" + CHUNKED + b"3\r\nabc\r\n2\r\n\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi",
    b"HTTP/1.1 200 OK\n\nuntil the end",
]


def named(data: bytes, **options: Any) -> list[tuple[str, bytes]]:
    return [(part.name, data[part.start : part.end]) for part in annotate(data, **options)]


def last(data: bytes, **options: Any) -> Part:
    return annotate(data, **options)[-1]


def test_a_request() -> None:
    assert named(b"GET /a?b=1 HTTP/1.1\r\nHost:  x\t\r\n\r\n") == [
        ("method", b"GET"),
        ("space", b" "),
        ("target", b"/a?b=1"),
        ("space", b" "),
        ("version", b"HTTP/1.1"),
        ("line end", b"\r\n"),
        ("header", b"Host"),
        ("colon", b":  "),
        ("value", b"x"),
        ("space", b"\t"),
        ("line end", b"\r\n"),
        ("empty line", b"\r\n"),
    ]


def test_a_response() -> None:
    assert named(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", response=True) == [
        ("version", b"HTTP/1.1"),
        ("space", b" "),
        ("status", b"404"),
        ("space", b" "),
        ("reason", b"Not Found"),
        ("line end", b"\r\n"),
        ("header", b"Content-Length"),
        ("colon", b": "),
        ("value", b"2"),
        ("line end", b"\r\n"),
        ("empty line", b"\r\n"),
        ("body", b"no"),
    ]


def test_chunks_and_trailers() -> None:
    data = b"HTTP/1.1 200 OK\r\n" + CHUNKED + b'1a;x="y"\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-Sum: 1\r\n\r\n'
    assert named(data, response=True)[11:] == [
        ("chunk size", b"1a"),
        ("chunk extension", b';x="y"'),
        ("line end", b"\r\n"),
        ("chunk", b"abcdefghijklmnopqrstuvwxyz"),
        ("line end", b"\r\n"),
        ("chunk size", b"0"),
        ("line end", b"\r\n"),
        ("trailer", b"X-Sum"),
        ("colon", b": "),
        ("value", b"1"),
        ("line end", b"\r\n"),
        ("empty line", b"\r\n"),
    ]


@pytest.mark.parametrize(
    ("data", "kind", "meaning"),
    [
        (b"PUT / HTTP/1.1\r\n\r\n", "method", "Store this here, in place of what there was (RFC 9110 §9.3.4)"),
        (b"BREW / HTTP/1.1\r\n\r\n", "method", "A method that is in no standard (RFC 9110 §9)"),
        (b"GET http://h/ HTTP/1.1\r\n\r\n", "target", "the whole URL, as a proxy needs it (RFC 9112 §3.2.2)"),
        (b"OPTIONS * HTTP/1.1\r\n\r\n", "target", "The server as a whole (RFC 9112 §3.2.4)"),
        (b"CONNECT h:443 HTTP/1.1\r\n\r\n", "target", "The host and port to be connected with (RFC 9112 §3.2.3)"),
        (b"GET / HTTP/1.0\r\n\r\n", "version", "without chunks"),
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", "name", "one server may host many"),
        (b"GET / HTTP/1.1\r\nX-A: x\r\n\r\n", "name", "A field that is in no standard known here"),
        (b"GET / HTTP/1.1\n\n", "eol", "LF alone: CR LF should end the line (RFC 9112 §2.2)"),
        (b"GET / HTTP/1.1\r\n\r\n", "eol", "CR LF ends a line (RFC 9112 §2.2)"),
        (b"HTTP/1.1 418 x\r\n\r\n", "status", "I am a teapot: I cannot brew coffee (RFC 2324 §2.3.2)"),
        (b"HTTP/1.1 999 x\r\n\r\n", "status", "Not a defined code"),
        (b"HTTP/1.1 200 OK\r\n\r\nhi", "body", "All up to the end of the connection (RFC 9112 §6.3)"),
        (b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"1A\r\n", "size", "In hexadecimal: 26 bytes follow (RFC 9112 §7.1)"),
        (b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"1\r\n", "size", "In hexadecimal: 1 byte follows (RFC 9112 §7.1)"),
        (b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"000\r\n\r\n", "size", "Zero: no more chunks follow (RFC 9112 §7.1)"),
    ],
)
def test_meanings(data: bytes, kind: str, meaning: str) -> None:
    parts = annotate(data, response=data.startswith(b"HTTP"))
    assert meaning in next(part.meaning for part in parts if part.kind == kind)


@pytest.mark.parametrize(
    ("method", "head", "what_follows"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "version"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "version"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", "version"),
        ("GET", b"HTTP/1.1 100 Continue\r\n\r\n", "version"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0, 0\r\n\r\n", "version"),
        ("GET", b"HTTP/1.1 200 OK\r\n\r\n", "body"),
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", "body"),
        ("GET", b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "tunnel"),
        ("CONNECT", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "tunnel"),
    ],
)
def test_what_follows_a_head(method: str, head: bytes, what_follows: str) -> None:
    parts = annotate(head + b"HTTP/1.1 200 OK\r\n\r\n", response=True, method=method)
    assert next(part.kind for part in parts if part.start == len(head)) == what_follows


def test_only_the_first_final_response_is_to_the_method() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    data = b"HTTP/1.1 100 Continue\r\n\r\n" + head + head + b"hi"
    assert named(data, response=True, method="HEAD")[-1] == ("body", b"hi")


def test_heads_alone() -> None:
    data = b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    assert [name for name, _ in named(data, head_only=True)].count("method") == 2


def test_what_another_protocol_says() -> None:
    upgrade = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
    assert named(upgrade + b"\x81\x80abcd")[-1] == ("other protocol", b"\x81\x80abcd")
    assert ("method", b"HEAD") in named(upgrade + b"HEAD / HTTP/1.1\r\n\r\n")
    assert named(b"CONNECT h:1 HTTP/1.1\r\n\r\n\x16\x03")[-1] == ("other protocol", b"\x16\x03")


@pytest.mark.parametrize(
    ("data", "rest", "expected"),
    [
        (b"\x16\x03\x01", b"\x16\x03\x01", "a request line: method, target and version"),
        (b"GET /\r\n\r\n", b"GET /\r\n\r\n", "a request line"),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"Host : x\r\n\r\n", "a header, Name: value, or an empty line"),
        (b"GET / HTTP/1.1\r\n Host: x\r\n\r\n", b" Host: x\r\n\r\n", "a header"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\nx", b"x", "one number of bytes as Content-Length"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\nx", b"x", "one number of bytes as Content-Length"),
        (
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\nx",
            b"x",
            "`chunked` as the last transfer coding",
        ),
        (b"POST / HTTP/1.1\r\n" + CHUNKED + b"xyz\r\n", b"xyz\r\n", "the size of the next chunk in hexadecimal"),
        (b"POST / HTTP/1.1\r\n" + CHUNKED + b"f" * 17 + b"\r\n", b"f" * 17 + b"\r\n", "the size of the next chunk"),
        (b"POST / HTTP/1.1\r\n" + CHUNKED + b"1\r\nabc\r\n", b"bc\r\n", "CR LF"),
        (b"POST / HTTP/1.1\r\n" + CHUNKED + b"0\r\n?\xff\r\n", b"?\xff\r\n", "a trailer"),
    ],
)
def test_what_is_malformed(data: bytes, rest: bytes, expected: str) -> None:
    part = last(data)
    assert (part.kind, data[part.start :]) == ("malformed", rest)
    assert part.meaning.startswith("Expected here was ")
    assert expected in part.meaning


@pytest.mark.parametrize(
    ("data", "name", "where"),
    [
        (b"GE", "method, cut", "the request line"),
        (b"GET /a", "target, cut", "the request line"),
        (b"GET /a HTT", "version, cut", "the request line"),
        (b"GET /a HTTP/1.1\r", "line end, cut", "the request line"),
        (b"GET /a HTTP/1.1\r\n", "line end", "the head"),
        (b"GET /a HTTP/1.1\r\nHo", "header, cut", "the head"),
        (b"GET /a HTTP/1.1\r\nHost: x", "value, cut", "the head"),
        (b"GET /a HTTP/1.1\r\nHost: x\r\n\r", "empty line, cut", "the empty line"),
        (b"POST /a HTTP/1.1\r\nContent-Length: 26\r\n\r\nab", "body, cut", "the body"),
        (b"POST /a HTTP/1.1\r\n" + CHUNKED + b"1", "chunk size, cut", "the size of a chunk"),
        (b"POST /a HTTP/1.1\r\n" + CHUNKED + b"9\r\nab", "chunk, cut", "a chunk"),
        (b"POST /a HTTP/1.1\r\n" + CHUNKED + b"1\r\na", "chunk, cut", "a chunk"),
        (b"POST /a HTTP/1.1\r\n" + CHUNKED + b"0\r\n", "line end", "the trailers"),
        (b"HTTP/1.1 20", "status, cut", "the status line"),
    ],
)
def test_where_the_bytes_end(data: bytes, name: str, where: str) -> None:
    part = last(data, response=data.startswith(b"HTTP"))
    assert part.name == name
    assert part.meaning.endswith(f"The bytes end here, in {where}")


def test_so_much_of_a_body_is_there() -> None:
    assert last(b"POST / HTTP/1.1\r\nContent-Length: 2600\r\n\r\nab").meaning.startswith("The first 2 of 2,600 bytes. ")


def test_empty_lines_before_a_request_are_ignored() -> None:
    assert [name for name, _ in named(b"\r\n\r\nGET / HTTP/1.1\r\n\r\n")][:3] == ["line end", "line end", "method"]
    assert annotate(b"") == []


def covers(data: bytes, parts: list[Part], start: int) -> bool:
    ends = [start, *(part.end for part in parts)]
    return ends[-1] == len(data) and all(part.start == end < part.end for part, end in zip(parts, ends, strict=False))


@pytest.mark.parametrize("sample", SAMPLES)
def test_all_bytes_are_covered_wherever_they_are_cut(sample: bytes) -> None:
    for end in range(1, len(sample) + 1):
        parts = annotate(sample[:end], response=sample.startswith(b"HTTP"))
        assert covers(sample[:end], parts, 0)
        assert "malformed" not in {part.kind for part in parts}


PIECES = [
    *(line + b"\r\n" for sample in SAMPLES for line in sample.split(b"\r\n")),
    *(b"\r", b"\n", b" ", b":", b"0\r\n\r\n", b"\x00", b"\xff\xfe", b"99999999999999999999", b"\xe2\x80\xa8", b";"),
]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_bytes_are_all_are_covered_and_it_never_raises(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        data = b"".join(chance.choices(PIECES, k=chance.randrange(1, 12)))
        if chance.random() < 0.3:
            data = bytes(byte if chance.random() < 0.97 else chance.randrange(256) for byte in data)
        start = chance.choice([0, 0, chance.randrange(len(data))])
        options: dict[str, Any] = {
            "response": chance.random() < 0.5,
            "head_only": chance.random() < 0.2,
            "method": chance.choice(["GET", "HEAD", "CONNECT"]),
        }
        parts = annotate(data, start=start, **options)
        assert covers(data, parts, start), (data, options)
        assert all(part.name and part.meaning for part in parts)
