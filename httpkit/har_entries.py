"""An entry of a HAR file as an exchange: lenient with all that an exchange can do without.

Pure functions from parsed JSON, of any shape, to messages. The ways of the tools that write HAR are known here: Chrome
and Firefox join Set-Cookie headers with line ends, HTTP/2 has pseudo headers such as `:authority`, sizes and times are
-1 for “unknown”, and a request that was blocked has a response with status 0.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from . import redact
from .exchange import Exchange
from .headers import IncomingHeaders, charset_of, is_token
from .messages import NO_RESPONSE, Pairs, Phases, ReceivedResponse, SentRequest, SocketFacts
from .payload import Payload

# Parts of an entry that could not be read, and why.
Problems = list[tuple[str, str]]

_URLENCODED = "application/x-www-form-urlencoded"
_VERSION = re.compile(r"(?:http/|h)?(\d)(?:\.(\d))?", re.IGNORECASE)
_CHARSET = re.compile(r";\s*charset\s*=\s*(\"[^\"]*\"|[^\s;]*)", re.IGNORECASE)
# Old Firefox puts the headers of the body in front of it.
_BODY_HEADERS = re.compile(r"(?:content-(?:type|length): [^\r\n]*\r\n)+\r\n", re.IGNORECASE)


class NotAnEntry(ValueError):
    """Nothing can be made of it; the message says what was got and what was expected."""


def exchange_of(entry: Any) -> tuple[Exchange, Problems]:
    """The exchange that an entry describes, and what of it could not be read. Raises NotAnEntry."""
    problems: Problems = []
    asked = _object(_object(entry).get("request"))
    url, method = asked.get("url"), asked.get("method")
    if not isinstance(url, str) or not _is_url(url):
        raise NotAnEntry(f"request.url is {_shown(url)}, expected a URL")
    if not isinstance(method, str) or not is_token(method):
        raise NotAnEntry(f"request.method is {_shown(method)}, expected one such as GET")
    answered = _object(entry.get("response"))
    response = _response(answered, problems)
    exchange = Exchange(
        _request(method, _text(url), asked, problems),
        response,
        _phases(_object(entry.get("timings"))),
        _time(entry.get("startedDateTime")),
        _socket(entry, url),
        complete=bool(response.statusCode) and not answered.get("_error"),
        side=_side(entry),
    )
    return exchange, problems


# --- values that may be of any type


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""
    # JSON can spell half a character, which nothing can be done with.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _number(value: Any) -> float | None:
    """A number from 0 on; None for -1, which is “unknown”, and for what is none."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    # Times beyond that are none, and their sum would be infinite.
    return number if 0 <= number <= 1e12 else None


def _shown(value: Any) -> str:
    shown = redact.text(repr(value))
    return "missing" if value is None else shown if len(shown) <= 60 else f"{shown[:59]}…"


def _is_url(text: str) -> bool:
    try:
        # The port is looked at when it is asked for.
        return bool(urlsplit(text).scheme) and urlsplit(text).port != 0
    except ValueError:
        return False


