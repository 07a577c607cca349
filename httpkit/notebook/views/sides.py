"""Both sides of an exchange on one clock: what the client did, what went over the wire, what the server did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from httpkit.exchange import Exchange
from httpkit.messages import Moment
from httpkit.notebook.body import size_of
from httpkit.notebook.html import Html, join, prose, table, tag
from httpkit.notebook.urls import target_of
from httpkit.recorder import Entry
from httpkit.veil import Veil

from .exchange import ms

# Rows that are shown; what repeats is one row from the first on.
_MOST = 200

# What each moment is called, by side.
_WORDS = {
    "client": {
        "write": "`req.write` / `req.end`",
        "socket": "'socket': the Agent has one",
        "lookup": "'lookup': the name is an address now",
        "connect": "'connect': the connection is open",
        "secureConnect": "'secureConnect': keys are agreed",
        "finish": "'finish': all is handed over",
        "information": "'information': an interim answer",
        "response": "'response': the head is here",
        "data": "'data'",
        "end": "'end': the answer is complete",
    },
    "server": {
        "request": "'request': the handler is called",
        "data": "'data'",
        "write": "`res.write` / `res.end`",
        "full": "`write` gave False: the client is behind",
        "drain": "'drain': the client has caught up",
        "finish": "'finish': all is handed over",
    },
}

# What goes over the wire with it, and which way.
_ARROWS = {("client", "write"): "→", ("server", "write"): "←"}


class _Step(NamedTuple):
    at: float
    side: str
    moment: Moment
    times: int = 1


def _steps(exchange: Exchange, later: float = 0) -> Iterator[_Step]:
    return (_Step(moment.at + later, exchange.side, moment) for moment in exchange.moments)


def _all_steps(entry: Entry) -> list[_Step]:
    exchange, served = entry.exchange, entry.served
    steps = list(_steps(exchange))
    if served is not None and served.started_at is not None and exchange.started_at is not None:
        steps += _steps(served, (served.started_at - exchange.started_at).total_seconds() * 1000)
    # In the order of a cause and what follows, where the clock cannot tell them apart.
    return sorted(steps, key=lambda step: step.at)


def _joined(steps: Iterable[_Step]) -> Iterator[_Step]:
    """Pieces that come one after the other as one step."""
    for _, same in groupby(steps, key=lambda step: (step.side, step.moment.what)):
        first, *others = same
        size = first.moment.size + sum(step.moment.size for step in others)
        yield _Step(first.at, first.side, Moment(first.at, first.moment.what, size), 1 + len(others))


def html(entry: Entry) -> Html:
    steps = _all_steps(entry)
    if not steps:
        return tag("p", "Nothing was measured: this exchange was not made here.")
    joined = list(_joined(steps)) if len(steps) > _MOST else steps
    lines = _FirstLines(entry)
    rows = [_row(step, lines) for step in joined[:_MOST]]
    heads = ("Time", "Client", "Wire", "Server")
    shown = table("What happened, in the order of time", heads, rows, class_="httpkit-sides")
    return join((shown, _missing(entry), _left_out(len(joined))))


def _missing(entry: Entry) -> Html:
    if entry.served is not None:
        return Html()
    other = "server" if entry.exchange.side == "client" else "client"
    return tag("p", tag("small", f"The {other} is not in this program: what happened there was not seen."))


def _left_out(count: int) -> Html:
    return tag("p", tag("small", f"The first {_MOST} of {count:,}.")) if count > _MOST else Html()


class _FirstLines:
    """The start line of each message, for the first bytes that are sent of it."""

    def __init__(self, entry: Entry) -> None:
        exchange = entry.exchange
        veil = exchange.veil | entry.served.veil if entry.served is not None else exchange.veil
        self._lines = {"client": _request_line(exchange, veil), "server": _status_line(exchange, veil)}

    def take(self, side: str) -> str:
        return self._lines.pop(side, "")


def _request_line(exchange: Exchange, veil: Veil) -> str:
    return f"{exchange.request.method} {veil.url(target_of(exchange.request.url))}"


def _status_line(exchange: Exchange, veil: Veil) -> str:
    response = exchange.response
    return f"{response.statusCode} {veil.text(response.statusMessage)}".rstrip() if response.statusCode else ""


def _row(step: _Step, lines: _FirstLines) -> tuple[object, ...]:
    side, moment = step.side, step.moment
    words = prose(_WORDS[side][moment.what])
    size = size_of(moment.size) if moment.size else ""
    pieces = f"{step.times} × " if step.times > 1 else ""
    arrow = _ARROWS.get((side, moment.what))
    if arrow is None:
        said = join((pieces, words, f" {size}" if size else ""))
        wire: object = ""
    else:
        said = join((pieces, words))
        wire = join((f"{arrow} {size} ", tag("code", lines.take(side))))
    return (ms(step.at), *((said, wire, "") if side == "client" else ("", wire, said)))
