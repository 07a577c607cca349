"""Exchanges as a table: what went over the wire, or what a HAR file holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from httpkit.archive import Archive
from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.notebook.body import Body, size_of
from httpkit.notebook.html import Html, card, folded, join, scrolled, table, tag, visible
from httpkit.notebook.recording import Traffic
from httpkit.notebook.urls import shortened
from httpkit.recorder import Entry

from .exchange import ms
from .status import badge

_HEADS = ("No.", "Method", "URL", "Status", "Type", "Size", "Time", "Side")
# Rows that a notebook can bear; the last ones are what one looks for.
_ROWS = 200
# Characters of a URL that a row has room for.
_ROOM = 80

# What a file says of a request that nobody answered.
_NO_ANSWER = NodeError("There is no answer", "no answer")

Row = tuple[str, str, str, Html, str, str, str, str]


def html(traffic: Traffic) -> Html:
    return card("Traffic", _table("What was sent and served", list(traffic)), _note(traffic))


def _table(caption: str, entries: list[Entry]) -> Html:
    if not entries:
        return tag("p", "Nothing yet. Requests that are sent and served from now on are listed here.")
    left_out = len(entries) - _ROWS
    more = tag("p", tag("small", f"The last {_ROWS} of {len(entries):,}.")) if left_out > 0 else ""
    return join(
        (more, scrolled(caption, table(caption, _HEADS, map(_row, entries[-_ROWS:]), class_="httpkit-traffic")))
    )


def _note(traffic: Traffic) -> Html:
    if not traffic:
        return Html()
    number = traffic[-1].number
    hint = f"%traffic {number} shows one of them; %traffic 4xx, POST or a part of a URL filters; %har FILE saves all."
    return tag("p", hint, class_="httpkit-note")


def _row(entry: Entry) -> Row:
    exchange = entry.exchange
    status = _status(entry)
    media_type = Body(exchange.response.payload, exchange.headers, exchange.veil).shown_type
    return (
        str(entry.number),
        exchange.request.method,
        _short(exchange),
        status,
        media_type.rpartition("/")[2],
        size_of(exchange.response.payload.size) if exchange.status else "",
        ms(exchange.phases.total) if exchange.status else "",
        "both" if entry.served is not None else exchange.side,
    )


def _status(entry: Entry) -> Html:
    if entry.exchange.status:
        return badge(entry.exchange.status, "")
    return tag("span", _ending(entry))


def _ending(entry: Entry) -> str:
    """What became of a request that has no answer."""
    if entry.error is None:
        return "pending"
    return str(getattr(entry.error, "code", "")) or "failed"


def _short(exchange: Exchange) -> str:
    """A URL as far as a row has room for it."""
    text = exchange.veil.url(exchange.request.url).partition("://")[2].partition("#")[0]
    return shortened(text, _ROOM)


def _entries(exchanges: Iterable[Exchange]) -> Iterator[Entry]:
    return (
        Entry(number, exchange, error=None if exchange.status else _NO_ANSWER)
        for number, exchange in enumerate(exchanges)
    )


def archive_html(archive: Archive) -> Html:
    skipped = tag("ul", *(tag("li", str(each)) for each in archive.skipped))
    notes = folded("What could not be read", skipped, unfolded=True, class_="httpkit-line") if archive.skipped else ""
    return card("HAR file", _table("Exchanges of the file", list(_entries(archive))), notes)


def text(traffic: Traffic) -> str:
    return _text(traffic) or "Nothing yet."


def _text(entries: Iterable[Entry]) -> str:
    lines = []
    for entry in entries:
        exchange = entry.exchange
        status = str(exchange.status or _ending(entry))
        side = "both" if entry.served is not None else exchange.side
        lines.append(
            f"{entry.number:>4}  {exchange.request.method:<7} {status:<5} {size_of(exchange.response.payload.size):>9} "
            f"{ms(exchange.phases.total) if exchange.status else '':>9}  {side:<6}  {visible(_short(exchange))}"
        )
    return "\n".join(lines)


def archive_text(archive: Archive) -> str:
    return "\n".join(filter(None, (_text(_entries(archive)), *map(str, archive.skipped))))
