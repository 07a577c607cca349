"""The parts of a body as a snippet shows them: bytes and files, one after the other."""

from __future__ import annotations

from pathlib import Path

from httpkit.payload import Payload

Part = bytes | Path

# Node's, and so httpkit's: for any other method a body of no bytes is told with a Content-Length of 0.
METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


def parts_of(payload: Payload) -> tuple[Part, ...]:
    """The parts of a payload, bytes that follow each other as one."""
    parts: list[Part] = []
    for part in payload._parts:
        if isinstance(part, bytes) and parts and isinstance(parts[-1], bytes):
            parts[-1] += part
        else:
            parts.append(part if isinstance(part, bytes) else part.path)
    return tuple(parts)


def text_of(part: bytes) -> str | None:
    """Bytes as the text they are; None where they are none."""
    try:
        return None if b"\0" in part else part.decode()
    except UnicodeDecodeError:
        return None
