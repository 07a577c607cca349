"""The bytes of an exchange as they went over the wire, line by line, each with what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, zip_longest
from textwrap import wrap
from typing import NamedTuple

from httpkit.exchange import Exchange
from httpkit.notebook.annotation import Part
from httpkit.notebook.html import Html, card, join, plain, prose, table, tag, visible
from httpkit.notebook.raw import WireBytes
from httpkit.notebook.wire_text import Piece, Row, rows

from .status import spec_link

# Shown at most each way, and columns of a terminal.
MAX_LINES = 120
MAX_CHARACTERS = 20_000
WIDTH = 110
_MOST_FOR_BYTES = 50

# The colours of the kinds of parts, the same in the bytes and in what they say.
_COLOURS = {
    "method": "word",
    "target": "string",
    "status": "number",
    "reason": "word",
    "name": "key",
    "trailer": "key",
    "size": "number",
    "malformed": "malformed",
} | dict.fromkeys(("version", "extension", "eol", "end"), "dim")

# What is plain from the line itself is said by the parts alone; how lines end is said once.
_QUIET = frozenset({"space", "colon", "value", "eol"})

# Few fonts have these two characters: a notebook shows words in their place.
_MARK = re.compile("([␍␊])")
_WORDS = {"␍": "CR", "␊": "LF"}

_SPEC = re.compile(r"\((RFC \d+(?: §[\d.]+)?)\)")


class _Way(NamedTuple):
    """What went one way: what it is called, the rows that are shown, and what is to be known of the rest."""

    name: str
    rows: list[Row]
    note: str


def _ways(exchange: Exchange) -> Iterator[_Way]:
    wire = exchange.wire
    is_server = exchange.side == "server"
    for name, data, size, response in (
        ("Sent", wire.sent, wire.sent_size, is_server),
        ("Received", wire.received, wire.received_size, not is_server),
    ):
        if data:
            shown, left = _capped(rows(data, size, exchange, response=response))
            yield _Way(f"{name}: {_bytes(size)}", shown, ". ".join(filter(None, (left, _kept(len(data), size)))))


def _bytes(count: int) -> str:
    return f"{count:,} byte{'' if count == 1 else 's'}"


def _kept(kept: int, size: int) -> str:
    return f"Of {_bytes(size)} the first {kept:,} were kept" if size > kept else ""


def _capped(all_rows: Sequence[Row]) -> tuple[list[Row], str]:
    """The rows that are shown, the last one perhaps in part, and how much is not."""
    shown: list[Row] = []
    lines, characters = MAX_LINES, MAX_CHARACTERS
    for row in all_rows:
        shown.append(_cut(row, lines, characters))
        text = _text_of(row)
        lines -= text.count("\n") + 1
        characters -= len(text)
        if lines <= 0 or characters <= 0:
            break
    left = [sum(map(measure, all_rows)) - sum(map(measure, shown)) for measure in (_lines_in, _characters_in)]
    return shown, f"… {left[0]:,} more lines, {left[1]:,} more characters" if left[1] else ""


def _text_of(row: Row) -> str:
    return "".join(piece.text for piece in row)


def _lines_in(row: Row) -> int:
    return _text_of(row).count("\n") + 1


def _characters_in(row: Row) -> int:
    return len(_text_of(row))


def _cut(row: Row, lines: int, characters: int) -> Row:
    """So much of a row; the beginnings of its parts are within its text."""
    text = _text_of(row)[:characters]
    room = len("\n".join(text.split("\n")[:lines]))
    starts = accumulate((len(piece.text) for piece in row), initial=0)
    return tuple(
        piece._replace(text=piece.text[: max(0, room - start)]) for piece, start in zip(row, starts, strict=False)
    )


def _said(row: Row, *, first: bool) -> list[Part]:
    """The parts of which a row tells what they mean."""
    parts = [piece.part for piece in row]
    loud = [part for part in parts if part.kind not in _QUIET or (first and part.kind == "eol") or _is_special(part)]
    return loud or parts[-1:]


def _is_special(part: Part) -> bool:
    return part.name.endswith(", cut") or part.meaning.startswith("LF alone")


# --- in a notebook


def html(exchange: Exchange) -> Html:
    """What was sent and what was received, each as a table: the bytes, and beside them what they say."""
    ways = [_way_html(way) for way in _ways(exchange)]
    return tag("div", *ways or [tag("p", "No bytes of this exchange were kept.")], class_="httpkit-wire")


def _way_html(way: _Way) -> Html:
    cells = ((_bytes_html(row), _said_html(row, first=at == 0)) for at, row in enumerate(way.rows))
    shown = table(tag("b", way.name), ("Bytes", "What it says"), cells)
    # A scrolling region has to be reachable by keyboard.
    region = tag("div", shown, tabindex="0", role="region", aria_label=way.name)
    return join((region, tag("p", tag("small", way.note)) if way.note else ""))


def _bytes_html(row: Row) -> Html:
    spans = (_span(piece, _class(at, piece.part)) for at, piece in enumerate(row) if piece.text)
    if not any(piece.is_dump for piece in row):
        return tag("code", *spans)
    # A scrolling region has to be reachable by keyboard.
    return tag("code", *spans, class_="httpkit-dump", tabindex="0", role="region", aria_label="Body as bytes")


def _class(at: int, part: Part) -> str:
    """`httpkit-p0`, `-p1`, … join a part to its meaning: pointing at one marks the other."""
    colour = _COLOURS.get(part.kind)
    return f"httpkit-p{at} httpkit-{colour}" if colour else f"httpkit-p{at}"


def _span(piece: Piece, class_: str) -> Html:
    part, text, _ = piece
    marked = (tag("i", _WORDS[each]) if at % 2 else each for at, each in enumerate(_MARK.split(text)))
    return tag("span", *marked, class_=class_, title=f"{part.name}: {plain(part.meaning)}")


def _said_html(row: Row, *, first: bool) -> Html:
    places = {piece.part: at for at, piece in enumerate(row)}
    said = [(part, places[part]) for part in _said(row, first=first)]
    return join(tag("div", _name(part), " ", _meaning(part), class_=f"httpkit-p{at}") for part, at in said)


def _name(part: Part) -> Html:
    colour = _COLOURS.get(part.kind, "dim")
    return tag("b", part.name, class_=f"httpkit-{'dim' if colour == 'key' else colour}")


def _meaning(part: Part) -> Html:
    """The sentence, its specification as a link."""
    pieces = _SPEC.split(part.meaning)
    return join(spec_link(each) if at % 2 else prose(each) for at, each in enumerate(pieces))


def card_html(shown: WireBytes) -> Html:
    return card("Bytes on the wire", html(shown.exchange))


# --- in a terminal


def text(exchange: Exchange) -> str:
    """The same in two columns, at most 110 wide."""
    return "\n\n".join(map(_way_text, _ways(exchange))) or "No bytes of this exchange were kept."


def _way_text(way: _Way) -> str:
    texts = [visible(_text_of(row)) for row in way.rows]
    widest = max(len(line) for text in texts for line in text.split("\n"))
    width = min(widest, _MOST_FOR_BYTES)
    lines = [
        line
        for at, (row, text) in enumerate(zip(way.rows, texts, strict=True))
        for line in _columns(text, _said(row, first=at == 0), width)
    ]
    return "\n".join([way.name, *lines, *filter(None, [way.note])])


def _columns(text: str, said: Sequence[Part], width: int) -> Iterator[str]:
    left = [line[at : at + width] for line in text.split("\n") for at in range(0, max(len(line), 1), width)]
    right = [
        line
        for part in said
        for line in wrap(f"{part.name}: {plain(part.meaning)}", WIDTH - width - 2, subsequent_indent="  ")
    ]
    for bytes_, meaning in zip_longest(left, right, fillvalue=""):
        yield f"{bytes_:<{width}}  {meaning}".rstrip()
