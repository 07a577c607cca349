"""Bodies without their secrets, for what is saved, compared or quoted: JSON by its names, forms by their fields.

`redact.text` hides what it recognises in any text. A body whose kind is known tells more: a number or a list under
`password` is a secret too, and so is a part of a multipart form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus

from . import redact
from .messages import ReceivedResponse, SentRequest
from .payload import Payload
from .redact import HIDDEN, is_secret

_PART = re.compile(
    r"""(?P<head>Content-Disposition:[^\r\n]*?\bname="(?P<name>[^"\r\n]*)"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)"""
    r"""(?P<value>.*?)(?=\r?\n--)""",
    re.IGNORECASE | re.DOTALL,
)

Secrets = frozenset[str]


def secrets_of(messages: Iterable[tuple[SentRequest, ReceivedResponse]]) -> Secrets:
    """The secret values of some exchanges, in each way in which a URL, a form or JSON spells them."""
    found = {secret for sent, received in messages for secret in _secrets_of(sent, received)}
    return frozenset(spelled for secret in found for spelled in _spellings(secret))


def _secrets_of(sent: SentRequest, received: ReceivedResponse) -> Secrets:
    try:
        return redact.secrets_of(sent, received)
    except OSError:
        # The file that was sent is gone: nobody can see its secrets any more.
        return redact.secrets_of(replace(sent, payload=Payload()), received)


def _spellings(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}


def header(name: str, value: str, secrets: Secrets = frozenset()) -> str:
    """A header value without secrets, also where it repeats one."""
    shown = redact.header(name, value)
    for secret in sorted(secrets, key=len, reverse=True):
        shown = shown.replace(secret, HIDDEN)
    return shown


def named(name: str, value: str, secrets: Secrets = frozenset()) -> str:
    """The value of a field or query parameter without secrets."""
    return HIDDEN if value and is_secret(name) else redact.text(value, secrets)


def json_value(value: Any, secrets: Secrets = frozenset(), *, hidden: bool = False) -> Any:
    """Parsed JSON without secrets; all texts and numbers in it are hidden where `hidden`."""
    if isinstance(value, dict):
        return {
            redact.text(name, secrets): json_value(each, secrets, hidden=hidden or is_secret(name))
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [json_value(each, secrets, hidden=hidden) for each in value]
    if hidden and not (value is None or value == "" or isinstance(value, bool)):
        return HIDDEN
    return redact.text(value, secrets) if isinstance(value, str) else value


def text(body: str, media_type: str, secrets: Secrets = frozenset()) -> str:
    """A body as text without secrets; its spelling is kept as far as there are none."""
    if media_type.startswith("multipart/"):
        body = _PART.sub(_without_secret_part, body)
    elif "json" in media_type or body.lstrip()[:1] in {"{", "["}:
        body = _json_text(body, secrets)
    return redact.text(body, secrets)


def _without_secret_part(found: re.Match[str]) -> str:
    return found["head"] + (HIDDEN if is_secret(found["name"]) else found["value"])


def _json_text(body: str, secrets: Secrets) -> str:
    try:
        value = json.loads(body)
        shown = json_value(value, secrets)
        if shown == value:
            return body
        return json.dumps(shown, ensure_ascii=False, indent=2 if "\n" in body.strip() else None)
    except (ValueError, RecursionError):
        return body


def holds_secret(data: bytes, media_type: str, secrets: Secrets = frozenset()) -> bool:
    """Whether bytes that are no text have a secret in them, as far as one can tell."""
    if redact.data(data, secrets) != data:
        return True
    readable = data.decode("latin-1")
    return text(readable, media_type) != readable
