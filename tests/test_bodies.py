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


def chunked(max_size: int = 16384, max_lines: float = 1000) -> ChunkedBody:
    return ChunkedBody(max_size, max_lines)


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


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"-5\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"+5\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"0x5\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b" 5\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"5 \r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"1" + b"0" * 16 + b"\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (b"5\nhello", "HPE_CR_EXPECTED"),
        (b"5;a\nhello", "HPE_STRICT"),
        (b"5;\x00\r\nhello", "HPE_STRICT"),
        (b"5\r\nhelloX", "HPE_STRICT"),
        (b"5\r\nhello\n", "HPE_STRICT"),
        (b"5;" + b"a" * 17000, "HPE_CHUNK_EXTENSIONS_OVERFLOW"),
        (b"5;" + b"a" * 17000 + b"\r\n", "HPE_CHUNK_EXTENSIONS_OVERFLOW"),
        (b"0\r\nno colon\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"),
        (b"0\r\nX : 1\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"),
        (b"0\r\nX: 1\r\n folded\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"),
        (b"0\r\nX: 1\nY: 2\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"),
        (b"0\r\nTransfer-Encoding: chunked\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING"),
        (b"0\r\nContent-Length: 5\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING"),
        (b"0\r\nX: " + b"a" * 17000, "HPE_HEADER_OVERFLOW"),
        (b"0\r\nX: " + b"a" * 17000 + b"\r\n\r\n", "HPE_HEADER_OVERFLOW"),
        (b"0\r\n" + b"X: 1\r\n" * 1001 + b"\r\n", "HPE_HEADER_OVERFLOW"),
    ],
)
@pytest.mark.parametrize("bytewise", [False, True])
def test_malformed_chunks_are_refused(data: bytes, code: str, bytewise: bool) -> None:
    packets = [data[i : i + 1] for i in range(len(data))] if bytewise else [data]
    with pytest.raises(ParseError) as refused:
        read(chunked(), *packets)
    assert refused.value.code == code


def test_a_hostile_trailer_is_refused_in_one_pass() -> None:
    # With a pattern that can match spaces in more than one way this line would take days.
    with pytest.raises(ParseError):
        read(chunked(max_size=100_000), b"0\r\nX:" + b" " * 50_000 + b"\x01\r\n\r\n")


@pytest.mark.parametrize("body", [LengthBody(1), chunked()])
def test_the_connection_must_not_end_inside_a_body(body: Body) -> None:
    with pytest.raises(ParseError) as refused:
        body.eof()
    assert refused.value.code == "HPE_INVALID_EOF_STATE"
