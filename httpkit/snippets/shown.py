"""A draft as a snippet writes it: everything in it that is sent, and its secrets hidden.

Secrets are hidden here, before any language quotes or encodes a value, so that no escape and no base64 gets one past
the rules. What comes out is a draft again: whoever writes it knows nothing of secrets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from httpkit import redact
from httpkit.decoding import DecodingError, decoded
from httpkit.draft import Draft
from httpkit.errors import NodeError
from httpkit.messages import NO_RESPONSE, Pairs, SentRequest
from httpkit.payload import Payload
from httpkit.urls import url_options

from .parts import Part, parts_of


def shown(draft: Draft, *, reveal: bool) -> Draft:
    """`draft` as it is to be written, with the cookies and headers of its session."""
    told = _told(_with_session(draft))
    safe = told if reveal else _redacted(told)
    return replace(safe, url=_spelled(safe.url, with_login=safe.header("Authorization") is None))


def number(value: float) -> str:
    """A number as it is written in every language."""
    return str(int(value) if value == int(value) else value)


def _with_session(draft: Draft) -> Draft:
    session = draft.delivery.session
    if session is None:
        return draft
    draft = draft.with_defaults(session.headers.items())
    cookies = [value for value in (draft.header("Cookie"), session.cookies.header(draft.url)) if value]
    return draft.with_headers([("Cookie", "; ".join(cookies))]) if cookies else draft


def _told(draft: Draft) -> Draft:
    """The same request with each thing said once: one Host, one Cookie, no length that follows from the body."""
    cookies = [value for name, value in draft.raw_headers if name.lower() == "cookie"]
    hosts = [value for name, value in draft.raw_headers if name.lower() == "host"]
    if len(cookies) > 1:
        draft = draft.with_headers([("Cookie", "; ".join(cookies))])
    if len(hosts) > 1:
        draft = draft.with_headers([("Host", hosts[-1])])
    if draft.header("Content-Length") == str(draft.payload.size):
        draft = draft.without("Content-Length")
    return replace(draft, method=draft.method.upper() or "GET")


def _spelled(url: str, *, with_login: bool) -> str:
    """A URL as httpkit sends it: other clients encode less, or something else."""
    try:
        parts = url_options(url)
    except NodeError:
        return url
    host = f"[{parts['hostname']}]" if ":" in parts["hostname"] else parts["hostname"]
    port = f":{parts['port']}" if "port" in parts else ""
    login = f"{_quoted_login(parts['auth'])}@" if with_login and "auth" in parts else ""
    return f"{parts['protocol']}//{login}{host}{port}{parts['path']}".replace(quote(redact.HIDDEN), redact.HIDDEN)


def _quoted_login(auth: str) -> str:
    user, _, password = auth.partition(":")
    return quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")


# --- secrets


def _redacted(draft: Draft) -> Draft:
    parts = parts_of(draft.payload)
    in_memory = Payload(*(part for part in parts if isinstance(part, bytes)))
    secrets = redact.secrets_of(SentRequest(draft.method, draft.url, draft.raw_headers, in_memory), NO_RESPONSE)
    proxy = draft.delivery.proxy
    hidden = replace(
        draft,
        url=redact.text(draft.url, secrets),
        raw_headers=_redacted_headers(draft.raw_headers, secrets),
        payload=_redacted_payload(parts, secrets, draft.header("Content-Encoding")),
    )
    return hidden.delivered(proxy=redact.text(proxy)) if proxy else hidden


def _redacted_headers(headers: Pairs, secrets: Iterable[str]) -> Pairs:
    return tuple((name, redact.text(redact.header(name, value), secrets)) for name, value in headers)


def _redacted_payload(parts: Iterable[Part], secrets: Iterable[str], encoding: str | None) -> Payload:
    return Payload(*(_redacted_bytes(part, secrets, encoding) if isinstance(part, bytes) else part for part in parts))


def _redacted_bytes(data: bytes, secrets: Iterable[str], encoding: str | None) -> bytes:
    if encoding:
        return redact.HIDDEN.encode() if _holds_secret(data, secrets, encoding) else data
    # What is no text stays as it is around what is one.
    text = redact.text(data.decode("utf-8", "surrogateescape"), secrets)
    return text.encode("utf-8", "surrogateescape")


def _holds_secret(data: bytes, secrets: Iterable[str], encoding: str) -> bool:
    """Whether a compressed body has something to hide; one that cannot be looked into may have."""
    try:
        text = decoded(Payload(data), encoding).decode("utf-8", "replace")
    except DecodingError:
        return True
    return redact.text(text, secrets) != text
