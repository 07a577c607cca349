"""Secrets are hidden in all that is shown, because notebooks are saved and shared with their outputs.

The objects keep the whole values: only displays pass through here. Hidden are credentials, cookies, fields and query
parameters whose name says secret, and wherever else they turn up the values that an exchange sent or received as such,
so that a server which echoes its request gives nothing away. What `remember` was told, a password that was typed say,
is hidden in everything.

What is looked at may be hostile and long, so that no pattern here may take more than a bounded number of steps for each
character.
"""

from __future__ import annotations

import base64
import html
import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from .decoding import decoded_head

if TYPE_CHECKING:
    from .messages import ReceivedResponse, SentRequest

HIDDEN = "••••••"

Secrets = frozenset[str]

# Shorter values are words that occur anywhere: hiding every `on` of a page hides nothing. What somebody named as a
# secret is hidden also when it is shorter, but not where it is as good as nothing; a cookie is often only a setting.
_SHORTEST_ECHO = 4
_SHORTEST_COOKIE = 6
_SHORTEST_REMEMBERED = 3
# Letters of a secret that is hidden only where it stands as a word.
_LONGEST_WORD = 8

# Of what is looked at for secrets, so many bytes: as much as is ever shown; and so many secrets of each side are
# looked for, the longest first.
_LOOKED_AT = 1_000_000
_MOST = 500

# What is called so, and is none.
_NO_SECRETS = frozenset({"basic", "bearer", "digest", "false", "none", "null", "true"})

_known: set[str] = set()

# fmt: off
_SECRET_WORDS = frozenset([
    "apikey", "assertion", "auth", "authorization", "cookie", "credential", "credentials", "jwt", "otp", "pass",
    "passcode", "passphrase", "passwd", "password", "pw", "pwd", "secret", "session", "sessionid", "sid", "sig",
    "signature", "token", "xsrf",
])
# What is written as one word: `accesstoken`, `PHPSESSID`.
_SECRET_ENDS = ("apikey", "appkey", "passwd", "password", "secret", "sessid", "sessionid", "token")
_SECRET_PAIRS = frozenset([
    *((word, "key") for word in (
        "access", "account", "api", "app", "application", "auth", "client", "functions", "master", "private", "secret",
        "signing", "subscription",
    )),
    ("access", "tokens"), ("saml", "response"),
])
# `token_type` and `secret_name` only speak about a secret.
_ABOUT = frozenset([
    "at", "count", "enabled", "endpoint", "expires", "expiry", "in", "length", "limit", "method", "mode", "name",
    "provider", "required", "scheme", "type", "uri", "url",
])
# In a query these are secrets where they are long: a key of Google's, a code of OAuth's.
_SECRET_PARAMETERS = frozenset(["code", "key"])
_SHORTEST_PARAMETER = 12
# What a Set-Cookie says beside the cookie.
_COOKIE_ATTRIBUTES = frozenset([
    "domain", "expires", "httponly", "max-age", "partitioned", "path", "priority", "samesite", "secure",
])
# fmt: on

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_AUTHORITY = re.compile(r"""(?<=://)[^/?#\s"<>\\]+""")
# It ends where a query in it begins: `url=/next?token=…`.
_PARAMETER = re.compile(
    r"(?P<head>(?:^|[?&#;\s])(?P<name>[\w.~%\[\]-]{1,80})=)(?P<value>(?:(?!\?[\w.~-]{1,80}=)[^&#;\s\"'<>])+)"
)
# A URL within a URL.
_ENCODED = re.compile(
    r"(?P<head>%(?:3F|26|23)(?P<name>[\w.~-]{1,80})%3D)(?P<value>(?:(?!%26)[^&#;\s\"'<>])+)", re.IGNORECASE
)
_QUOTED = re.compile(
    r"""(?P<head>(?P<q>\\?["'])(?P<name>[^"'\\\n]{1,80})(?P=q)\s*:\s*(?P<v>\\?["']))"""
    r"""(?P<value>(?:(?!(?P=v))[^\\]|\\(?!["'])|\\.)+)""",
    re.DOTALL,
)
# GraphQL, JavaScript, YAML, .ini: a name without quotes.
_BARE = re.compile(
    r"""(?P<head>(?<![\w"'-])(?P<name>[A-Za-z_][\w-]{1,80})[ \t]*[:=][ \t]*(?P<v>\\?["']))"""
    r"""(?P<value>(?:(?!(?P=v))[^\\\n]|\\(?!["'])|\\.)+)"""
)
_LINE = re.compile(
    r"""(?P<head>^[ \t-]*(?P<name>[A-Za-z_][\w-]{1,80}):[ \t]+)(?P<value>[^\s"'{\[<][^\n<]*)$""", re.MULTILINE
)
_ELEMENT = re.compile(
    r"(?P<head><(?P<name>[\w:.-]{1,80})(?:\s[^<>]{0,200})?>(?:<!\[CDATA\[)?)(?P<value>[^<]+)(?=</|\Z)"
)
_INPUT = re.compile(
    r"""(?P<head>\bname=["']?(?P<name>[\w.\[\]-]{1,80})["']?[^<>]{0,200}?\s(?:value|content)=["']?)(?P<value>[^"'<>\s]+)""",
    re.IGNORECASE,
)
_INPUT_TURNED = re.compile(
    r"""(?P<head>\b(?:value|content)=["']?)(?P<value>[^"'<>\s]+)"""
    r"""(?=["']?[^<>]{0,200}?\sname=["']?(?P<name>[\w.\[\]-]{1,80}))""",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"""(?P<head>"(?P<name>[^"\\\n]{1,80})"\s*:\s*)(?P<value>-?\d[\d.eE+-]*)""")
