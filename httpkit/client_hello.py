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

_LONGEST_RECORD = 1 << 14
# More than any client says, headers and all; what goes on and on is left to OpenSSL to refuse.
_MAX_LENGTH = 18_000


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


class HelloReader:
    """Puts together what a client says, from bytes as they come: each is looked at once."""

    def __init__(self) -> None:
        self._unread = bytearray()
        self._message = bytearray()
        self._taken = 0

    def read(self, data: bytes) -> Hello | None:
        """What the client says, with `data` come after all before; None while that is not complete.

        Whatever is no ClientHello gives an empty one: what is wrong with it, OpenSSL knows better.
        """
        self._unread += data
        try:
            while not self._is_complete():
                record = self._next_record()
                if record is None:
                    return None
                self._message += record
            return _parsed(bytes(self._message[4:]))
        except (_Malformed, UnicodeDecodeError):
            return Hello()

    def _is_complete(self) -> bool:
        message = self._message
        if message and message[0] != _CLIENT_HELLO:
            raise _Malformed
        return len(message) >= 4 and len(message) >= 4 + int.from_bytes(message[1:4], "big")

    def _next_record(self) -> bytearray | None:
        """The content of the next record; None while that is not complete."""
        header = self._unread[:5]
        if (header and header[0] != _HANDSHAKE) or (len(header) > 1 and header[1] != 3) or self._taken > _MAX_LENGTH:
            raise _Malformed
        if len(header) < 5:
            return None
        length = int.from_bytes(header[3:], "big")
        if not 0 < length <= _LONGEST_RECORD:
            raise _Malformed
        end = 5 + length
        if len(self._unread) < end:
            return None
        record = self._unread[5:end]
        del self._unread[:end]
        self._taken += end
        return record


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
