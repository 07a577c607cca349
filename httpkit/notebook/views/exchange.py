"""A request and its response, in the order of the wire."""

from __future__ import annotations

from urllib.parse import urlsplit

from httpkit.exchange import Exchange, Phases
from httpkit.notebook import redact
from httpkit.notebook.body import Body, body_html, body_text, size_of
from httpkit.notebook.html import Html, card, folded, join, plain, prose, table, tag, visible
from httpkit.notebook.methods import METHOD_TABLE
from httpkit.notebook.statuses import status_of

from . import headers as header_view
from .status import badge, explanation

_PHASES = (
    ("connect", "opening the connection"),
    ("tls", "agreeing on keys, and checking who the server is"),
    ("send", "sending the request"),
    ("wait", "waiting for the first byte of the answer"),
    ("receive", "reading the answer"),
)
_HIDDEN_NOTE = f"{redact.HIDDEN} hides a secret from this view; the object has the whole value."


def ms(value: float) -> str:
    """Milliseconds for people."""
    return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.1f} ms"


def _bodies(exchange: Exchange) -> tuple[Body, Body]:
    secrets = frozenset(redact.secrets_of(exchange))
    sent = Body(exchange.request.body, exchange.request.headers, secrets, ".request.body")
    return sent, Body(exchange.response.body, exchange.response.headers, secrets)


def _start_lines(exchange: Exchange) -> tuple[str, str]:
    parts = urlsplit(exchange.request.url)
    target = redact.text((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    response = exchange.response
    status_line = f"HTTP/{response.httpVersion} {response.statusCode} {response.statusMessage}"
    return f"{exchange.request.method} {target} HTTP/1.1", status_line.rstrip()


def _facts(exchange: Exchange) -> list[str]:
    received = exchange.response
    media_type = Body(b"", received.headers).media_type
    return [ms(exchange.phases.total), size_of(len(received.body)) if received.body else "no body", media_type]


def html(exchange: Exchange) -> Html:
    sent, received = _bodies(exchange)
    sections = (_asked(exchange), _status(exchange), _request(exchange, sent), _response(exchange), body_html(received))
    whole = join(sections)
    note = tag("p", tag("small", _HIDDEN_NOTE)) if redact.HIDDEN in whole else ""
    request = exchange.request
    return card(f"{request.method} {redact.text(request.url)}: {exchange.status}", whole, note)


def _asked(exchange: Exchange) -> Html:
    known = METHOD_TABLE.get(exchange.request.method)
    method = tag(
        "strong", exchange.request.method, class_="httpkit-method", title=plain(known.meaning) if known else None
    )
    return tag("p", method, " ", tag("code", redact.text(exchange.request.url)), class_="httpkit-line")


def _status(exchange: Exchange) -> Html:
    status = status_of(exchange.status)
    answer = badge(status.code, redact.text(exchange.response.statusMessage))
    facts = " · ".join(filter(None, _facts(exchange)))
    summary = join((answer, " ", prose(status.meaning), " ", tag("small", facts)))
    return folded(summary, explanation(status), _timing(exchange), class_="httpkit-line")


def _timing(exchange: Exchange) -> Html:
    times = [(name, what, getattr(exchange.phases, name)) for name, what in _PHASES]
    rows = [(name, what, _bar(time, exchange.phases)) for name, what, time in times if time is not None]
    if exchange.reused_socket:
        rows.insert(0, ("connect", "the connection was open already (keep-alive)", Html()))
    return table("Timing", ("Phase", "What happened", "Time"), rows, class_="httpkit-timing") if rows else Html()


def _bar(value: float, phases: Phases) -> Html:
    share = 100 * value / phases.total if phases.total else 0
    return join((ms(value), " ", tag("span", class_="httpkit-bar", style=f"width:{share:.0f}px", aria_hidden="true")))


def _request(exchange: Exchange, body: Body) -> Html:
    pairs = exchange.request.raw_headers
    size = size_of(len(body.data)) if body.data else "no body"
    summary = join((tag("b", "Request"), " ", tag("small", f"{header_view.count(pairs)} · {size}")))
    return folded(summary, header_view.html(_start_lines(exchange)[0], pairs, "Request"), body_html(body))


def _response(exchange: Exchange) -> Html:
    pairs = exchange.response.raw_headers
    summary = join((tag("b", "Response"), " ", tag("small", header_view.count(pairs))))
    return folded(summary, header_view.html(_start_lines(exchange)[1], pairs, "Response"), unfolded=True)


def text(exchange: Exchange) -> str:
    sent, received = _bodies(exchange)
    request_line, status_line = _start_lines(exchange)
    meaning = plain(status_of(exchange.status).meaning)
    messages = (
        (request_line, exchange.request.raw_headers, sent),
        (status_line, exchange.response.raw_headers, received),
    )
    return "\n\n".join(
        [
            *filter(None, (part for message in messages for part in _message_text(*message))),
            f"{meaning} ({', '.join(filter(None, _facts(exchange)))})",
        ]
    )


def _message_text(start_line: str, pairs: header_view.Pairs, body: Body) -> tuple[str, str]:
    head = "\n".join(filter(None, (visible(start_line), header_view.text(pairs))))
    return head, visible(body_text(body))