def _time(value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        return None


def _pairs(value: Any) -> Pairs:
    """Headers, or other names with values: of a list of objects, or of one object."""
    items = value.items() if isinstance(value, dict) else [
        (item.get("name"), item.get("value")) for item in (value if isinstance(value, list) else []) if _object(item)
    ]  # fmt: skip
    return tuple((_text(name), _text(each)) for name, each in items if isinstance(name, str) and name)


def _headers(value: Any) -> Pairs:
    """Headers as HTTP/1 has them: a pseudo header is none, and what was joined with line ends were several."""
    return tuple(
        (name, line.strip()) for name, joined in _pairs(value) if is_token(name) for line in joined.splitlines() or [""]
    )


def _version(value: Any) -> str:
    found = _VERSION.fullmatch(_text(value).strip())
    return f"{found[1]}.{found[2] or 0}" if found else ""


# --- the messages


def _request(method: str, url: str, asked: dict[str, Any], problems: Problems) -> SentRequest:
    headers = _headers(asked.get("headers"))
    payload = Payload(_posted(_object(asked.get("postData")), problems))
    # A length that is not that of the body, which may be left out or changed, would make a replay wait.
    kept = tuple(
        (name, value) for name, value in headers if name.lower() != "content-length" or value == str(payload.size)
    )
    return SentRequest(method, url, kept, payload)


def _posted(post: dict[str, Any], problems: Problems) -> bytes:
    text, mime_type = post.get("text"), _text(post.get("mimeType"))
    params = _pairs(post.get("params"))
    if not isinstance(text, str) or (not text and params):
        if params and _URLENCODED in mime_type.lower():
            return urlencode(params).encode()
        if params:
            problems.append(("the request's body", f"the request's body is fields of {mime_type or 'a form'} alone"))
        return b""
    if _text(post.get("_encoding") or post.get("encoding")).lower() == "base64":
        return _from_base64(text, "the request's body", problems)
    begun = _BODY_HEADERS.match(text) if "form" in mime_type.lower() else None
    return _encoded(text[begun.end() :] if begun else text, mime_type)[0]


def _response(answered: dict[str, Any], problems: Problems) -> ReceivedResponse:
    status = int(_number(answered.get("status")) or 0)
    if not 100 <= status <= 999:
        return NO_RESPONSE
    headers = _decoded_headers(_headers(answered.get("headers")))
    content = _object(answered.get("content"))
    text, declared = content.get("text"), str(IncomingHeaders.joined(headers).get("content-type", ""))
    data = b""
    if isinstance(text, str) and _text(content.get("encoding")).lower() == "base64":
        data = _from_base64(text, "the response's body", problems)
    elif isinstance(text, str):
        data, charset = _encoded(text, declared)
        headers = headers if charset is None else _with_charset(headers, charset)
    return ReceivedResponse(
        status, _text(answered.get("statusText")), _version(answered.get("httpVersion")), headers, Payload(data)
    )


def _decoded_headers(headers: Pairs) -> Pairs:
    """The headers without what was said about a compressed body."""
    if not any(name.lower() == "content-encoding" for name, _ in headers):
        return headers
    return tuple(pair for pair in headers if pair[0].lower() not in {"content-encoding", "content-length"})


def _encoded(text: str, content_type: str) -> tuple[bytes, str | None]:
    """Text as bytes in the charset it is said to have; where that has not all its characters, UTF-8 and its name."""
    try:
        return text.encode(charset_of(content_type)), None
    except (ValueError, LookupError):
        return text.encode("utf-8", "replace"), "utf-8"


def _with_charset(headers: Pairs, charset: str) -> Pairs:
    return tuple(
        (name, f"{_CHARSET.sub('', value)}; charset={charset}" if name.lower() == "content-type" else value)
        for name, value in headers
    )


def _from_base64(text: str, what: str, problems: Problems) -> bytes:
    joined = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(joined + "=" * (-len(joined) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        problems.append((what, f"{what} is not the base64 that it says it is ({error})"))
        return b""


# --- what was measured


def _phases(timings: dict[str, Any]) -> Phases:
    times = {
        name: _number(timings.get(name)) for name in ("blocked", "dns", "connect", "ssl", "send", "wait", "receive")
    }
    connect, tls = times["connect"], times["ssl"]
    if connect is not None and tls is not None and tls <= connect:
        # In HAR the handshake is a part of connecting.
        connect -= tls
    return Phases(
        times["blocked"], times["dns"], connect, tls, times["send"], times["wait"], times["receive"]
    )  # fmt: skip


def _side(entry: dict[str, Any]) -> str:
    return "server" if entry.get("_side") == "server" else "client"


def _socket(entry: dict[str, Any], url: str) -> SocketFacts:
    """`connection` is the client's port or any other number of the connection."""
    address, number = _text(entry.get("serverIPAddress")).strip("[]"), _text(entry.get("connection"))
    parts = urlsplit(url)
    server = f"{address}:{parts.port or (443 if parts.scheme == 'https' else 80)}" if address else ""
    client = f":{number}" if number else ""
    local, remote = (server, client) if _side(entry) == "server" else (client, server)
    return SocketFacts(local, remote, entry.get("_reused") is True)