_PART_NAME = re.compile(r'\bname="([^"\r\n]{1,80})"')
# A name and its value, in URLs and forms, in JSON, in code, in XML and HTML.
_NAMED = (_PARAMETER, _ENCODED, _QUOTED, _BARE, _LINE, _ELEMENT, _INPUT, _INPUT_TURNED, _NUMBER)
_CREDENTIALS = re.compile(r"\b(?P<head>(?:Bearer|Basic)\s+)(?P<value>[\w~+/.=-]{6,})", re.IGNORECASE)
_PEM = re.compile(r"(?P<head>-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)(?P<value>[^-]+)")
_JWT = re.compile(r"(?P<head>)(?P<value>(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)")

# What may be the name of a secret without a plain value that is whole: a key in JSON, or an element.
_OPEN = re.compile(
    r""""(?P<key>[^"\\\n]{1,80})"\s*:(?!\s*(?:"(?:[^"\\]|\\.)*"|[-+.\w]+\s*[,}\]]))"""
    r"""|<(?P<tag>[\w:.-]{1,80}+)(?!(?:\s[^<>]{0,200})?(?:/>|>(?:<!\[CDATA\[)?[^<]*</))""",
    re.DOTALL,
)
# A name may still follow the value.
_OPEN_TAG = re.compile(r"<[a-zA-Z!/][^<>]*\Z")


# --- names and values


def remember(secret: str) -> None:
    """Hide `secret` from now on wherever it would be shown, also where it is quoted or is a part of credentials."""
    if len(secret) >= _SHORTEST_REMEMBERED and secret.lower() not in _NO_SECRETS:
        _known.update(spellings(secret))


def forget() -> None:
    """Forget what `remember` was told."""
    _known.clear()
    _longest_first.cache_clear()


def is_secret(name: str) -> bool:
    """Whether a header, parameter or field called `name` holds a secret."""
    words = [word.lower() for word in _WORD.findall(unquote(name))]
    if not words or words[-1] in _ABOUT:
        return False
    is_named = not _SECRET_WORDS.isdisjoint(words) or any(word.endswith(_SECRET_ENDS) for word in words)
    return is_named or not _SECRET_PAIRS.isdisjoint(pairwise(words))


