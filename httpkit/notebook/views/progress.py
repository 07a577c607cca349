"""A request that is on its way, as far as it has come."""

from __future__ import annotations

from httpkit.exchange import Exchange
from httpkit.notebook.body import Body, body_html, declared_size, kind_of, size_of
from httpkit.notebook.html import Html, card, join, tag, visible
from httpkit.notebook.live import Underway
from httpkit.notebook.statuses import status_of
from httpkit.veil import Veil

from .exchange import shown_url
from .status import badge

# Characters of a text that are shown of its end while it grows.
_END = 2_000


def _state(shown: Underway) -> str:
    """What is going on, in a few words."""
    exchange = shown.exchange
    if shown.stopped:
        return "stopped: nobody waits any more"
    received, expected = exchange.response.payload.size, declared_size(exchange.headers)
    if exchange.status:
        of = f" of {size_of(expected)}" if expected else ""
        return f"receiving: {size_of(received)}{of}"
    if exchange.phases.send is None and exchange.request.payload.size > 1_000_000:
        return f"sending {size_of(exchange.request.payload.size)}: {size_of(exchange.wire.sent_size)} are out"
    return "waiting for the answer" if exchange.wire.sent_size else "connecting"


def html(shown: Underway) -> Html:
    exchange = shown.exchange
    return card(f"{exchange.request.method} {shown_url(exchange)}, on its way", content(shown))


def content(shown: Underway) -> Html:
    """All that a card shows of it, to stand elsewhere."""
    exchange, veil = shown.exchange, shown.exchange.veil
    url = veil.url(exchange.request.url)
    line = tag(
        "p",
        tag("strong", exchange.request.method, class_="httpkit-method"),
        " ",
        tag("code", url),
        class_="httpkit-line",
    )
    answer = badge(exchange.status, veil.text(exchange.response.statusMessage)) if exchange.status else ""
    bar = "" if shown.stopped else _bar(exchange)
    said = tag("p", answer, " ", tag("small", _state(shown)), " ", bar, class_="httpkit-line", role="status")
    return join((line, said, _growing(exchange, veil)))


def _bar(exchange: Exchange) -> Html:
    expected = declared_size(exchange.headers)
    if exchange.status and expected:
        return tag("progress", max=str(expected), value=str(exchange.response.payload.size), aria_label="Received")
    return tag("progress", aria_label="On its way")


def _growing(exchange: Exchange, veil: Veil) -> Html:
    """What has come of a stream: its events, or the end of its text."""
    body = Body(exchange.response.payload, exchange.headers, veil, is_cut=True)
    if not body.payload or declared_size(exchange.headers):
        return Html()
    kind = kind_of(body)
    if kind == "events":
        return body_html(body)
    if kind in ("text", "json"):
        return tag("pre", body.text[-_END:], tabindex="0", role="region", aria_label="The end of what has come")
    return Html()


def summary_html(exchange: Exchange) -> Html:
    """One line for a request that is done and whose answer somebody keeps."""
    status = status_of(exchange.status)
    answer = badge(status.code, exchange.veil.text(exchange.response.statusMessage))
    done = tag("small", f"{shown_url(exchange)}: {size_of(exchange.response.payload.size)}")
    return card(
        f"{exchange.request.method} {shown_url(exchange)}: {exchange.status}", tag("p", join((answer, " ", done)))
    )


def text(shown: Underway) -> str:
    exchange = shown.exchange
    return visible(f"{exchange.request.method} {shown_url(exchange)}: {_state(shown)}")
