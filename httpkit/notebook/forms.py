"""Bodies of forms: fields as a URL has them, or as parts with files among them.

Source: RFC 7578 for multipart/form-data, with names written as browsers write them
"""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from httpkit.payload import Payload

URLENCODED = "application/x-www-form-urlencoded"

# As browsers do, so that no name can begin a line of its own.
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


class Part(NamedTuple):
    """A field of a form: text, bytes or a file; `filename` makes it a file for the server."""

    name: str
    value: str | bytes | Path
    filename: str | None = None
    content_type: str | None = None


def media_type_of(path: Path) -> str:
    """The media type that a file's name stands for."""
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def urlencoded(pairs: Iterable[tuple[str, str]]) -> Payload:
    """Fields as `a=1&b=2`."""
    return Payload(urlencode(list(pairs)).encode())


def multipart(parts: Iterable[Part], boundary: str | None = None) -> tuple[Payload, str]:
    """The body of a multipart form, and its Content-Type. Raises OSError where a file cannot be looked at."""
    boundary = boundary or f"httpkit-{secrets.token_hex(12)}"
    pieces: list[bytes | Path] = []
    for part in parts:
        pieces += [f"--{boundary}\r\n{_head(part)}\r\n\r\n".encode(), _bytes(part.value), b"\r\n"]
    return Payload(*pieces, f"--{boundary}--\r\n".encode()), f"multipart/form-data; boundary={boundary}"


def _bytes(value: str | bytes | Path) -> bytes | Path:
    return value.encode() if isinstance(value, str) else value


def _head(part: Part) -> str:
    is_file = isinstance(part.value, Path)
    filename = part.filename if part.filename is not None or not is_file else Path(str(part.value)).name
    line = f'Content-Disposition: form-data; name="{part.name.translate(_ESCAPES)}"'
    if filename is not None:
        line += f'; filename="{filename.translate(_ESCAPES)}"'
    kind = part.content_type or (media_type_of(Path(filename)) if filename is not None else None)
    return f"{line}\r\nContent-Type: {kind}" if kind else line
