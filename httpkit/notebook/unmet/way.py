"""The way there and back: times, redirects, connections."""

from __future__ import annotations

from typing import Any
from urllib.parse import urldefrag, urljoin

from httpkit.changes import Words
from httpkit.exchange import Exchange
from httpkit.notebook.expected import described, fits

from .words import answered


def faster_than(exchange: Exchange, ms: float) -> str:
    """Why it took too long."""
    phases = exchange.phases
    times = {name: time for name, time in vars(phases).items() if time is not None}
    if not times:
        return f"Expected an answer in less than {ms:g} ms, got an exchange without times."
    if phases.total < ms:
        return ""
    slowest = max(times, key=lambda name: times[name])
    most = f"Most of it, {times[slowest]:.3g} ms, was {_SLOW[slowest]}."
    return f"Expected an answer in less than {ms:g} ms, got one in {phases.total:.3g} ms. {most}"


_SLOW = {
    "queue": "waiting for a free socket: an Agent with more maxSockets lets fewer wait",
    "dns": "looking up the name: a reused connection needs none",
    "connect": "connecting: an Agent with keepAlive=True reuses connections",
    "tls": "agreeing on TLS: an Agent with keepAlive=True reuses connections",
    "send": "sending the request: its body is large, or the network slow",
    "wait": "waiting for the server: look at what its handler does before it answers",
    "receive": "reading the answer: it is large, or the server writes it slowly",
}


def redirected_to(exchange: Exchange, expected: Any, words: Words) -> str:
    """Why there was no redirect to the URL that is expected."""
    hops = [*exchange.redirects, exchange]
    targets = [
        _joined(hop.request.url, hop.headers["location"])
        for hop in hops
        if hop.status // 100 == 3 and hop.headers.get("location")
    ]
    base = hops[0].request.url
    if any(fits(target, expected, lambda value, url: _is_url(value, _joined(base, str(url)))) for target in targets):
        return ""
    wanted = f"a redirect to {words.text(described(expected))}"
    if targets:
        return f"Expected {wanted}, got one to {', then '.join(words.text(target) for target in targets)}."
    return (
        f"Expected {wanted}, got {answered(exchange, words)}, which is none. A redirect has a 3xx status and "
        "the new URL in the header Location: res.writeHead(302, {'Location': …})."
    )


def _joined(base: str, url: str) -> str:
    """The absolute URL, or what there is of one that is none."""
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def _is_url(value: str, expected: str) -> bool:
    return urldefrag(value).url == urldefrag(expected).url


def reused_socket(exchange: Exchange) -> str:
    """Why the connection was a new one, as far as one can tell."""
    if exchange.socket.reused:
        return ""
    sides = {"request": exchange.request.headers, "response": exchange.headers}
    closing = [side for side, headers in sides.items() if "close" in str(headers.get("connection", "")).lower()]
    why = f"The {closing[0]} says Connection: close." if closing else (
        "It was the first on its connection. Send two with one Agent that has keepAlive=True, within the time an idle "
        "connection stays open."
    )  # fmt: skip
    return f"Expected a connection that had served before, got a new one. {why}"
