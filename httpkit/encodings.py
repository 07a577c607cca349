"""Text and bytes under Node's names for encodings: 'utf8', 'latin1', 'hex', 'base64', …

Source: https://nodejs.org/docs/latest-v24.x/api/buffer.html#buffers-and-character-encodings
"""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Callable
from typing import Any

from .errors import error, wrong_type

# What each is called by those who ask for the encoding of a stream.
ENCODINGS = {
    "utf8": "utf8",
    "utf-8": "utf8",
    "latin1": "latin1",
    "binary": "latin1",
    "ascii": "ascii",
    "utf16le": "utf16le",
    "utf-16le": "utf16le",
    "ucs2": "utf16le",
    "ucs-2": "utf16le",
    "hex": "hex",
    "base64": "base64",
    "base64url": "base64url",
}

_CODECS = {"utf8": "utf-8", "latin1": "latin-1", "utf16le": "utf-16-le"}

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_FROM_URLS = str.maketrans("-_", "+/")


def to_bytes(chunk: Any, encoding: str | None = None, name: str = "chunk") -> bytes:
    """`chunk` as bytes: str by `encoding` (UTF-8 by default; also 'latin1', 'hex', 'base64'), bytes-like as it is.

    Raises ERR_STREAM_NULL_VALUES for None, ERR_INVALID_ARG_TYPE for anything else, and ERR_UNKNOWN_ENCODING.
    """
    if type(chunk) is bytes:
        return chunk
    if isinstance(chunk, str):
        return utf8(chunk) if encoding is None or encoding == "utf8" else _encoded(chunk, encoding)
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
    name = known(encoding)
    # As in Node, what cannot be meant is left out: it ends hex digits, and base64 does not see it.
    if name == "hex":
        return bytes.fromhex(_HEX.match(text)[0])  # type: ignore[index] # matches at least nothing
    if name in ("base64", "base64url"):
        digits = _NO_BASE64.sub("", text.partition("=")[0].translate(_FROM_URLS))
        return base64.b64decode(digits[: len(digits) - (len(digits) % 4 == 1)] + "=" * (-len(digits) % 4))
    if name == "utf8":
        return utf8(text)
    units = text.encode("utf-16-le", "surrogatepass")
    return units if name == "utf16le" else units[::2]


def known(encoding: Any) -> str:
    """Node's own name for `encoding`. Raises ERR_UNKNOWN_ENCODING."""
    name = ENCODINGS.get(encoding.lower()) if isinstance(encoding, str) else None
    if name is None:
        refused = error("ERR_UNKNOWN_ENCODING", encoding)
        refused.add_note(f"Known are {', '.join(ENCODINGS)}.")
        raise refused
    return name


def decoder(encoding: str) -> codecs.IncrementalDecoder:
    """Turns bytes into text as they come; what is cut off at the end of one chunk waits for the next."""
    name = known(encoding)
    if name in _STATELESS:
        return _StatelessDecoder(_STATELESS[name])
    if name in ("base64", "base64url"):
        return _Base64Decoder(name == "base64url")
    return codecs.getincrementaldecoder(_CODECS[name])(errors="replace")


_STATELESS: dict[str, Callable[[bytes], str]] = {
    "hex": lambda data: data.hex(),
    "ascii": lambda data: bytes(byte & 0x7F for byte in data).decode("ascii"),
}


class _StatelessDecoder(codecs.IncrementalDecoder):
    """One byte has nothing to do with the next."""

    def __init__(self, decode: Callable[[bytes], str]) -> None:
        super().__init__()
        self._decode = decode

    def decode(self, data: Any, final: bool = False) -> str:
        return self._decode(bytes(data))


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
