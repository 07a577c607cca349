"""Bodies without their secrets, for what is saved, compared or quoted: JSON by its names, forms by their fields.

`redact.text` hides what it recognises in any text. A body whose kind is known tells more: a number or a list under
`password` is a secret too, and so is a part of a multipart form.
"""

from __future__ import annotations

import json
from typing import Any

from . import redact
from .redact import HIDDEN, Secrets, is_secret


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
    if media_type.startswith("application/x-www-form-urlencoded"):
        return redact.form(body, secrets)
    if "json" in media_type or body.lstrip()[:1] in {"{", "["}:
        body = _json_text(body, secrets)
    return redact.text(body, secrets)


def _json_text(body: str, secrets: Secrets) -> str:
    try:
        value = json.loads(body)
        shown = json_value(value, secrets)
        if shown == value:
            return body
        return json.dumps(shown, ensure_ascii=False, indent=2 if "\n" in body.strip() else None)
    except (ValueError, RecursionError):
        return body


# What is binary through and through: a pattern that fits in it fits by chance.
_BINARY = ("image/", "audio/", "video/", "font/", "application/zip", "application/gzip", "application/pdf")


def holds_secret(data: bytes, media_type: str, secrets: Secrets = frozenset()) -> bool:
    """Whether bytes that are no text have a secret in them, as far as one can tell."""
    if redact.data(data, secrets) != data:
        return True
    if media_type.startswith(_BINARY):
        return False
    readable = data.decode("latin-1")
    return text(readable, media_type) != readable
