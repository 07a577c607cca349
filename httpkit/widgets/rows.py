"""An exchange as a row of the traffic inspector: what its table and its lanes show, free of secrets."""

from __future__ import annotations

from datetime import datetime

from httpkit.exchange import Exchange
from httpkit.notebook.body import Body
from httpkit.notebook.html import visible
from httpkit.notebook.urls import shortened
from httpkit.notebook.views.exchange import counted_so_far
from httpkit.recorder import Entry

from .live import Message

_PHASES = ("queue", "dns", "connect", "tls", "send", "wait", "receive")
# Characters of a URL that a row has room for.
_LONGEST = 300


def row_of(entry: Entry) -> Message:
    """Times in ms, `at` since 1970; `state` is 'pending', 'done', 'cut' (not complete) or 'failed'.

    `isFresh`: the first on its connection.
    """
    exchange = counted_so_far(entry.exchange) if entry.is_pending else entry.exchange
    phases = exchange.phases
    return {
        "number": entry.number,
        "method": visible(exchange.veil.text(exchange.request.method)),
        "url": _url(exchange),
        "status": exchange.status,
        "state": _state(entry),
        "error": str(getattr(entry.error, "code", "")) if entry.error is not None else "",
        "type": visible(Body(exchange.response.payload, exchange.headers, exchange.veil).shown_type),
        "size": exchange.response.payload.size,
        "time": round(phases.total, 3),
        "phases": [round(getattr(phases, name) or 0, 3) for name in _PHASES],
        "at": _since_1970(exchange.started_at),
        "side": "both" if entry.served is not None else exchange.side,
        "local": exchange.socket.local,
        "remote": exchange.socket.remote,
        "isFresh": entry.exchange.phases.connect is not None,
    }


def _url(exchange: Exchange) -> str:
    url = visible(exchange.veil.url(exchange.request.url)).partition("#")[0]
    return shortened(url, _LONGEST)


def _state(entry: Entry) -> str:
    exchange = entry.exchange
    if entry.error is not None:
        return "failed"
    if exchange.complete:
        return "done"
    return "pending" if entry.is_pending else "cut"


def _since_1970(moment: datetime | None) -> float:
    return round(moment.timestamp() * 1000, 3) if moment is not None else 0
