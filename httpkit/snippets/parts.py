"""The parts of a body as a snippet shows them: bytes and files, one after the other."""

from __future__ import annotations

from pathlib import Path

Part = bytes | Path

# Node's, and so httpkit's: for any other method a body of no bytes is told with a Content-Length of 0.
METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


def text_of(part: bytes) -> str | None:
    """Bytes as the text they are; None where they are none."""
    try:
        return None if b"\0" in part else part.decode()
    except UnicodeDecodeError:
        return None
