"""The bytes that went over the wire, as they may be shown: rows of parts, each with its text.

Secrets are hidden in whole values, lines and bodies, never in fragments of them: one that is spread over two chunks, or
of which the end was not kept, shows as little as any other.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from httpkit import redact
from httpkit.decoding import decoded_head
from httpkit.exchange import Exchange
from httpkit.headers import charset_of
from httpkit.payload import Payload
from httpkit.unseen import NOT_OF_TEXT
from httpkit.veil import Veil

from .annotation import Part, annotate

# Bytes that are shown of what is not text, and how many in a line.
MAX_DUMP = 128
_IN_LINE = 8

# Of what is compressed, so many bytes are looked at for secrets.
_LOOKED_AT = 200_000

# How line ends are seen.
_LINE_END = re.compile(r"\r?\n")
_MARKS = {ord("\r"): "␍", ord("\n"): "␊"}

# Kinds of parts: in which anything may stand, of which fields are made, which are content, line ends, ends of rows.
_FREE = frozenset({"method", "target", "reason", "name", "trailer", "extension"})
_NAMES = frozenset({"name", "trailer"})
_VALUES = frozenset({"value", "fold"})
_CONTENT = frozenset({"body", "data", "tunnel", "malformed"})
_LINE_ENDS = frozenset({"eol", "end"})
_LAST_IN_ROW = frozenset({"eol", "end", "body", "tunnel", "malformed"})


class Piece(NamedTuple):
    """A part, and what is shown of its bytes: their characters, or a dump of them."""

    part: Part
    text: str
    is_dump: bool = False


Row = tuple[Piece, ...]


def rows(data: bytes, size: int, exchange: Exchange, *, response: bool) -> list[Row]:
    """What went one way, line by line; a body, and each chunk of one, is a row. `size`: how many bytes there were."""
    parts = annotate(data, response=response, method=exchange.request.method)
    is_cut = size > len(data) or _ends_early(parts, exchange, response=response)
    texts = _Texts(data, parts, exchange.veil)
    texts.veil_fields()
    texts.veil_contents(is_cut=is_cut)
    texts.veil_across(is_cut=is_cut)
    return list(
        _in_rows(
            Piece(part, text, at in texts.dumps)
            for at, (part, text) in enumerate(zip(parts, texts.marked(), strict=True))
        )
    )


def _ends_early(parts: Sequence[Part], exchange: Exchange, *, response: bool) -> bool:
    """Whether more may come; of a body that ends with its connection only the exchange knows."""
    is_open = bool(parts) and (parts[-1].name.endswith(", cut") or parts[-1].kind == "eol")
    return is_open or (response and not exchange.complete)


def _in_rows(pieces: Iterable[Piece]) -> Iterator[Row]:
    row: list[Piece] = []
    for piece in pieces:
        part, text, _ = piece
        is_last = part.kind in _LAST_IN_ROW
        row.append(piece._replace(text=text.removesuffix("\n")) if is_last else piece)
        if is_last:
            yield tuple(row)
            row = []
    if row:
        yield tuple(row)


def _malformed(text: str, veil: Veil) -> str:
    """Of what is no HTTP every line that could be a header is hidden as one."""
    return "".join(_malformed_line(line, veil) for line in re.split(r"(\r?\n|\r)", veil.text(text)))


def _malformed_line(line: str, veil: Veil) -> str:
    name, colon, value = line.partition(":")
    return name + colon + veil.header(name.strip(), value) if colon else line


class _Texts:
    """What is shown of each part."""

    def __init__(self, data: bytes, parts: Sequence[Part], veil: Veil) -> None:
        self.parts, self.veil = parts, veil
        self.raw = [data[part.start : part.end] for part in parts]
        self.dumps: set[int] = set()
        texts = zip(parts, map(_characters, self.raw), strict=True)
        self.shown = [veil.text(text) if part.kind in _FREE else text for part, text in texts]

    def _fields(self, among: Iterable[int]) -> list[tuple[int, list[int]]]:
        """Where the headers and trailers are: the part that is the name, and those that are the value."""
        fields: list[tuple[int, list[int]]] = []
        for at in among:
            if self.parts[at].kind in _NAMES:
                fields.append((at, []))
            elif self.parts[at].kind in _VALUES and fields:
                fields[-1][1].append(at)
        return fields

    def veil_fields(self) -> None:
        """Hide the values of headers; one on several lines is one value."""
        for name, values in self._fields(range(len(self.parts))):
            value = "".join(self.shown[at] for at in values)
            hidden = self.veil.header(_characters(self.raw[name]), value)
            if hidden != value:
                for at in values:
                    self.shown[at] = hidden if len(values) == 1 else redact.HIDDEN

    def veil_contents(self, *, is_cut: bool) -> None:
        for message in self._messages():
            content = [at for at in message if self.parts[at].kind in _CONTENT]
            ends_early = is_cut and message.stop == len(self.parts)
            pieces, headers = [self.raw[at] for at in content], self._headers(message)
            texts = _decoded(pieces, headers)
            if texts is None:
                self.dumps.update(content)
                shown = _dumped(pieces, headers, self.veil, is_cut=ends_early)
            else:
                begun = _held_back(texts, self.veil) if ends_early else texts
                shown = _veiled(begun, pieces, _kind(headers), self.veil)
            for at, text in zip(content, shown, strict=True):
                is_malformed = self.parts[at].kind == "malformed"
                self.shown[at] = _malformed(text, self.veil) if is_malformed else text

    def veil_across(self, *, is_cut: bool) -> None:
        """Hide all parts over which a secret goes on."""
        if is_cut and self.shown and len(self.shown) - 1 not in self.dumps:
            self.shown[-1] = self.veil.cut(self.shown[-1])
        ends = list(accumulate(map(len, self.shown)))
        whole = "".join(self.shown)
        for secret in self.veil.secrets:
            for found in re.finditer(re.escape(secret), whole):
                for at in range(bisect_right(ends, found.start()), bisect_left(ends, found.end()) + 1):
                    self.shown[at] = redact.HIDDEN

    def marked(self) -> Iterator[str]:
        """With line ends that are seen; those within content also end the line."""
        for at, (part, text) in enumerate(zip(self.parts, self.shown, strict=True)):
            if part.kind in _LINE_ENDS:
                yield text.translate(_MARKS)
            else:
                yield text if at in self.dumps else _LINE_END.sub(lambda end: end[0].translate(_MARKS) + "\n", text)

    def _messages(self) -> list[range]:
        """Which parts make one message; each begins after the content or the end of another."""
        starts = [at for at, part in enumerate(self.parts) if part.kind in ("method", "version") and self._begins(at)]
        return [range(first, last) for first, last in pairwise([0, *starts, len(self.parts)])]

    def _begins(self, at: int) -> bool:
        return at == 0 or self.parts[at - 1].kind != "space"

    def _headers(self, among: Iterable[int]) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, values in self._fields(among):
            key = self.raw[name].decode("latin-1").lower()
            value = b"".join(self.raw[at] for at in values).decode("latin-1")
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        return headers


def _characters(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


# --- bodies


def _codings(headers: Mapping[str, str]) -> str:
    """How a body is compressed."""
    named = ",".join(headers.get(name, "") for name in ("transfer-encoding", "content-encoding"))
    return re.sub(r"\bchunked\b", "", named, flags=re.IGNORECASE).strip(", ")


def _kind(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _decoded(pieces: Iterable[bytes], headers: Mapping[str, str]) -> list[str] | None:
    """A body, or its chunks, as text, a character that two share in the second; None where it is not text."""
    if _codings(headers):
        return None
    try:
        decoder = codecs.getincrementaldecoder(charset_of(headers.get("content-type")))()
        texts = [decoder.decode(piece) for piece in pieces]
    except (LookupError, TypeError, ValueError):
        # There are codecs, such as hex, that make no text.
        return None
    if not all(isinstance(text, str) and not NOT_OF_TEXT.search(text) for text in texts):
        return None
    rest, _ = decoder.getstate()
    return [*texts[:-1], texts[-1] + "".join(f"\\x{byte:02x}" for byte in rest)] if rest else texts


def _held_back(texts: list[str], veil: Veil) -> list[str]:
    """Without what only the whole body would tell to be a secret or none."""
    whole = "".join(texts)
    room = len(whole) if veil.reveal else redact.begun(whole, veil.secrets)
    starts = accumulate(map(len, texts), initial=0)
    return [
        text if start + len(text) <= room else text[: max(0, room - start)] + redact.HIDDEN
        for start, text in zip(starts, texts, strict=False)
    ]


def _veiled(texts: list[str], pieces: list[bytes], kind: str, veil: Veil) -> list[str]:
    """Hide secrets as in the text as a whole; chunks that share one show their size alone."""
    if veil.reveal or not texts:
        return texts

    def hidden(group: range) -> str:
        text = "".join(texts[at] for at in group)
        # What a whole body says by its kind, a part of one does not.
        return veil.body(text, kind) if len(group) == len(texts) else veil.text(text)

    groups = [range(1)]
    for at in range(1, len(texts)):
        before, here = range(at - 1, at), range(at, at + 1)
        is_apart = hidden(before) + hidden(here) == hidden(range(at - 1, at + 1))
        groups[-1:] = [groups[-1], here] if is_apart else [range(groups[-1].start, at + 1)]
    shown = [hidden(group) for group in groups]
    if "".join(shown) != hidden(range(len(texts))):
        return list(map(_size, pieces))
    return [
        text if len(group) == 1 else _size(pieces[at])
        for group, text in zip(groups, shown, strict=True)
        for at in group
    ]


def _dumped(pieces: list[bytes], headers: Mapping[str, str], veil: Veil, *, is_cut: bool) -> list[str]:
    """The bytes of a body that is no text; its sizes alone where somebody could find a secret, also by unpacking it."""
    data = b"".join(pieces)
    unpacked = decoded_head(Payload(data), _codings(headers), _LOOKED_AT)
    texts = {each.decode(charset, "replace") for each in (data, unpacked) for charset in ("utf-8", "latin-1")}
    is_secret = any(veil.body(_malformed(text, veil), _kind(headers)) != text for text in texts)
    if is_cut and not veil.reveal:
        # What was not compressed has names of secrets in it by chance.
        begins = redact.begun if unpacked != data else redact.begun_value
        is_secret = is_secret or any(begins(text, veil.secrets) < len(text) for text in texts)
    return list(map(_size if is_secret else _dump, pieces))


def _size(piece: bytes) -> str:
    return f"{redact.HIDDEN} {len(piece):,} bytes"


def _dump(piece: bytes) -> str:
    """Hexadecimal and characters."""
    starts = range(0, min(len(piece), MAX_DUMP), _IN_LINE)
    lines = [_dump_line(piece[start : start + _IN_LINE]) for start in starts]
    more = len(piece) - MAX_DUMP
    return "\n".join([*lines, f"… {more:,} more bytes"] if more > 0 else lines)


def _dump_line(row: bytes) -> str:
    characters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
    return f"{row.hex(' '):<{3 * _IN_LINE - 1}}  {characters}"
