"""A message that a handler or a response listener was given: its head; the body is still to be read."""

from __future__ import annotations

from httpkit import redact
from httpkit.client_request import ClientRequest
from httpkit.headers import pairs_of
from httpkit.incoming import IncomingMessage
from httpkit.notebook.html import Html, card, join, prose, tag, visible
from httpkit.notebook.statuses import status_of

from . import headers as header_view
from .status import badge


def _start_line(message: IncomingMessage) -> str:
    if message.statusCode is None:
        return f"{message.method} {redact.url(message.url)} HTTP/{message.httpVersion}"
    return f"HTTP/{message.httpVersion} {message.statusCode} {redact.text(message.statusMessage or '')}"


def html(message: IncomingMessage) -> Html:
    pairs = pairs_of(message.rawHeaders)
    answer = message.statusCode and _answer(message.statusCode, redact.text(message.statusMessage or ""))
    lines = header_view.html(_start_line(message), pairs, "Message")
    return card(
        _start_line(message), answer or "", lines, tag("p", prose(_how_to_read(message)), class_="httpkit-note")
    )


def _answer(code: int, reason: str) -> Html:
    return tag("p", badge(code, reason), " ", prose(status_of(code).meaning), class_="httpkit-line")


def _how_to_read(message: IncomingMessage) -> str:
    name = "req" if message.statusCode is None else "res"
    return f"The body is read with `await {name}.text()`, `await {name}.json()` or `async for chunk in {name}`."


def text(message: IncomingMessage) -> str:
    return f"{visible(_start_line(message))}\n{header_view.text(pairs_of(message.rawHeaders))}"


def _request_line(request: ClientRequest) -> str:
    host = request.getHeader("host") or request.host
    return f"{request.method} {redact.url(f'{request.protocol}//{host}{request.path}')}"


def request_html(request: ClientRequest) -> Html:
    method = tag("strong", request.method, class_="httpkit-method")
    url = _request_line(request).partition(" ")[2]
    line = tag("p", method, " ", tag("code", url), " ", tag("small", _state(request)), class_="httpkit-line")
    return card(_request_line(request), join((line,)))


def request_text(request: ClientRequest) -> str:
    return f"{visible(_request_line(request))} ({_state(request)})"


def _state(request: ClientRequest) -> str:
    if request.res is not None:
        return f"answered with {request.res.statusCode}"
    if request.destroyed:
        return "failed or stopped"
    return "sent, waiting for the answer" if request.finished else "being written"
