"""Secrets are hidden in all that is shown, because notebooks are saved and shared with their outputs.

The objects keep the whole values: only displays pass through here. Hidden are credentials, cookies, fields and query
parameters whose name says secret, and wherever else they turn up the values that an exchange sent or received as such,
so that a server which echoes its request gives nothing away. What `remember` was told, a password that was typed say,
is hidden in everything.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from .messages import ReceivedResponse, SentRequest

HIDDEN = "••••••"

# Shorter values are words that occur anywhere: hiding every `on` of a page hides nothing.
_SHORTEST_ECHO = 6
# A secret that somebody named as one is hidden also when it is short, but not where it is as good as nothing.
_SHORTEST_REMEMBERED = 3

# Of what is looked at for secrets, so many bytes: as much as is ever shown.
_LOOKED_AT = 1_000_000

_known: set[str] = set()

# fmt: off
_SECRET_WORDS = frozenset([
    "apikey", "auth", "authorization", "cookie", "credential", "credentials", "jwt", "passcode", "passphrase", "passwd",
    "password", "pwd", "secret", "session", "sessionid", "sid", "sig", "signature", "token", "xsrf",
])
_SECRET_PAIRS = frozenset([("access", "key"), ("api", "key"), ("client", "key"), ("private", "key"), ("secret", "key")])
# `token_type` and `secret_name` only speak about a secret.
_ABOUT = frozenset([
    "at", "count", "endpoint", "expires", "expiry", "in", "length", "limit", "name", "type", "uri", "url",
])
# fmt: on

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_USERINFO = re.compile(r"(?<=://)([^/?#\s@:]*)(:?)([^/?#\s@]*)@")
_PARAMETER = re.compile(r"(?P<head>(?:^|[?&#;\s])(?P<name>[\w.~%\[\]-]+)=)(?P<value>[^&#;\s\"'<>]+)")
_QUOTED = re.compile(
    r"""(?P<head>(?P<q>["'])(?P<name>[^"'\\\n]{1,80})(?P=q)\s*:\s*(?P<v>["']))(?P<value>(?:(?!(?P=v))[^\\]|\\.)+)""",
    re.DOTALL,
)
_NUMBER = re.compile(r"""(?P<head>"(?P<name>[^"\\\n]{1,80})"\s*:\s*)(?P<value>-?\d[\d.eE+-]*)""")
_PART_NAME = re.compile(r'\bname="([^"\r\n]{1,80})"')
# A name and its value, in URLs and forms, and in JSON.
_NAMED = (_PARAMETER, _QUOTED, _NUMBER)
_CREDENTIALS = re.compile(r"\b(?P<head>(?:Bearer|Basic)\s+)(?P<value>[\w~+/.=-]{6,})", re.IGNORECASE)
_JWT = re.compile(r"(?P<head>)(?P<value>(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)")


def remember(secret: str) -> None:
    """Hide `secret` from now on wherever it would be shown, also where it is quoted or is a part of credentials."""
    if len(secret) >= _SHORTEST_REMEMBERED:
        _known.update({secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]})


def forget() -> None:
    """Forget what `remember` was told."""
    _known.clear()


def is_secret(name: str) -> bool:
    """Whether a header, parameter or field called `name` holds a secret."""
    words = [word.lower() for word in _WORD.findall(unquote(name))]
    if not words or words[-1] in _ABOUT:
        return False
    return not _SECRET_WORDS.isdisjoint(words) or not _SECRET_PAIRS.isdisjoint(pairwise(words))


def header(name: str, value: str) -> str:
    """A header value as it may be shown: what kind of secret it is stays visible."""
    rule = _HEADERS.get(name.lower())
    if rule:
        return rule(value)
    return HIDDEN if value and is_secret(name) else text(value)


