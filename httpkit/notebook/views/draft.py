"""A request that was not sent."""

from __future__ import annotations

from httpkit.draft import Draft
from httpkit.headers import IncomingHeaders
from httpkit.notebook.body import Body, body_html, body_text
from httpkit.notebook.html import Html, card, tag, visible
from httpkit.notebook.urls import target_of
from httpkit.veil import Veil

from . import headers as header_view


def _body(draft: Draft, veil: Veil) -> Body:
    return Body(draft.payload, IncomingHeaders.joined(draft.raw_headers), veil, ".payload")


def _start_line(draft: Draft, veil: Veil) -> str:
    return f"{draft.method} {veil.url(target_of(draft.url))} HTTP/1.1"


def html(draft: Draft) -> Html:
    veil = Veil.of_draft(draft)
    method = tag("strong", draft.method, class_="httpkit-method")
    url = veil.url(draft.url)
    line = tag("p", method, " ", tag("code", url), " ", tag("small", "not sent"), class_="httpkit-line")
    lines = header_view.html(_start_line(draft, veil), draft.raw_headers, "Request", veil)
    return card(f"{draft.method} {url}, not sent", line, lines, body_html(_body(draft, veil)))


def text(draft: Draft) -> str:
    veil = Veil.of_draft(draft)
    head = "\n".join(filter(None, (visible(_start_line(draft, veil)), header_view.text(draft.raw_headers, veil))))
    body = visible(body_text(_body(draft, veil)))
    return "\n\n".join(filter(None, (head, body, visible(f"Not sent, to {veil.url(draft.url)}"))))
