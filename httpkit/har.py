"""Exchanges as a HAR file, version 1.2: what the Network panels of browsers save and open.

What is saved is shared, so it has no secrets unless they are asked for: those of each exchange are hidden in all of
them. What the format has no place for goes under names of our own, which begin with `_`.

Source: http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urldefrag, urlsplit

from .decoding import DecodingError, decoded, decoded_head, encodings_of
from .headers import charset_of
from .messages import Pairs, Phases, SentRequest
from .payload import Payload
from .veil import Veil

if TYPE_CHECKING:
    from .exchange import Exchange

# Bytes of a body, decoded, that go into a file.
MAX_BODY = 10_000_000
_LEFT_OUT = {"text": "", "comment": "Left out: there is a secret among these bytes. `reveal=True` keeps it."}
_URLENCODED = "application/x-www-form-urlencoded"
_UNKNOWN = -1

Json = dict[str, Any]


def entry(exchange: Exchange, *, reveal: bool = False) -> Json:
    """One exchange as an entry of a HAR file, its secrets hidden unless `reveal`."""
    return _entry(exchange, _veil([exchange], reveal))


def document(exchanges: Iterable[Exchange], *, reveal: bool = False) -> Json:
    """A whole HAR file; the redirects that led to an exchange are entries before it."""
    hops = [hop for exchange in exchanges for hop in (*exchange.redirects, exchange)]
    veil = _veil(hops, reveal)
    creator = {"name": "httpkit", "version": _version()}
    # Without `pages`, which may be left out, neither Firefox nor Chrome opens the file.
    return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": [_entry(hop, veil) for hop in hops]}}


def _veil(exchanges: list[Exchange], reveal: bool) -> Veil:
    hops = (hop for exchange in exchanges for hop in (*exchange.redirects, exchange))
    return Veil.of(((hop.request, hop.response) for hop in hops), reveal=reveal)


def _version() -> str:
    try:
        return version("httpkit")
    except PackageNotFoundError:
        return "unknown"


def _entry(exchange: Exchange, veil: Veil) -> Json:
    timings = _timings(exchange.phases)
    started = exchange.started_at or datetime.fromtimestamp(0, UTC)
    here, there = exchange.socket.local, exchange.socket.remote
    client, server = (here, there) if exchange.side == "client" else (there, here)
    found = {
        "startedDateTime": started.astimezone(UTC).isoformat(timespec="milliseconds"),
        # `ssl` is a part of `connect`.
        "time": sum(time for name, time in timings.items() if time > 0 and name != "ssl"),
        "request": _request(exchange, veil),
        "response": _response(exchange, veil),
        "cache": {},
        "timings": timings,
        "serverIPAddress": server.rpartition(":")[0],
        "connection": client.rpartition(":")[2],
        "comment": exchange.name,
        "_side": exchange.side,
        "_reused": exchange.socket.reused,
    }
    return {name: value for name, value in found.items() if value != ""}


def _timings(phases: Phases) -> dict[str, float]:
    optional = {"blocked": phases.queue, "dns": phases.dns, "connect": _both(phases.connect, phases.tls)}
    # These three are numbers from 0 on in any case.
    required = {"send": phases.send, "wait": phases.wait, "receive": phases.receive}
    return {
        **{name: _UNKNOWN if time is None else time for name, time in {**optional, "ssl": phases.tls}.items()},
        **{name: time or 0.0 for name, time in required.items()},
    }


def _both(connect: float | None, tls: float | None) -> float | None:
    return None if connect is None and tls is None else (connect or 0.0) + (tls or 0.0)


# --- the two messages


def _request(exchange: Exchange, veil: Veil) -> Json:
    sent = exchange.request
    query = parse_qsl(urlsplit(sent.url).query, keep_blank_values=True)
    cookies = "; ".join(value for name, value in sent.raw_headers if name.lower() == "cookie")
    made = {
        "method": sent.method,
        "url": veil.url(urldefrag(sent.url).url),
        "httpVersion": f"HTTP/{exchange.response.httpVersion or '1.1'}",
        "cookies": [
            {"name": veil.text(name.strip()), "value": veil.secret(value)}
            for name, _, value in (pair.partition("=") for pair in cookies.split(";") if pair.strip())
        ],
        "headers": _headers(sent.raw_headers, veil),
        "queryString": _fields(query, veil),
        "headersSize": _head_size(f"{sent.method} {_target(sent.url)} HTTP/1.1", sent.raw_headers),
        "bodySize": sent.payload.size,
    }
    if sent.payload:
        made["postData"] = _post_data(sent, veil)
    return made


def _post_data(sent: SentRequest, veil: Veil) -> Json:
    content_type, encoding = (str(sent.headers.get(name, "")) for name in ("content-type", "content-encoding"))
    made: Json = {"mimeType": veil.text(content_type), "params": []}
    data, comment = _read(sent.payload, None)
    if data is None:
        return {**made, "text": "", "comment": comment}
    if encoding and veil.holds_secret(decoded_head(sent.payload, encoding, MAX_BODY), _media_type(content_type)):
        return {**made, **_LEFT_OUT}
    text = _text(data, content_type)
    if text is not None and _media_type(content_type) == _URLENCODED:
        made["params"] = _fields(parse_qsl(text, keep_blank_values=True), veil)
    return {**made, **_spelled(data, text, content_type, veil, "_encoding")}


def _response(exchange: Exchange, veil: Veil) -> Json:
    got = exchange.response
    made = {
        "status": got.statusCode,
        "statusText": veil.text(got.statusMessage),
        "httpVersion": f"HTTP/{got.httpVersion}" if got.httpVersion else "",
        "cookies": [_set_cookie(value, veil) for name, value in got.raw_headers if name.lower() == "set-cookie"],
        "headers": _headers(got.raw_headers, veil),
        "content": _content(exchange, veil),
        "redirectURL": veil.header("Location", str(got.headers.get("location", ""))),
        "headersSize": _head_size(f"HTTP/1.1 {got.statusCode} {got.statusMessage}", got.raw_headers),
        "bodySize": got.payload.size if got.statusCode else _UNKNOWN,
    }
    return made if exchange.complete else {**made, "_error": "incomplete", "comment": "The response was cut short."}


def _content(exchange: Exchange, veil: Veil) -> Json:
    got = exchange.response
    content_type = str(got.headers.get("content-type", ""))
    # The comment names an encoding that nobody knows.
    encoding = veil.text(str(got.headers.get("content-encoding", "")))
    data, comment = _read(got.payload, encoding)
    mime_type = veil.text(content_type) or "x-unknown"
    made: Json = {"size": got.payload.size if data is None else len(data), "mimeType": mime_type}
    if data is not None and encodings_of(encoding):
        made["compression"] = len(data) - got.payload.size
    if data:
        made |= _spelled(data, _text(data, content_type), content_type, veil, "encoding")
    return {**made, "comment": comment} if comment else made


def _headers(pairs: Pairs, veil: Veil) -> list[Json]:
    return [{"name": veil.text(name), "value": veil.header(name, value)} for name, value in pairs]


def _fields(pairs: Iterable[tuple[str, str]], veil: Veil) -> list[Json]:
    return [{"name": veil.text(name), "value": veil.field(name, value)} for name, value in pairs]


def _head_size(first_line: str, pairs: Pairs) -> int:
    return len(first_line) + 4 + sum(len(name) + len(value) + 4 for name, value in pairs) if pairs else _UNKNOWN


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


# --- cookies


def _set_cookie(line: str, veil: Veil) -> Json:
    pair, *attributes = line.split(";")
    name, _, value = pair.partition("=")
    made: Json = {
        "name": veil.text(name.strip()),
        "value": veil.secret(value.strip()),
        "httpOnly": False,
        "secure": False,
    }
    for attribute in attributes:
        key, _, given = attribute.strip().partition("=")
        if rule := _ATTRIBUTES.get(key.lower()):
            made |= rule(veil.text(given))
    return made


def _expires(given: str) -> Json:
    try:
        return {"expires": parsedate_to_datetime(given).astimezone(UTC).isoformat(timespec="milliseconds")}
    except (ValueError, OverflowError):
        return {}


_ATTRIBUTES: dict[str, Callable[[str], Json]] = {
    # Behind a comma some servers put a second cookie.
    "path": lambda given: {"path": given.partition(",")[0]},
    "domain": lambda given: {"domain": given.partition(",")[0]},
    "samesite": lambda given: {"sameSite": given},
    "expires": _expires,
    "httponly": lambda _: {"httpOnly": True},
    "secure": lambda _: {"secure": True},
}


# --- bodies


def _read(payload: Payload, encoding: str | None) -> tuple[bytes | None, str]:
    """The body without its encoding, None where it is left out, and what there is to say about it."""
    if payload.size > MAX_BODY:
        return None, _too_large(payload.size)
    try:
        data = decoded(payload, encoding)
    except DecodingError as error:
        return payload.read(), f"As it arrived: {error}"
    except OSError as error:
        return None, f"Left out: the file it was in cannot be read ({error.strerror or error})."
    return (data, "") if len(data) <= MAX_BODY else (None, _too_large(len(data)))


def _too_large(size: int) -> str:
    return f"Left out: {size:,} bytes are more than {MAX_BODY:,}."


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _text(data: bytes, content_type: str) -> str | None:
    """The body as text, None where it is none: what is read back has to be the same bytes."""
    charset = charset_of(content_type)
    try:
        text = data.decode(charset)
        return text if "\0" not in text and text.encode(charset) == data else None
    except (ValueError, LookupError):
        return None


def _spelled(data: bytes, text: str | None, content_type: str, veil: Veil, mark: str) -> Json:
    """The body as it stands in the file: as text, else in base64, which `mark` says."""
    media_type = _media_type(content_type)
    if text is not None:
        return {"text": veil.body(text, media_type)}
    if veil.holds_secret(data, media_type):
        return _LEFT_OUT
    return {"text": base64.b64encode(data).decode(), mark: "base64"}
