"""The parts of a body as a snippet shows them: bytes and files, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from httpkit.payload import Payload, _File

Part = bytes | Path

# Node's, and so httpkit's: for any other method a body of no bytes is told with a Content-Length of 0.
METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


def parts_of(payload: Payload) -> tuple[Part, ...]:
    """The parts of a payload, bytes that follow each other as one."""
    return tuple(part if isinstance(part, bytes) else part.path for part in _merged(payload))


def with_bytes(payload: Payload, change: Callable[[bytes], bytes]) -> Payload:
    """The same payload with other bytes between its files, which are not looked at: they may be gone by now."""
    made = Payload()
    made._parts = tuple(change(part) if isinstance(part, bytes) else part for part in _merged(payload))
    made.size = sum(len(part) if isinstance(part, bytes) else part.size for part in made._parts)
    return made


def _merged(payload: Payload) -> Iterator[bytes | _File]:
    for is_bytes, parts in groupby(payload._parts, lambda part: isinstance(part, bytes)):
        if is_bytes:
            yield b"".join(part for part in parts if isinstance(part, bytes))
        else:
            yield from parts


def text_of(part: bytes) -> str | None:
    """Bytes as the text they are; None where they are none."""
    try:
        return None if b"\0" in part else part.decode()
    except UnicodeDecodeError:
        return None
