"""WebSocket frames, as a client writes and reads them: bytes in, values out.

Every frame we send is masked with a new key; none that a server sends may be. Frames of control (close, ping, pong) are
whole, at most 125 bytes, and may come between the fragments of a message. Text must be UTF-8. What breaks a rule is a
`FrameError` with the close code the server is to be told. A frame that announces more than may come is refused before
any of it is kept.

Source: RFC 6455 section 5 (frames), 7.4 (close codes)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from .encodings import utf8

MAX_PAYLOAD = 128 * 1024 * 1024
MAX_FRAGMENTS = 131_072

_LONGEST_CONTROL = 125
_BYTES_OF_LENGTH = {126: 2, 127: 8}
# Fewer bytes would have done for a length below this.
_LEAST_LENGTH = {2: 126, 8: 1 << 16}


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(IntEnum):
    """Why a connection ends; NONE_GIVEN and ABNORMAL are never sent."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    NONE_GIVEN = 1005
    ABNORMAL = 1006
    INVALID_DATA = 1007
    POLICY_VIOLATION = 1008
    TOO_BIG = 1009


# 1004 is reserved, 1005 and 1006 stand for what was not said, 1015 for a failed TLS handshake.
_SERVERS_SAY = frozenset({*range(1000, 1015), *range(3000, 5000)} - {1004, 1005, 1006})


class FrameError(Exception):
    """The server broke the protocol, or a limit; `code` is the close code that says which."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Message(NamedTuple):
    """A whole message: str or bytes."""

    data: str | bytes


class Ping(NamedTuple):
    """To be answered with a pong that brings `payload` back."""

    payload: bytes


class Close(NamedTuple):
    """The server's last word; `code` is None where it gave none."""

    code: int | None
    reason: str


class _Head(NamedTuple):
    opcode: Opcode
    is_final: bool
    start: int
    end: int


def frame(opcode: Opcode, payload: bytes = b"", key: bytes | None = None) -> bytes:
    """One whole frame, masked with `key`: four random bytes."""
    key = os.urandom(4) if key is None else key
    length = len(payload)
    if length <= _LONGEST_CONTROL:
        head = bytes((0x80 | opcode, 0x80 | length))
    elif length < _LEAST_LENGTH[8]:
        head = bytes((0x80 | opcode, 0x80 | 126)) + length.to_bytes(2)
    else:
        head = bytes((0x80 | opcode, 0x80 | 127)) + length.to_bytes(8)
    return head + key + masked(payload, key)


def masked(payload: bytes, key: bytes) -> bytes:
    """`payload` XOR the repeated `key`: masks, and unmasks."""
    length = len(payload)
    repeated = (key * (length // 4 + 1))[:length]
    return (int.from_bytes(payload) ^ int.from_bytes(repeated)).to_bytes(length)


def close_payload(code: int | None, reason: str = "") -> bytes:
    """What a close frame carries: nothing, or a code and a reason. A reason needs a code: 1000 unless given."""
    if code is None and not reason:
        return b""
    return (CloseCode.NORMAL if code is None else code).to_bytes(2) + utf8(reason)


class FrameReader:
    """Puts together what a server sends. `max_payload` (bytes) is the longest message, of `max_fragments` at most."""

    def __init__(self, max_payload: int = MAX_PAYLOAD, max_fragments: int = MAX_FRAGMENTS) -> None:
        self._max_payload = max_payload
        self._max_fragments = max_fragments
        self._received = bytearray()
        self._fragments: list[bytes] = []
        self._length = 0
        self._is_text: bool | None = None

    def feed(self, data: bytes) -> Iterator[Message | Ping | Close]:
        """What is complete with `data`; nothing follows a Close. Raises FrameError."""
        self._received += data
        while (head := self._head()) is not None and len(self._received) >= head.end:
            payload = bytes(self._received[head.start : head.end])
            del self._received[: head.end]
            if head.opcode is Opcode.CLOSE:
                yield _close(payload)
                return
            if head.opcode is Opcode.PING:
                yield Ping(payload)
            elif head.opcode is not Opcode.PONG:
                yield from self._fragment(head, payload)

    def _head(self) -> _Head | None:
        """The head of the next frame, once it is here."""
        received = self._received
        if len(received) < 2:
            return None
        fault = _fault(received[0], received[1], in_message=self._is_text is not None)
        if fault is not None:
            raise FrameError(CloseCode.PROTOCOL_ERROR, fault)
        opcode, length = Opcode(received[0] & 0x0F), received[1] & 0x7F
        start = 2 + _BYTES_OF_LENGTH.get(length, 0)
        if len(received) < start:
            return None
        if start > 2:
            length = int.from_bytes(received[2:start])
            if length < _LEAST_LENGTH[start - 2]:
                raise FrameError(CloseCode.PROTOCOL_ERROR, f"Got length {length} in more bytes than it needs")
        if opcode < Opcode.CLOSE:
            self._check_room(length)
        return _Head(opcode, bool(received[0] & 0x80), start, start + length)

    def _check_room(self, length: int) -> None:
        if self._length + length > self._max_payload:
            reason = f"Got a message of {self._length + length} bytes or more, expected at most {self._max_payload}"
            raise FrameError(CloseCode.TOO_BIG, reason)

    def _fragment(self, head: _Head, payload: bytes) -> Iterator[Message]:
        if head.opcode is not Opcode.CONTINUATION:
            self._is_text = head.opcode is Opcode.TEXT
        if len(self._fragments) == self._max_fragments:
            reason = f"Got more than {self._max_fragments} fragments of one message"
            raise FrameError(CloseCode.POLICY_VIOLATION, reason)
        self._fragments.append(payload)
        self._length += len(payload)
        if head.is_final:
            whole, is_text = b"".join(self._fragments), self._is_text
            self._fragments, self._length, self._is_text = [], 0, None
            yield Message(_text(whole, "text") if is_text else whole)


def _fault(first: int, second: int, *, in_message: bool) -> str | None:
    """What is wrong with the first two bytes of a frame."""
    opcode, length = first & 0x0F, second & 0x7F
    is_control = opcode >= Opcode.CLOSE
    faults = (
        (first & 0x70, "Got reserved bits, though no extension was agreed on"),
        (opcode not in _OPCODES, f"Got unknown opcode {opcode:#x}"),
        (second & 0x80, "Got a masked frame from a server"),
        (is_control and not first & 0x80, "Got a fragmented control frame"),
        (is_control and length > _LONGEST_CONTROL, "Got a control frame of more than 125 bytes"),
        (opcode == Opcode.CONTINUATION and not in_message, "Got a continuation of no message"),
        (opcode in _BEGINS and in_message, "Got a new message inside another"),
    )
    return next((reason for is_so, reason in faults if is_so), None)


_OPCODES = frozenset(Opcode)
_BEGINS = frozenset({Opcode.TEXT, Opcode.BINARY})


def _close(payload: bytes) -> Close:
    if not payload:
        return Close(None, "")
    code = int.from_bytes(payload[:2])
    if len(payload) == 1 or code not in _SERVERS_SAY:
        raise FrameError(CloseCode.PROTOCOL_ERROR, "Got a close frame without a valid code")
    return Close(code, _text(payload[2:], "reason"))


def _text(data: bytes, what: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise FrameError(CloseCode.INVALID_DATA, f"Got a {what} that is not UTF-8") from None
