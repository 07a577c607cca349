"""The first thing a TLS client says: which server it wants, and which protocols it speaks.

A server answers with the certificate for that name. Python's ssl tells the name only in the midst of the handshake,
where nobody can be asked who answers later, so it is read here before the handshake begins.

Source: RFC 8446 section 4.1.2, RFC 6066 section 3 (server_name), RFC 7301 section 3.1 (ALPN)
"""

from __future__ import annotations

from typing import NamedTuple

_HANDSHAKE = 22
_CLIENT_HELLO = 1
_SERVER_NAME = 0
_ALPN = 16

# More than any client says; what goes on and on is left to OpenSSL to refuse.
_MAX_LENGTH = 1 << 16


class Hello(NamedTuple):
    """What the client wants; empty where it does not say, or says it in no TLS."""

    servername: str = ""
    protocols: tuple[str, ...] = ()


class _Malformed(Exception):
    pass


class _Reader:
    """Takes a message apart from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, length: int) -> bytes:
        end = self._at + length
        if end > len(self._data):
            raise _Malformed
        self._at, begin = end, self._at
        return self._data[begin:end]

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def vector(self, length: int) -> bytes:
        """What follows its own length, which takes `length` bytes."""
        return self.take(self.number(length))


def read_hello(data: bytes) -> Hello | None:
    """What the client says at the beginning of `data`; None while that is not complete.

    Whatever is no ClientHello gives an empty one: what is wrong with it, OpenSSL knows better.
    """
    message, complete = _first_message(data)
    if not complete:
        return None
    try:
        return _parsed(message)
    except (_Malformed, UnicodeDecodeError):
        return Hello()


def _first_message(data: bytes) -> tuple[bytes, bool]:
    """The body of the first handshake message, put together from its records, and whether all of it is there."""
    message, at = b"", 0
    while len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4], "big"):
        header = data[at : at + 5]
        if (header and header[0] != _HANDSHAKE) or (len(header) > 1 and header[1] != 3) or at > _MAX_LENGTH:
            return b"", True
        end = at + 5 + int.from_bytes(header[3:5], "big")
        if len(header) < 5 or len(data) < end:
            return b"", False
        message += data[at + 5 : end]
        at = end
        if message and message[0] != _CLIENT_HELLO:
            return b"", True
    return message[4:], True


def _parsed(message: bytes) -> Hello:
    hello = _Reader(message)
    hello.take(2 + 32)  # version, random
    hello.vector(1)  # session
    hello.vector(2)  # ciphers
    hello.vector(1)  # compression
    found: dict[int, bytes] = {}
    extensions = _Reader(hello.vector(2) if hello else b"")
    while extensions:
        kind = extensions.number(2)
        found[kind] = extensions.vector(2)
    return Hello(_servername(found.get(_SERVER_NAME, b"")), _protocols(found.get(_ALPN, b"")))


def _servername(extension: bytes) -> str:
    names = _Reader(_Reader(extension).vector(2) if extension else b"")
    while names:
        kind = names.number(1)
        name = names.vector(2)
        if kind == 0:
            return name.decode("ascii")
    return ""


def _protocols(extension: bytes) -> tuple[str, ...]:
    offered = _Reader(_Reader(extension).vector(2) if extension else b"")
    protocols: list[str] = []
    while offered:
        protocols.append(offered.vector(1).decode("latin-1"))
    return tuple(protocols)
