import pytest

from httpkit.bodies import Body, ChunkedBody, LengthBody, UntilCloseBody
from httpkit.errors import ParseError


def read(body: Body, *packets: bytes) -> tuple[bytes, bytes]:
    """The body found in the packets, and what is behind it."""
    got: list[bytes] = []
    for index, packet in enumerate(packets):
        end = body.feed(packet, 0, got.append)
        if body.done:
            return b"".join(got), packet[end:] + b"".join(packets[index + 1 :])
    return b"".join(got), b""


def trailers(section: bytes, known: int, complete: bool, position: int) -> list[tuple[bytes, bytes]]:
    """Takes a section apart as if nothing could be wrong with it."""
    lines = section.split(b"\r\n")[:-2] if complete else []
    return [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines)]


def chunked() -> ChunkedBody:
    return ChunkedBody(trailers)


def test_a_length_ends_the_body() -> None:
    body = LengthBody(5)
    assert read(body, b"hel", b"lo more") == (b"hello", b" more")
    assert body.done


def test_only_the_end_of_the_connection_ends_a_body_without_length() -> None:
    body = UntilCloseBody()
    assert read(body, b"a", b"b") == (b"ab", b"")
    assert not body.done
    body.eof()
    assert body.done


CHUNKED = b'5;a=b;c="d \\" e"\r\nhello\r\n00A\r\n, my world\r\n0;last\r\nX-Sum: 1 2 \r\nY:\r\n\r\nGET /'


@pytest.mark.parametrize("cut", range(len(CHUNKED)))
def test_chunks_are_the_same_wherever_packets_are_cut(cut: int) -> None:
    body = chunked()
    assert read(body, CHUNKED[:cut], CHUNKED[cut:]) == (b"hello, my world", b"GET /")
    assert body.trailers == [(b"X-Sum", b"1 2"), (b"Y", b"")]


def test_chunks_byte_by_byte() -> None:
    body = chunked()
    assert read(body, *(CHUNKED[i : i + 1] for i in range(len(CHUNKED)))) == (b"hello, my world", b"GET /")


def test_trailers_are_shown_as_far_as_they_have_come_and_where_they_stand() -> None:
    shown: list[tuple[bytes, int, bool, int]] = []

    def look(section: bytes, known: int, complete: bool, position: int) -> list[tuple[bytes, bytes]]:
        shown.append((section, known, complete, position))
        return []

    read(ChunkedBody(look), b"1\r\na\r\n0\r\nX:", b" 1\r", b"\n\r\nGET")
    assert shown == [(b"X:", 0, False, 9), (b"X: 1\r", 2, False, -2), (b"X: 1\r\n\r\n", 5, True, -5)]


CHUNK = "Invalid character in chunk size"
EXTENSION = "Invalid character in chunk extensions"


