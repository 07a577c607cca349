"""Undoing Content-Encoding: gzip, deflate, br and zstd, one after the other, as far as it is safe.

A few kilobytes may unpack to gigabytes. So there is a limit on the size of what comes out, and one on how many times
larger it may be than what went in; whoever only looks takes as much as fits, whoever needs the whole gets an error.

Source: RFC 9110 section 8.4
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

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


def _inflated(pieces: Iterable[bytes], window: int) -> Iterator[bytes]:
    decoder = zlib.decompressobj(window)
    for piece in pieces:
        rest = piece
        while rest and not decoder.eof:
            yield decoder.decompress(rest, _STEP)
            rest = decoder.unconsumed_tail
        if decoder.eof and decoder.unused_data:
            # Gzip may have several members, one after the other (RFC 1952 section 2.2).
            rest, decoder = decoder.unused_data, zlib.decompressobj(window)
            while rest:
                yield decoder.decompress(rest, _STEP)
                rest = decoder.unconsumed_tail
    yield decoder.flush()
    if not decoder.eof:
        raise EOFError("it ends too early")


def _gzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    return _inflated(pieces, zlib.MAX_WBITS | 16)


def _deflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # `deflate` is the zlib format, but some servers send its inside alone (RFC 9110 section 8.4.1.2).
    iterator = iter(pieces)
    first = next(iterator, b"")
    is_zlib = len(first) >= 2 and first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0
    return _inflated(_chained(first, iterator), zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _brotli(pieces: Iterable[bytes]) -> Iterator[bytes]:
    import brotli

    decoder = brotli.Decompressor()
    for piece in pieces:
        yield decoder.process(piece, output_buffer_limit=_STEP)
        while not decoder.can_accept_more_data():
            yield decoder.process(b"", output_buffer_limit=_STEP)
    if not decoder.is_finished():
        raise EOFError("it ends too early")


def _zstd(pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        from compression.zstd import ZstdDecompressor  # type: ignore[import-not-found, unused-ignore]  # Python 3.14
    except ImportError:
        from backports.zstd import ZstdDecompressor

    decoder = ZstdDecompressor()
    for piece in pieces:
        if decoder.eof:
            break
        yield decoder.decompress(piece, _STEP)
        while not decoder.needs_input and not decoder.eof:
            yield decoder.decompress(b"", _STEP)
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
    ERR_CONTENT_TOO_LARGE where too much comes out.
    """
    return b"".join(_decoded_pieces(payload, encodings_of(header)))


def decoded_head(payload: Payload, header: str | None, count: int) -> bytes:
    """The first `count` bytes of the body without its encodings; of one that cannot be decoded, what could be."""
    start = bytearray()
    try:
        for piece in _decoded_pieces(payload, encodings_of(header)):
            start += piece
            if len(start) >= count:
                break
    except DecodingError:
        if not start:
            return payload.head(count)
    return bytes(start[:count])


def _decoded_pieces(payload: Payload, encodings: list[str]) -> Iterator[bytes]:
    pieces: Iterator[bytes] = payload.pieces()
    for name in reversed(encodings):
        if name not in _DECODERS:
            known = ", ".join(_DECODERS)
            raise DecodingError(
                f"the body is encoded as {name!r}, which nobody here can undo: expected {known}",
                "ERR_CONTENT_ENCODING",
            )
        pieces = _DECODERS[name](pieces)
    if not encodings:
        return pieces
    return _watched(pieces, payload.size, ", ".join(encodings))


def _watched(pieces: Iterator[bytes], size: int, encoding: str) -> Iterator[bytes]:
    count = 0
    try:
        for piece in pieces:
            count += len(piece)
            if count > MAX_DECODED or (count > _MANY and count > MAX_RATIO * size):
                raise DecodingError(
                    f"{size:,} bytes of {encoding} unpack to more than {count:,}: stopped, as it may be a bomb. "
                    "The bytes as they arrived are in `response.body`.",
                    "ERR_CONTENT_TOO_LARGE",
                )
            yield piece
    except DecodingError:
        raise
    except Exception as exc:
        # Each library has errors of its own.
        raise DecodingError(f"the body is not {encoding} as it says: {exc}", "ERR_CONTENT_ENCODING") from exc
