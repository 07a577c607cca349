"""Exchanges as a table: what went over the wire, or what a HAR file holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from httpkit import redact
from httpkit.archive import Archive
from httpkit.exchange import Exchange
from httpkit.notebook.body import Body, size_of
from httpkit.notebook.html import Html, card, folded, join, table, tag, visible
from httpkit.notebook.traffic import Traffic
from httpkit.recorder import Entry

from .exchange import ms
from .status import badge

_HEADS = ("No.", "Method", "URL", "Status", "Type", "Size", "Time", "Side")
# Rows that a notebook can bear; the last ones are what one looks for.
_ROWS = 200

Row = tuple[str, str, str, Html, str, str, str, str]


def html(traffic: Traffic) -> Html:
    return card("Traffic", _table("What was sent and served", list(traffic)), _note(traffic))


def _table(caption: str, entries: list[Entry]) -> Html:
    if not entries:
        return tag("p", "Nothing yet. Requests that are sent and served from now on are listed here.")
    left_out = len(entries) - _ROWS
    more = tag("p", tag("small", f"The last {_ROWS} of {len(entries):,}.")) if left_out > 0 else ""
    return join((more, table(caption, _HEADS, map(_row, entries[-_ROWS:]), class_="httpkit-traffic")))


def _note(traffic: Traffic) -> Html:
    if not traffic:
        return Html()
    hint = f"%traffic {traffic[-1].number} shows one of them; %traffic 4xx, POST or a part of a URL filters; %har FILE saves all."
    return tag("p", hint, class_="httpkit-note")


def _row(entry: Entry) -> Row:
    exchange = entry.exchange
    status = _status(entry)
    media_type = Body(exchange.response.payload, exchange.headers).media_type
    return (
        str(entry.number),
        exchange.request.method,
        _short(exchange.request.url),
        status,
        media_type.rpartition("/")[2],
        size_of(exchange.response.payload.size) if exchange.status else "",
        ms(exchange.phases.total) if exchange.status else "",
        "both" if entry.served is not None else exchange.side,
    )


def _status(entry: Entry) -> Html:
    if entry.exchange.status:
        return badge(entry.exchange.status, "")
    code = getattr(entry.error, "code", "") if entry.error is not None else ""
    return tag("span", code or ("failed" if entry.error is not None else "pending"))


def _short(url: str) -> str:
    """A URL as far as a row has room for it."""
    parts = urlsplit(url)
    text = redact.text(f"{parts.netloc}{parts.path}{'?' + parts.query if parts.query else ''}")
    return text if len(text) <= 80 else f"{text[:60]}…{text[-19:]}"


def _entries(exchanges: Iterable[Exchange]) -> Iterator[Entry]:
    return (Entry(number, exchange) for number, exchange in enumerate(exchanges))


def archive_html(archive: Archive) -> Html:
    skipped = [tag("li", f"Entry {each.index}: {each.reason}") for each in archive.skipped]
    count = f"{len(skipped)} {'entry was' if len(skipped) == 1 else 'entries were'} skipped"
    notes = folded(count, tag("ul", *skipped), unfolded=True, class_="httpkit-line") if skipped else ""
    return card("HAR file", _table("Exchanges of the file", list(_entries(archive))), notes)


def text(traffic: Traffic) -> str:
    return _text(traffic) or "Nothing yet."


def _text(entries: Iterable[Entry]) -> str:
    lines = []
    for entry in entries:
        exchange = entry.exchange
        status = str(exchange.status or getattr(entry.error, "code", "") or "…")
        side = "both" if entry.served is not None else exchange.side
        lines.append(
            f"{entry.number:>4}  {exchange.request.method:<7} {status:<5} {size_of(exchange.response.payload.size):>9} "
            f"{ms(exchange.phases.total):>9}  {side:<6}  {visible(_short(exchange.request.url))}"
        )
    return "\n".join(lines)


def archive_text(archive: Archive) -> str:
    skipped = [f"Skipped entry {each.index}: {each.reason}" for each in archive.skipped]
    return "\n".join(filter(None, (_text(_entries(archive)), *skipped)))
