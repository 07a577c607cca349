"""Undoing Content-Encoding: gzip, deflate, br and zstd, one after the other, as far as it is safe.

A few kilobytes may unpack to gigabytes. So there is a limit on the size of what comes out, and one on how many times
larger it may be than what went in; whoever only looks takes as much as fits, whoever needs the whole gets an error.

Source: RFC 9110 section 8.4
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain

from .errors import NodeError
from .payload import Payload

# Bytes that may come out, and how many for each byte that went in once they are many.
MAX_DECODED = 256_000_000
MAX_RATIO = 1_000
_MANY = 1_000_000
_STEP = 65_536

Decoder = Callable[[Iterable[bytes]], Iterator[bytes]]


class DecodingError(NodeError):
    """A body that is not what its Content-Encoding says, or unpacks to too much."""


def _inflated(pieces: Iterable[bytes], window: int, again: bytes = b"") -> Iterator[bytes]:
    """The format that `window` stands for; behind its end may come another one that begins with the byte `again`."""
    decoder = zlib.decompressobj(window)
    for rest in pieces:
        while rest:
            if decoder.eof:
                if rest[:1] != again:
                    # Anything else is left out, as in browsers.
                    return
                decoder = zlib.decompressobj(window)
            yield decoder.decompress(rest, _STEP)
            rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    yield decoder.flush()
    if not decoder.eof:
        raise EOFError("it ends too early")


def _gzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # It may have several members (RFC 1952 section 2.2).
    return _inflated(pieces, zlib.MAX_WBITS | 16, again=b"\x1f")


def _deflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # `deflate` is the zlib format, but some servers send its inside alone (RFC 9110 section 8.4.1.2).
    iterator = iter(pieces)
    start = b""
    while len(start) < 2 and (piece := next(iterator, b"")):
        start += piece
    is_zlib = len(start) >= 2 and start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0
    return _inflated(chain([start], iterator), zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _brotli(pieces: Iterable[bytes]) -> Iterator[bytes]:
    import brotli

    decoder = brotli.Decompressor()
    for piece in pieces:
        chunk = decoder.process(piece, output_buffer_limit=_STEP)
        while chunk:
            yield chunk
            # Whether there is more one learns by asking.
            chunk = decoder.process(b"", output_buffer_limit=_STEP)
    if not decoder.is_finished():
        raise EOFError("it ends too early")


# What a frame begins with, one with data or one to be skipped (RFC 8878 sections 3.1.1 and 3.1.2).
_ZSTD_STARTS = frozenset({0x28, *range(0x50, 0x60)})


def _zstd(pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        from compression.zstd import ZstdDecompressor  # type: ignore[import-not-found, unused-ignore]  # Python 3.14
    except ImportError:
        from backports.zstd import ZstdDecompressor

    decoder = ZstdDecompressor()
    for rest in pieces:
        while rest or not (decoder.needs_input or decoder.eof):
            if decoder.eof:
                if rest[0] not in _ZSTD_STARTS:
                    return
                decoder = ZstdDecompressor()
            yield decoder.decompress(rest, _STEP)
            rest = decoder.unused_data if decoder.eof else b""
    if not decoder.eof:
        raise EOFError("it ends too early")


_DECODERS: dict[str, Decoder] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}


def encodings_of(header: str | None) -> list[str]:
    """The encodings that a Content-Encoding names, in the order they were applied."""
    names = (name.strip().lower() for name in (header or "").split(","))
    return [name for name in names if name and name != "identity"]


def decoded(payload: Payload, header: str | None) -> bytes:
    """The whole body without its encodings.

    Raises DecodingError: ERR_CONTENT_ENCODING where it is not what `header` says or nobody knows that encoding,
    ERR_CONTENT_TOO_LARGE where too much comes out. Raises OSError where a file is gone.
    """
    return b"".join(decoded_pieces(payload, header))


def decoded_head(payload: Payload, header: str | None, count: int) -> bytes:
    """The first `count` bytes of the body without its encodings; of one that cannot be decoded, what could be."""
    start = bytearray()
    with suppress(OSError):
        try:
            for piece in decoded_pieces(payload, header):
                start += piece
                if len(start) >= count:
                    break
        except DecodingError:
            if not start:
                return payload.head(count)
    return bytes(start[:count])


def decoded_pieces(payload: Payload, header: str | None) -> Iterator[bytes]:
    """The body without its encodings, piece by piece. Raises what `decoded` raises."""
    pieces: Iterator[bytes] = payload.pieces()
    # A response to HEAD names the encoding of a body that is not there.
    encodings = encodings_of(header) if payload else []
    for name in reversed(encodings):
        if name not in _DECODERS:
            known = ", ".join(_DECODERS)
            raise DecodingError(
                f"the body is encoded as {name!r}, which nobody here can undo: expected {known}",
                "ERR_CONTENT_ENCODING",
            )
        pieces = _watched(_DECODERS[name](_in_steps(pieces)), payload.size, ", ".join(encodings))
    return pieces


def _in_steps(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # A decoder copies what it has not used yet, at each step.
    for piece in pieces:
        for start in range(0, len(piece), _STEP):
            yield piece[start : start + _STEP]


def _watched(pieces: Iterator[bytes], size: int, encoding: str) -> Iterator[bytes]:
    count = 0
    try:
        for piece in pieces:
            count += len(piece)
            if count > MAX_DECODED or (count > _MANY and count > MAX_RATIO * size):
                break
            yield piece
        else:
            return
    except (DecodingError, OSError):
        raise
    except Exception as exc:
        # Each library has errors of its own.
        raise DecodingError(f"the body is not {encoding} as it says: {exc}", "ERR_CONTENT_ENCODING") from exc
    raise DecodingError(
        f"{size:,} bytes of {encoding} unpack to more than {count:,}: stopped, as it may be a bomb. The bytes as they "
        "arrived are in `response.body`.",
        "ERR_CONTENT_TOO_LARGE",
    )
