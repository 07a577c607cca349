"""Text and bytes under Node's names for encodings: 'utf8', 'latin1', 'hex', 'base64', …

Source: https://nodejs.org/docs/latest-v24.x/api/buffer.html#buffers-and-character-encodings
"""

from __future__ import annotations

import base64
import codecs
from typing import Any

from .errors import error, wrong_type, wrong_value

ENCODINGS = {
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "latin1": "latin-1",
    "binary": "latin-1",
    "ascii": "latin-1",
    "utf16le": "utf-16-le",
    "utf-16le": "utf-16-le",
    "ucs2": "utf-16-le",
    "hex": "hex",
    "base64": "base64",
    "base64url": "base64",
}


def to_bytes(chunk: Any, encoding: str | None = None, name: str = "chunk") -> bytes:
    """`chunk` as bytes: str by `encoding` (UTF-8 by default; also 'latin1', 'hex', 'base64'), bytes-like as it is.

    Raises ERR_STREAM_NULL_VALUES for None and ERR_INVALID_ARG_TYPE for anything else.
    """
    if type(chunk) is bytes:
        return chunk
    if isinstance(chunk, str):
        return utf8(chunk) if encoding is None else _encoded(chunk, encoding)
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(chunk)
    if chunk is None:
        raise error("ERR_STREAM_NULL_VALUES")
    refused = wrong_type(name, "of type str or an instance of bytes, bytearray or memoryview", chunk)
    if isinstance(chunk, (dict, list)):
        refused.add_note("For JSON, make it a str first: json.dumps(value).")
    raise refused


def utf8(text: str) -> bytes:
    """UTF-8; half a surrogate pair becomes U+FFFD, as in Node."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _encoded(text: str, encoding: str) -> bytes:
    name = _known(encoding)
    try:
        if name == "hex":
            return bytes.fromhex(text)
        if name in ("base64", "base64url"):
            return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if name == "base64url" else None)
    except ValueError as exc:
        raise wrong_value("chunk", f"must be {name} ({exc})", text[:40]) from None
    return utf8(text) if ENCODINGS[name] == "utf-8" else text.encode(ENCODINGS[name], errors="replace")


def _known(encoding: str) -> str:
    name = encoding.lower() if isinstance(encoding, str) else ""
    if name not in ENCODINGS:
        raise wrong_value("encoding", f"must be one of {', '.join(ENCODINGS)}", encoding)
    return name


def decoder(encoding: str) -> codecs.IncrementalDecoder:
    """Turns bytes into text as they come; what is cut off at the end of one chunk waits for the next."""
    name = _known(encoding)
    if name == "hex":
        return _HexDecoder()
    if name in ("base64", "base64url"):
        return _Base64Decoder(name == "base64url")
    return codecs.getincrementaldecoder(ENCODINGS[name])(errors="replace")


class _HexDecoder(codecs.IncrementalDecoder):
    def decode(self, data: Any, final: bool = False) -> str:
        return bytes(data).hex()


class _Base64Decoder(codecs.IncrementalDecoder):
    """Three bytes are four characters: what does not fill a group waits."""

    def __init__(self, for_urls: bool) -> None:
        super().__init__()
        self._for_urls = for_urls
        self._rest = b""

    def decode(self, data: Any, final: bool = False) -> str:
        whole = self._rest + data
        cut = len(whole) if final else len(whole) - len(whole) % 3
        self._rest = whole[cut:]
        if self._for_urls:
            return base64.urlsafe_b64encode(whole[:cut]).decode().rstrip("=")
        return base64.b64encode(whole[:cut]).decode()
