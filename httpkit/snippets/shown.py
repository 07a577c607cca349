"""A draft as a snippet writes it: everything in it that is sent, and its secrets hidden.

Secrets are hidden here, before any language quotes or encodes a value, so that no escape and no base64 gets one past
the rules. What comes out is a draft again: whoever writes it knows nothing of secrets.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from httpkit import redact, redacted_body
from httpkit.decoding import DecodingError, decoded
from httpkit.draft import Draft
from httpkit.errors import NodeError
from httpkit.messages import NO_RESPONSE, SentRequest
from httpkit.payload import Payload
from httpkit.urls import url_options


def shown(draft: Draft, *, reveal: bool) -> Draft:
    """`draft` as it is to be written, with the cookies and headers of its session."""
    told = _told(_with_session(draft))
    return _spelled(told) if reveal else _redacted(told)


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


def _spelled(draft: Draft) -> Draft:
    """The same with its URL as httpkit sends it: other clients encode less, or something else."""
    try:
        parts = url_options(draft.url)
    except NodeError:
        return draft
    host = f"[{parts['hostname']}]" if ":" in parts["hostname"] else parts["hostname"]
    port = f":{parts['port']}" if "port" in parts else ""
    login = f"{_quoted_login(parts['auth'])}@" if "auth" in parts and draft.header("Authorization") is None else ""
    url = f"{parts['protocol']}//{login}{host}{port}{parts['path']}"
    return replace(draft, url=url.replace(quote(redact.HIDDEN), redact.HIDDEN))


def _quoted_login(auth: str) -> str:
    user, _, password = auth.partition(":")
    return quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")


# --- secrets


def _redacted(draft: Draft) -> Draft:
    secrets = _secrets_of(draft) | _secrets_of(_spelled(draft))
    proxy = draft.delivery.proxy
    hidden = replace(
        draft,
        url=redact.url(draft.url, secrets),
        raw_headers=tuple((name, redact.header(name, value, secrets)) for name, value in draft.raw_headers),
        payload=draft.payload.with_bytes(lambda data: _redacted_bytes(data, draft, secrets)),
    ).delivered(proxy=proxy and redact.url(proxy))
    spelled = _spelled(hidden)
    # What a URL must not have ends a secret too early, until it is encoded.
    return replace(spelled, url=redact.url(spelled.url, secrets))


def _secrets_of(draft: Draft) -> frozenset[str]:
    in_memory = Payload(*(part for part in draft.payload.parts if isinstance(part, bytes)))
    sent = SentRequest(draft.method, draft.url, draft.raw_headers, in_memory)
    return redact.secrets_of([(sent, NO_RESPONSE)])


def _redacted_bytes(data: bytes, draft: Draft, secrets: frozenset[str]) -> bytes:
    encoding = draft.header("Content-Encoding")
    if encoding:
        return redact.HIDDEN.encode() if _holds_secret(data, encoding, draft, secrets) else data
    # What is no text stays as it is around what is one.
    text = _redacted_text(data.decode("utf-8", "surrogateescape"), draft, secrets)
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # JSON can name half a character.
        return text.encode("utf-8", "replace")


def _redacted_text(text: str, draft: Draft, secrets: frozenset[str]) -> str:
    return redacted_body.text(text, (draft.header("Content-Type") or "").lower(), secrets)


def _holds_secret(data: bytes, encoding: str, draft: Draft, secrets: frozenset[str]) -> bool:
    """Whether a compressed body has something to hide; one that cannot be looked into may have."""
    try:
        text = decoded(Payload(data), encoding).decode("utf-8", "replace")
    except DecodingError:
        return True
    return _redacted_text(text, draft, secrets) != text
