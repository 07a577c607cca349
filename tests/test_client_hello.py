"""What a client says first, read from its bytes."""

from __future__ import annotations

import ssl

import pytest

from httpkit.client_hello import Hello, HelloReader


def said(servername: str | None, *protocols: str) -> bytes:
    """What OpenSSL says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if protocols:
        context.set_alpn_protocols(list(protocols))
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=servername)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def read_hello(data: bytes) -> Hello | None:
    return HelloReader().read(data)


def in_records(hello: bytes, size: int) -> bytes:
    """The same message in records of `size` bytes."""
    message = hello[5:]
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(hello[:3] + len(part).to_bytes(2, "big") + part for part in parts)


@pytest.mark.parametrize(
    ("servername", "protocols"),
    [(None, ()), ("example.org", ()), ("example.org", ("h2", "http/1.1")), (None, ("http/1.1",))],
)
def test_name_and_protocols(servername: str | None, protocols: tuple[str, ...]) -> None:
    assert read_hello(said(servername, *protocols)) == Hello(servername or "", protocols)


def test_it_is_read_once_all_of_it_is_there() -> None:
    hello = said("example.org", "h2")
    assert {read_hello(hello[:end]) for end in range(len(hello))} == {None}
    assert read_hello(hello + b"more") == Hello("example.org", ("h2",))


@pytest.mark.parametrize("size", [1, 3, 100])
def test_it_may_come_in_several_records(size: int) -> None:
    records = in_records(said("example.org", "h2"), size)
    assert read_hello(records[:-1]) is None
    assert read_hello(records) == Hello("example.org", ("h2",))


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x02\x00",  # not TLS
        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",  # a ServerHello
        b"\x16\x03\x01\x00\x04\x02\x00\xff\xff",  # a long one
        b"\x16\x03\x01\x00\x04\x01\x00\x00\x00",  # nothing in it
        b"\x16\x03\x01\x00\x00" * 20_000,  # and so on, and so on
    ],
)
def test_what_is_none_is_left_to_openssl(data: bytes) -> None:
    assert read_hello(data) == Hello()


def test_a_hello_that_was_cut_anywhere_says_nothing_or_less() -> None:
    hello = said("example.org", "h2", "http/1.1")
    for end in range(9, len(hello)):
        body = hello[9:end]
        message = b"\x01" + len(body).to_bytes(3, "big") + body
        found = read_hello(b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message)
        assert found == Hello(), f"the first {end} bytes"


def test_a_name_of_other_characters_is_none() -> None:
    assert read_hello(said("example.org").replace(b"example", b"ex\xe4mple")) == Hello()


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_it_is_put_together_from_pieces(size: int) -> None:
    hello = in_records(said("example.org", "h2"), 20)
    pieces = [hello[at : at + size] for at in range(0, len(hello), size)]
    reader = HelloReader()
    assert {reader.read(piece) for piece in pieces[:-1]} <= {None}
    assert reader.read(pieces[-1]) == Hello("example.org", ("h2",))


@pytest.mark.parametrize(
    ("records", "most"),
    [(b"\x16\x03\x01\x00\x00", 0), (b"\x16\x03\x01\x40\x01", 0), (b"\x16\x03\x01\x00\x01\x01", 2600)],
    ids=["empty", "too long", "without end"],
)
def test_records_that_nobody_sends(records: bytes, most: int) -> None:
    """They are given up after so many more."""
    reader = HelloReader()
    found = [reader.read(data) for data in [records, *[b"\x16\x03\x01\x00\x02\xff\xff"] * 3000]]
    assert Hello() in found
    assert found.index(Hello()) <= most