# As Node 24 has it: what is wrong, and the position it gives, which is now that of the byte and now that behind it.
@pytest.mark.parametrize(
    ("data", "code", "reason", "position"),
    [
        (b"-5\r\n", "HPE_INVALID_CHUNK_SIZE", CHUNK, 0),
        (b"+5\r\n", "HPE_INVALID_CHUNK_SIZE", CHUNK, 0),
        (b"0x5\r\n", "HPE_INVALID_CHUNK_SIZE", CHUNK, 1),
        (b" 5\r\n", "HPE_INVALID_CHUNK_SIZE", CHUNK, 0),
        (b"5 \r\n", "HPE_INVALID_CHUNK_SIZE", CHUNK, 2),
        (b"\r\n", "HPE_INVALID_CHUNK_SIZE", CHUNK, 0),
        (b"001" + b"0" * 16 + b"\r\n", "HPE_INVALID_CHUNK_SIZE", "Chunk size overflow", 19),
        (b"5\nhello", "HPE_CR_EXPECTED", "Missing expected CR after chunk size", 2),
        (b"5\rhello", "HPE_STRICT", "Expected LF after chunk size", 2),
        (b"5;a\rhello", "HPE_STRICT", "Expected LF after chunk size", 4),
        (b"5; a\r\nhello", "HPE_STRICT", EXTENSION, 3),
        (b"5;\r\nhello", "HPE_STRICT", EXTENSION, 3),
        (b"5;a;\r\nhello", "HPE_STRICT", EXTENSION, 5),
        (b"5;\nhello", "HPE_CR_EXPECTED", "Missing expected CR after chunk extension name", 2),
        (b"5;a\nhello", "HPE_CR_EXPECTED", "Missing expected CR after chunk extension name", 3),
        (b"5;\x00\r\nhello", "HPE_STRICT", f"{EXTENSION} name", 3),
        (b"5;a b\r\nhello", "HPE_STRICT", f"{EXTENSION} name", 4),
        (b"5;a==\r\nhello", "HPE_STRICT", f"{EXTENSION} value", 5),
        (b"5;a=b\nhello", "HPE_CR_EXPECTED", "Missing expected CR after chunk extension value", 5),
        (b'5;a=""\nhello', "HPE_CR_EXPECTED", "Missing expected CR after chunk extension value", 6),
        (b'5;a="\x01"\r\nhello', "HPE_STRICT", f"{EXTENSION} quoted value", 6),
        (b'5;a="\\\x01"\r\nhello', "HPE_STRICT", "Invalid quoted-pair in chunk extensions quoted value", 7),
        (b'5;a="b"c\r\nhello', "HPE_STRICT", f"{EXTENSION} quote value", 7),
        (b"5\r\nhelloX", "HPE_STRICT", "Expected LF after chunk data", 8),
        (b"5\r\nhello\rX", "HPE_STRICT", "Expected LF after chunk data", 9),
        (b"5\r\nhello\n", "HPE_CR_EXPECTED", "Missing expected CR after chunk data", 9),
        (b"5;" + b"a" * 16385 + b"\r\n", "HPE_CHUNK_EXTENSIONS_OVERFLOW", "Chunk extensions overflow", 16388),
        (b"5;a=" + b"b" * 16384 + b"\r\n", "HPE_CHUNK_EXTENSIONS_OVERFLOW", "Chunk extensions overflow", 16389),
    ],
)
def test_malformed_chunks_are_refused(data: bytes, code: str, reason: str, position: int) -> None:
    with pytest.raises(ParseError) as refused:
        read(chunked(), data)
    assert (refused.value.code, refused.value.reason, refused.value.bytesParsed) == (code, reason, position)
    with pytest.raises(ParseError) as refused:
        read(chunked(), *(data[i : i + 1] for i in range(len(data))))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "extensions",
    [b";a", b";a=b", b';a="b c\\""', b";a=", b";=", b";;;a", b';a=b"c"', b";a" * 8192, b";" + b"a" * 16384],
)
def test_extensions_are_skipped(extensions: bytes) -> None:
    assert read(chunked(), b"5" + extensions + b"\r\nhello\r\n0\r\n\r\nmore") == (b"hello", b"more")


def test_what_is_between_extensions_is_not_kept() -> None:
    body = chunked()
    assert read(body, b"5", *[b";" * 1000] * 100, b"a\r\nhello\r\n0\r\n\r\n") == (b"hello", b"")


def test_a_hostile_extension_is_refused_in_one_pass() -> None:
    # With a pattern that can match it in more than one way this line would take days.
    with pytest.raises(ParseError):
        read(chunked(), b"5" + b';a="' + b"\\\\" * 20_000 + b"\x01")


@pytest.mark.parametrize("body", [LengthBody(1), chunked()])
def test_the_connection_must_not_end_inside_a_body(body: Body) -> None:
    with pytest.raises(ParseError) as refused:
        body.eof()
    assert refused.value.code == "HPE_INVALID_EOF_STATE"