def _credentials(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space else HIDDEN


def _cookies(value: str) -> str:
    return "; ".join(_cookie(pair) for pair in value.split("; "))


def _set_cookie(value: str) -> str:
    pair, semicolon, attributes = value.partition(";")
    return _cookie(pair) + semicolon + attributes


def _cookie(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={HIDDEN}" if equals else HIDDEN


_HEADERS: dict[str, Callable[[str], str]] = {
    "authorization": _credentials,
    "proxy-authorization": _credentials,
    "cookie": _cookies,
    "set-cookie": _set_cookie,
    # A challenge names the scheme, and has no credentials.
    "www-authenticate": str,
    "proxy-authenticate": str,
}


def text(value: str, secrets: Iterable[str] = ()) -> str:
    """A URL, a header value or a body as it may be shown; `secrets` are hidden wherever they occur."""
    for secret in sorted({*secrets, *_known}, key=len, reverse=True):
        value = value.replace(secret, HIDDEN)
    value = "".join(HIDDEN if name and is_secret(name) else piece for name, piece in _form_parts(value))
    value = _USERINFO.sub(_without_password, value)
    for pattern in _NAMED:
        value = pattern.sub(_without_secret_value, value)
    for pattern in (_CREDENTIALS, _JWT):
        value = pattern.sub(rf"\g<head>{HIDDEN}", value)
    return value


def data(value: bytes, secrets: Iterable[str] = ()) -> bytes:
    """Bytes that are no text as they may be shown: known secrets become asterisks, and nothing moves."""
    for secret in sorted({*secrets, *_known}, key=len, reverse=True):
        found = secret.encode()
        value = value.replace(found, b"*" * len(found))
    return value


def _without_password(found: re.Match[str]) -> str:
    user, colon, _ = found.groups()
    return f"{user}:{HIDDEN}@" if colon else f"{HIDDEN}@"


def _form_parts(value: str) -> Iterator[tuple[str, str]]:
    """A multipart form in pieces, those that are the value of a field with its name; any other text as one piece."""
    boundary = value.partition("\n")[0].rstrip("\r")
    if not boundary.startswith("--") or len(boundary) < 3:
        yield "", value
        return
    for at, part in enumerate(value.split(boundary)):
        head, blank, rest = part.partition("\r\n\r\n" if "\r\n\r\n" in part else "\n\n")
        named = _PART_NAME.search(head)
        body = rest.rstrip("\r\n")
        yield "", f"{boundary if at else ''}{head}{blank}"
        yield named[1] if named else "", body
        yield "", rest[len(body) :]


def _without_secret_value(found: re.Match[str]) -> str:
    return found["head"] + (HIDDEN if is_secret(found["name"]) else found["value"])


def secrets_of(sent: SentRequest, received: ReceivedResponse) -> frozenset[str]:
    """The secret values that an exchange sent or received, to be hidden in its bodies too."""
    pairs = (*sent.raw_headers, *received.raw_headers, *received.raw_trailers)
    found = {secret for name, value in pairs for secret in _header_secrets(name.lower(), value)}
    found.update(_text_secrets(sent.url))
    found.update(_text_secrets(sent.payload.head(_LOOKED_AT).decode("utf-8", "replace")))
    return frozenset(secret for secret in found if len(secret) >= _SHORTEST_ECHO)


def _header_secrets(name: str, value: str) -> Iterator[str]:
    if name in {"authorization", "proxy-authorization"}:
        credentials = value.partition(" ")[2] or value
        yield credentials
        yield from _basic_password(credentials)
    elif name in {"cookie", "set-cookie"}:
        pairs = value.split("; ") if name == "cookie" else [value.partition(";")[0]]
        yield from (pair.partition("=")[2] for pair in pairs)
    elif is_secret(name):
        yield value


def _basic_password(credentials: str) -> Iterator[str]:
    try:
        yield base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return


def _text_secrets(value: str) -> Iterator[str]:
    for pattern in _NAMED:
        for found in pattern.finditer(value):
            if is_secret(found["name"]):
                yield from {found["value"], unquote_plus(found["value"])}
    yield from (piece for name, piece in _form_parts(value) if name and is_secret(name))
    yield from (found[3] for found in _USERINFO.finditer(value))
