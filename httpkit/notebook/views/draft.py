"""A request that was not sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from httpkit import redact
from httpkit.draft import Draft
from httpkit.headers import IncomingHeaders
from httpkit.messages import NO_RESPONSE, SentRequest
from httpkit.notebook.body import Body, body_html, body_text
from httpkit.notebook.html import Html, card, tag, visible

from . import headers as header_view


def _body(draft: Draft) -> Body:
    sent = SentRequest(draft.method, draft.url, draft.raw_headers, draft.payload)
    secrets = redact.secrets_of(sent, NO_RESPONSE)
    return Body(draft.payload, IncomingHeaders.joined(draft.raw_headers), secrets, ".payload")


def _start_line(draft: Draft) -> str:
    parts = urlsplit(draft.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return f"{draft.method} {redact.text(target)} HTTP/1.1"


def html(draft: Draft) -> Html:
    method = tag("strong", draft.method, class_="httpkit-method")
    url = redact.text(draft.url)
    line = tag("p", method, " ", tag("code", url), " ", tag("small", "not sent"), class_="httpkit-line")
    lines = header_view.html(_start_line(draft), draft.raw_headers, "Request")
    return card(f"{draft.method} {url}, not sent", line, lines, body_html(_body(draft)))


def text(draft: Draft) -> str:
    head = "\n".join(filter(None, (visible(_start_line(draft)), header_view.text(draft.raw_headers))))
    return "\n\n".join(filter(None, (head, visible(body_text(_body(draft))), f"Not sent, to {redact.text(draft.url)}")))
