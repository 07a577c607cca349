"""Answers that may be kept, and requests that ask only whether something is new."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Any

from .replies import Refusal, drained, number, send_text
from .routes import Route

_POEM = "The rain in Spain\nstays mainly in the plain.\n"
_MODIFIED = datetime(2026, 1, 1, 12, tzinfo=UTC)


def etag_of(text: str) -> str:
    """The name of a version: a strong tag, another one for each content."""
    return f'"{sha256(text.encode()).hexdigest()[:8]}"'


_ETAG = etag_of(_POEM)


def _matches(header: str, etag: str) -> bool:
    """Whether If-None-Match lists this version: weak comparison, RFC 9110 §8.8.3.2."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def check_conditions(req: Any, etag: str | None) -> None:
    """What the client demands of the version that is there, None for none. Raises Refusal (412) where it is another.

    Source: RFC 9110 §13.1.1 and §13.1.2
    """
    headers = {"ETag": etag} if etag else {}
    expected = req.headers.get("If-Match")
    if expected is not None:
        tags = [tag.strip() for tag in expected.split(",")]
        if etag is None or not {"*", etag} & set(tags):
            there = f"It is {etag} by now, not {expected}: GET it again." if etag else "There is none any more."
            raise Refusal(412, there, headers)
    unwanted = req.headers.get("If-None-Match")
    if unwanted is not None and etag is not None and req.method not in ("GET", "HEAD") and _matches(unwanted, etag):
        raise Refusal(412, f"There is one already: {etag}.", headers)


def is_unchanged(req: Any, res: Any, etag: str) -> bool:
    """Whether the client has this version, by its tag: then it is answered with 304. Raises Refusal (412)."""
    check_conditions(req, etag)
    if not _matches(req.headers.get("If-None-Match", ""), etag):
        return False
    _say_unchanged(res)
    return True


def _say_unchanged(res: Any) -> None:
    res.writeHead(304)
    res.end()


def cached(req: Any, res: Any) -> None:
    """A text that may be kept for so many seconds, with ETag and Last-Modified: answers 304 where the client has it"""
    seconds = number(req.params.get("seconds", "0"), "The age", 0, 31_536_000)
    res.setHeader("Cache-Control", f"max-age={seconds}" if seconds else "no-cache")
    res.setHeader("ETag", _ETAG)
    res.setHeader("Last-Modified", format_datetime(_MODIFIED, usegmt=True))
    if is_unchanged(req, res, _ETAG):
        return
    if _is_not_modified(req):
        _say_unchanged(res)
        return
    send_text(res, _POEM)


def _is_not_modified(req: Any) -> bool:
    """Whether the client has this version, by its date; If-None-Match goes before that (RFC 9110 §13.2.2)."""
    since = req.headers.get("if-modified-since")
    if since is None or "if-none-match" in req.headers:
        return False
    try:
        return parsedate_to_datetime(since) >= _MODIFIED
    except (ValueError, TypeError, OverflowError):
        # A date that is none is ignored (RFC 9110 §13.1.3), as is one without a zone.
        return False


async def numbers(req: Any, res: Any) -> None:
    """So many bytes, `0123456789` again and again; Range gives a part of them"""
    size = number(req.params["count"], "The number of bytes", 0, 100_000_000)
    res.setHeader("Accept-Ranges", "bytes")
    res.setHeader("Content-Type", "application/octet-stream")
    start, end = 0, size
    # Ranges are for GET alone, and `If-Range` names a version, of which there are none here.
    asked = req.headers.get("Range") if req.method == "GET" and "if-range" not in req.headers else None
    if asked is not None and (part := _range(asked, size)) is not None:
        start, end = part
        res.statusCode = 206
        res.setHeader("Content-Range", f"bytes {start}-{end - 1}/{size}")
    res.setHeader("Content-Length", end - start)
    if req.method == "HEAD":
        res.end()
        return
    while start < end and not res.destroyed:
        piece = min(end - start, 64 * 1024)
        first = start % 10
        ahead = res.write((b"0123456789" * (piece // 10 + 2))[first : first + piece])
        start += piece
        if not ahead and not res.destroyed:
            # The client reads more slowly than this writes: wait, and memory stays small.
            await drained(res)
    res.end()


def _range(asked: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last of `bytes=0-4`, `bytes=5-` or `bytes=-5`; None for what is no range.

    Raises Refusal (416) where there is nothing of it. Source: RFC 9110 §14.1.2
    """
    unit, _, span = asked.partition("=")
    first, mark, last = span.strip().partition("-")
    digits = first + last
    if unit.strip().lower() != "bytes" or not mark or not digits.isascii() or not digits.isdecimal():
        # Also several ranges at once: a server may send the whole instead.
        return None
    if not first:
        start, end = max(0, size - _clamped(last)), size
    else:
        start, end = _clamped(first), min(_clamped(last) + 1, size) if last else size
        if last and _clamped(last) < start:
            return None
    if start >= end:
        raise Refusal(416, f"There are {size:,} bytes, got {asked!r}.", {"Content-Range": f"bytes */{size}"})
    return start, end


def _clamped(digits: str) -> int:
    """A number, or one that is larger than any size: Python takes only so many digits."""
    return int(digits) if len(digits) < 20 else 10**20


ROUTES = (
    Route(("GET",), "/cache", cached, "/cache"),
    Route(("GET",), "/cache/{seconds}", cached, "/cache/60"),
    Route(("GET",), "/bytes/{count}", numbers, "/bytes/1000"),
)
