"""What is different between two bodies: JSON by path, forms by field, text by line, bytes by the first that differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from .changes import ABSENT, Change, Words, differs, fields, kept, values
from .decoding import decoded_head
from .headers import charset_of
from .jsonpath import spelled
from .messages import ReceivedResponse, SentRequest
from .payload import Payload

# Bytes of a body that are compared, differences of one body that are listed, and lines that are aligned.
MAX_COMPARED = 1_000_000
MAX_CHANGES = 200
MAX_ALIGNED = 2_000

_URLENCODED = "application/x-www-form-urlencoded"


def body_changes(
    where: str, before: SentRequest | ReceivedResponse, after: SentRequest | ReceivedResponse, words: Words
) -> Iterator[Change]:
    """The changes of the body of a message, at most MAX_CHANGES and one that counts the others."""
    encodings = [message.headers.get("content-encoding") for message in (before, after)]
    if encodings[0] == encodings[1] and _is_same(before.payload, after.payload):
        return
    old, new = _Body.of(before), _Body.of(after)
    if old.data == new.data:
        if len(old.data) >= MAX_COMPARED:
            same = f"the first {MAX_COMPARED:,} are the same"
            yield Change(where, "changed", f"{old.size:,} bytes", f"{new.size:,} bytes, of which {same}")
        return
    changes = _compared(where, old, new, words)
    for count, change in enumerate(changes):
        if count == MAX_CHANGES:
            yield Change(where, "more", None, f"… and {1 + sum(1 for _ in changes):,} more differences")
            return
        yield change


def _is_same(a: Payload, b: Payload) -> bool:
    try:
        return a.size == b.size and _digest(a) == _digest(b)
    except OSError:
        # A file that was sent is gone.
        return False


def _digest(payload: Payload) -> bytes:
    # Two bodies in files may be larger than memory.
    digest = sha256()
    for piece in payload.pieces():
        digest.update(piece)
    return digest.digest()


class _Body(NamedTuple):
    """A body to be compared: its beginning, decoded, its size as it arrived, and what it is said to be."""

    data: bytes
    size: int
    content_type: str

    @classmethod
    def of(cls, message: SentRequest | ReceivedResponse) -> _Body:
        headers = message.headers
        try:
            data = decoded_head(message.payload, headers.get("content-encoding"), MAX_COMPARED)
        except OSError:
            data = b""
        return cls(data, message.payload.size, str(headers.get("content-type", "")))

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()

    def text(self) -> str | None:
        # A body that was cut may be so within a character.
        errors = "replace" if len(self.data) >= MAX_COMPARED else "strict"
        try:
            text = self.data.decode(charset_of(self.content_type), errors)
        except (ValueError, LookupError):
            return None
        return None if "\0" in text else text

    def json(self) -> Any:
        """What it is as JSON, ABSENT where it is none."""
        if "json" not in self.media_type and self.data.lstrip()[:1] not in {b"{", b"["}:
            return ABSENT
        try:
            return json.loads(self.data)
        except (ValueError, RecursionError):
            return ABSENT


def _compared(where: str, old: _Body, new: _Body, words: Words) -> Iterator[Change]:
    texts = old.text(), new.text()
    if texts[0] is None or texts[1] is None:
        return _bytes(where, old, new)
    if not (old.data and new.data):
        return _whole(where, (old, texts[0]), (new, texts[1]), words)
    parsed = old.json(), new.json()
    if ABSENT not in parsed:
        try:
            return iter(list(json_changes(where, (), *parsed, words)))
        except RecursionError:
            # Nested deeper than anybody reads: compared as text.
            pass
    if old.media_type == new.media_type == _URLENCODED:
        pairs = [parse_qsl(text, keep_blank_values=True) for text in texts]
        return fields(f"{where} field", pairs[0], pairs[1], words)
    return _lines(where, words.lines(texts[0], old.media_type), words.lines(texts[1], new.media_type))


def _bytes(where: str, old: _Body, new: _Body) -> Iterator[Change]:
    pairs = enumerate(zip(old.data, new.data, strict=False))
    at = next((at for at, (a, b) in pairs if a != b), min(len(old.data), len(new.data)))
    yield Change(where, "changed", f"{old.size:,} bytes", f"{new.size:,} bytes, different from byte {at:,} on")


def _whole(where: str, old: tuple[_Body, str], new: tuple[_Body, str], words: Words) -> Iterator[Change]:
    """A body where there was none, or the other way round."""
    shown = [kept("\n".join(words.lines(text, body.media_type)[1])) if body.data else None for body, text in (old, new)]
    yield Change(where, "removed" if shown[1] is None else "added", shown[0], shown[1])


# --- JSON


def json_changes(where: str, parts: tuple[str | int, ...], old: Any, new: Any, words: Words) -> Iterator[Change]:
    """The changes of parsed JSON that stands at `parts`, each with its path behind `where`."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from json_changes(where, (*parts, name), old.get(name, ABSENT), new.get(name, ABSENT), words)
    elif isinstance(old, list) and isinstance(new, list):
        for at, before, after in _aligned(old, new):
            yield from json_changes(where, (*parts, at), before, after, words)
    elif not _is_same_number(old, new):
        path = words.text(spelled(parts))
        yield from values(f"{where} {path}", old, new, partial(words.json, parts))


def _is_same_number(old: Any, new: Any) -> bool:
    """1 and 1.0 are the same in JSON, 1 and true are not."""
    return type(old) in {int, float} and type(new) in {int, float} and bool(old == new)


def _aligned(old: list[Any], new: list[Any]) -> Iterator[tuple[int, Any, Any]]:
    """The elements that are not the same, each with its index (that in the new list, unless it was removed)."""
    keys = [[json.dumps(item, sort_keys=True) for item in items] for items in (old, new)]
    for (a, a_end), (b, b_end) in _differing(*keys):
        both = min(a_end - a, b_end - b)
        yield from ((b + at, old[a + at], new[b + at]) for at in range(both))
        yield from ((at, old[at], ABSENT) for at in range(a + both, a_end))
        yield from ((at, ABSENT, new[at]) for at in range(b + both, b_end))


# --- sequences


def _differing(old: list[str], new: list[str]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The ranges that are different, in the one and in the other."""
    start = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - start
    end = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    ranges = (start, len(old) - end), (start, len(new) - end)
    if max(stop - begin for begin, stop in ranges) > MAX_ALIGNED:
        # To align them would take long.
        yield ranges
        return
    middle = old[slice(*ranges[0])], new[slice(*ranges[1])]
    for tag, a, a_end, b, b_end in SequenceMatcher(None, *middle).get_opcodes():
        if tag != "equal":
            yield (a + start, a_end + start), (b + start, b_end + start)


def _lines(where: str, old: tuple[list[str], list[str]], new: tuple[list[str], list[str]]) -> Iterator[Change]:
    if old[0] == new[0]:
        # Line ends, or a secret of several lines.
        yield Change(where, "changed", "the same lines", "the same lines, with other line ends or secrets")
    for (a, a_end), (b, b_end) in _differing(old[0], new[0]):
        before, after = _block(old[1][a:a_end]), _block(new[1][b:b_end])
        kind = "added" if before is None else "removed" if after is None else "changed"
        shown = differs(after) if after is not None and after == before else after
        yield Change(f"{where} line {b + 1 if after is not None else a + 1}", kind, before, shown)


def _block(lines: list[str]) -> str | None:
    return kept("\n".join(lines)) if lines else None