def _is_secret_parameter(name: str, value: str) -> bool:
    return is_secret(name) or (name.lower() in _SECRET_PARAMETERS and len(value) >= _SHORTEST_PARAMETER)


def spellings(secret: str) -> set[str]:
    """The secret as URLs, forms, JSON and HTML write it, and as it is where one of them has written it."""
    found = {secret, unquote(secret), unquote_plus(secret), quote(secret, safe=""), quote_plus(secret)}
    found |= {secret.replace("/", r"\/"), html.escape(secret), html.escape(secret, quote=False)}
    found |= {quote(secret, safe="").replace("%2F", "%2f"), html.escape(secret).replace("&#x27;", "&#039;")}
    found |= {json.dumps(secret, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
    for written, read in (("latin-1", "utf-8"), ("utf-8", "latin-1")):
        try:
            # Headers are read as Latin-1, and are UTF-8 at times.
            found.add(secret.encode(written).decode(read))
        except UnicodeError:
            continue
    return {each for each in found if each}


@lru_cache(32)
def _longest_first(secrets: Secrets, known: Secrets) -> list[str]:
    return sorted(secrets | known, key=len, reverse=True)


def _that_fit(length: int, secrets: Iterable[str]) -> list[str]:
    """The secrets that a text of so many characters may hold, the longest first."""
    # A document has many short texts, and each is looked through for all secrets.
    order = _longest_first(frozenset(secrets), frozenset(_known))
    return order[bisect_left(order, -length, key=lambda secret: -len(secret)) :]


def values(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without `secrets`, and without what is remembered; names in it are not looked at."""
    for secret in _that_fit(len(text), secrets):
        text = _as_word(secret).sub(HIDDEN, text) if _is_word(secret) else text.replace(secret, HIDDEN)
    return text


def _is_word(secret: str) -> bool:
    """Whether it may well be a part of others: whoever logs in as admin:admin still wants to read `administrator`."""
    return len(secret) <= _LONGEST_WORD and secret.isascii() and secret.isalpha()


@lru_cache(1_000)
def _as_word(secret: str) -> re.Pattern[str]:
    # A letter before it may be the end of an escape: %3Dadmin, \nadmin, \u00e9admin.
    start = r"(?:(?<![A-Za-z])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[a-z])|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\x[0-9A-Fa-f]{2}))"
    return re.compile(rf"{start}{secret}(?![A-Za-z])")


def cut(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without the start of a secret at its end, where the rest is cut off or still to come."""
    at = begun(text, secrets)
    return text[:at] + HIDDEN if at < len(text) else text


def begun(text: str, secrets: Iterable[str] = ()) -> int:
    """How much of `text` may be shown where the rest is cut off or still to come.

    It ends where one of `secrets` begins, or where the name of a secret stands whose value is not whole: only what
    follows would tell how far that goes.
    """
    return min(begun_value(text, secrets), _begun_name(text))


def begun_value(text: str, secrets: Iterable[str] = ()) -> int:
    """Where one of `secrets`, or of what is remembered, begins that may go on behind the end; else the length."""
    order = _longest_first(frozenset(secrets), frozenset(_known))
    return min((_begun_secret(text, secret) for secret in order), default=len(text))


def _begun_secret(text: str, secret: str) -> int:
    at = text.find(secret[0], max(0, len(text) - len(secret) + 1))
    while at >= 0 and not secret.startswith(text[at:]):
        at = text.find(secret[0], at + 1)
    return at if at >= 0 else len(text)


def _begun_name(text: str) -> int:
    names = (found.start() for found in _OPEN.finditer(text) if is_secret(found["key"] or found["tag"]))
    tag = _OPEN_TAG.search(text)
    return min(next(names, len(text)), tag.start() if tag else len(text))


# --- texts


def text(value: str, secrets: Iterable[str] = ()) -> str:
    """A header value, a body, any text as it may be shown; `secrets` are hidden wherever they occur."""
    value = values(value, secrets)
    value = "".join(HIDDEN if name and is_secret(name) else piece for name, piece in _form_parts(value))
    value = _AUTHORITY.sub(_without_password, value)
    for pattern in _NAMED:
        value = pattern.sub(_without_secret_value, value)
    for pattern in (_CREDENTIALS, _JWT, _PEM):
        value = pattern.sub(rf"\g<head>{HIDDEN}", value)
    return value


def url(value: str, secrets: Iterable[str] = ()) -> str:
    """A URL, or the part of one behind the host, as it may be shown."""
    place, mark, rest = value.partition("?")
    query, fragment_mark, fragment = rest.partition("#")
    place = text(place if "://" in place or "@" not in place.partition("/")[0] else f"://{place}", secrets)
    place = place if "://" in value else place.removeprefix("://")
    return f"{place}{mark}{form(query, secrets)}{fragment_mark}{form(fragment, secrets)}"


def form(value: str, secrets: Iterable[str] = ()) -> str:
    """`a=1&b=2`, a query or the body of a form, as it may be shown."""
    return "&".join(_field(pair, secrets) for pair in value.split("&"))


def _field(pair: str, secrets: Iterable[str]) -> str:
    name, equals, value = pair.partition("=")
    if equals and value and _is_secret_parameter(unquote_plus(name), value):
        return f"{values(name, secrets)}={HIDDEN}"
    return text(pair, secrets)


def field(name: str, value: str, secrets: Iterable[str] = ()) -> str:
    """The value of a field or query parameter as it may be shown."""
    return HIDDEN if value and is_secret(name) else text(value, secrets)


def header(name: str, value: str, secrets: Iterable[str] = ()) -> str:
    """A header value as it may be shown: what kind of secret it is stays visible."""
    rule = _HEADERS.get(name.lower())
    if rule is not None:
        return values(rule(value), secrets)
    return HIDDEN if value and is_secret(name) else text(value, secrets)


def _credentials(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space else HIDDEN


def _cookies(value: str) -> str:
    return re.sub(r"[^;\s][^;]*", lambda found: _cookie(found[0]), value)


def _cookie(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={HIDDEN}" if equals else HIDDEN


def _set_cookie(value: str) -> str:
    pair, *attributes = value.split(";")
    return ";".join([_cookie(pair), *map(_attribute, attributes)])


def _attribute(written: str) -> str:
    name, equals, value = written.partition("=")
    # Some servers put a second cookie behind a comma; only a date has one of its own.
    is_known = name.strip().lower() in _COOKIE_ATTRIBUTES and ("," not in value or name.strip().lower() == "expires")
    return written if is_known or not equals else f"{name}={HIDDEN}"


# A challenge names the scheme and a realm: what is called `Basic realm="auth"` are no credentials.
def _challenge(value: str) -> str:
    return _AUTHORITY.sub(_without_password, _JWT.sub(HIDDEN, value))


_HEADERS: dict[str, Callable[[str], str]] = {
    "authorization": _credentials,
    "proxy-authorization": _credentials,
    "cookie": _cookies,
    "set-cookie": _set_cookie,
    "www-authenticate": _challenge,
    "proxy-authenticate": _challenge,
}


def data(value: bytes, secrets: Iterable[str] = ()) -> bytes:
    """Bytes that are no text as they may be shown: known secrets become asterisks, and nothing moves."""
    for secret in _that_fit(len(value), secrets):
        found = secret.encode("utf-8", "surrogatepass")
        value = value.replace(found, b"*" * len(found))
    return value


def _without_password(found: re.Match[str]) -> str:
    userinfo, at, host = found[0].rpartition("@")
    user, colon, _ = userinfo.partition(":")
    return f"{user}:{HIDDEN}@{host}" if colon else f"{HIDDEN}@{host}" if at else host


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
    is_hidden = (
        _is_secret_parameter(found["name"], found["value"])
        if found.re in (_PARAMETER, _ENCODED)
        else (is_secret(found["name"]))
    )
    return found["head"] + (HIDDEN if is_hidden else found["value"])


# --- the secrets of exchanges


def secrets_of(messages: Iterable[tuple[SentRequest, ReceivedResponse]]) -> Secrets:
    """The secret values that exchanges sent or received, in each way they may be written: all of them hide all."""
    own: set[str] = set()
    others: set[str] = set()
    for sent, received in messages:
        own.update(_headers_secrets(sent.raw_headers), _url_secrets(sent.url), _body_secrets(sent))
        headers = [*received.raw_headers, *received.raw_trailers]
        headers += [pair for early in received.information for pair in early.raw_headers]
        others.update(_headers_secrets(headers))
    # Each has its share: a server that sets many cookies must not push out what was sent to it.
    found = (*_longest(own), *_longest(others))
    return frozenset(spelled for secret in found for spelled in spellings(secret))


def _longest(secrets: Iterable[str]) -> list[str]:
    return sorted((each for each in secrets if len(each) >= _SHORTEST_ECHO), key=len, reverse=True)[:_MOST]


def _headers_secrets(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in headers:
        yield from _header_secrets(name.lower(), value)


def _header_secrets(name: str, value: str) -> Iterator[str]:
    if name in {"authorization", "proxy-authorization"}:
        credentials = value.partition(" ")[2].strip() or value
        yield credentials
        yield from re.findall(r'"([^"]+)"', credentials)
        yield from _basic_password(credentials)
    elif name in {"cookie", "set-cookie"}:
        pairs = value.split(";") if name == "cookie" else [value.partition(";")[0]]
        for pair in pairs:
            cookie = pair.strip().partition("=")[2].strip('"')
            if len(cookie) >= _SHORTEST_COOKIE:
                yield cookie
    elif is_secret(name):
        yield value


def _basic_password(credentials: str) -> Iterator[str]:
    try:
        user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
        # A token may stand in place of the user.
        yield password or user
    except ValueError:
        # No Base64, no ASCII, or no UTF-8 in it.
        return


def _url_secrets(value: str) -> Iterator[str]:
    place, _, rest = value.partition("?")
    query, _, fragment = rest.partition("#")
    yield from _text_secrets(place)
    yield from _field_secrets(query)
    yield from _field_secrets(fragment)


def _field_secrets(fields: str) -> Iterator[str]:
    for pair in fields.split("&"):
        name, _, value = pair.partition("=")
        if _is_secret_parameter(unquote_plus(name), value):
            yield from {value, unquote_plus(value)}


def _body_secrets(sent: SentRequest) -> Iterator[str]:
    encoding = sent.headers.get("content-encoding")
    # Of a file that is gone since there is nothing: nobody can see its secrets any more.
    body = decoded_head(sent.payload, encoding and str(encoding), _LOOKED_AT).decode("utf-8", "replace")
    kind = str(sent.headers.get("content-type", "")).lower()
    yield from _field_secrets(body) if kind.startswith("application/x-www-form-urlencoded") else _text_secrets(body)
    if "json" in kind or body[:1] in ("{", "["):
        yield from _json_secrets(body)


def _json_secrets(body: str) -> Iterator[str]:
    try:
        yield from _values_under_secrets(json.loads(body))
    except (ValueError, RecursionError):
        return


def _values_under_secrets(value: object, *, secret: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _values_under_secrets(each, secret=secret or is_secret(name))
    elif isinstance(value, list):
        for each in value:
            yield from _values_under_secrets(each, secret=secret)
    elif secret and isinstance(value, str):
        yield value


def _text_secrets(value: str) -> Iterator[str]:
    for pattern in _NAMED:
        for found in pattern.finditer(value):
            if is_secret(found["name"]):
                yield from {found["value"], unquote_plus(found["value"])}
    yield from (piece for name, piece in _form_parts(value) if name and is_secret(name))
    for found in _AUTHORITY.finditer(value):
        userinfo, _, _ = found[0].rpartition("@")
        user, _, password = userinfo.partition(":")
        yield password or user
