"""A URL as request options, read as browsers and Node read one: the parts of the WHATWG URL Standard that http needs.

Two programs that find different hosts in one URL are a way around any check of hosts, so the odd cases matter:
backslashes are slashes, the last `@` ends the user's name, `//` in a path stays.

Source: https://url.spec.whatwg.org/
"""

from __future__ import annotations

import re
import socket
from typing import Any
from urllib.parse import quote, unquote

from . import redact
from .errors import NodeError, error

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_AUTHORITY = re.compile(r"[/\\]*([^/\\?#]*)([^?#]*)(?:\?([^#]*))?")
_PORT = re.compile(r"^(.*?)(?::([0-9]*))?$", re.DOTALL)
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20\"#%/:<>?@\[\\\]^`{|}\x7f]")
_LOOKS_LIKE_IPV4 = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What is left alone in a URL, besides what is never encoded.
_OF_URLS = "!#$%&'()*+,/:;=?@[]~"
_STAY = re.compile(r"\.|%2e", re.IGNORECASE)
_UP = re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)

# What stays as it is; everything else is percent-encoded as UTF-8.
_IN_PATH = "!$%&'()*+,-./:;=@[]_|~"
_IN_QUERY = "!$%&()*+,-./:;=?@[\\]^_`{|}~"


def url_options(url: str) -> dict[str, Any]:
    """The options of `request()` that `url` stands for. Raises ERR_INVALID_URL."""
    text = re.sub(r"[\t\n\r]", "", url.strip("".join(map(chr, range(33)))))
    scheme = _SCHEME.match(text)
    parts = _AUTHORITY.match(text, scheme.end()) if scheme else None
    if scheme is None or parts is None or (scheme[1].lower() not in ("http", "https") and "//" not in text):
        # `localhost:3000` has a scheme, too: "localhost".
        raise invalid_url(url)
    userinfo, _, place = parts[1].rpartition("@")
    host, port = _host_and_port(place, url)
    query = f"?{_encoded(parts[3], _IN_QUERY)}" if parts[3] else ""
    options: dict[str, Any] = {
        "protocol": f"{scheme[1].lower()}:",
        "hostname": host,
        "path": _without_dots(_encoded(parts[2].replace("\\", "/"), _IN_PATH)) + query,
    }
    if port is not None:
        options["port"] = port
    if userinfo:
        name, _, password = userinfo.partition(":")
        options["auth"] = f"{unquote(name)}:{unquote(password)}"
    return options


def _host_and_port(place: str, url: str) -> tuple[str, int | None]:
    bracketed = place.startswith("[")
    host, closed, rest = place[1:].partition("]") if bracketed else ("", "", place)
    found = _PORT.match(rest)
    assert found is not None, "the pattern matches anything"
    name, digits = found[1], found[2]
    port = int(digits) if digits and len(digits) < 6 else None
    if (digits and (port is None or port > 65535)) or (bracketed and (name or not closed)):
        raise invalid_url(url)
    return (_ipv6(host, url) if bracketed else _name(name, url)), port


def _ipv6(host: str, url: str) -> str:
    try:
        return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, host))
    except (OSError, ValueError):
        raise invalid_url(url) from None


def _name(host: str, url: str) -> str:
    try:
        name = unquote(host, errors="strict").lower()
        if not name.isascii():
            name = name.encode("idna").decode()
        if _LOOKS_LIKE_IPV4.search(name):
            # `127.1` and `0x7f.1` are 127.0.0.1.
            name = socket.inet_ntoa(socket.inet_aton(name.removesuffix(".")))
    except (OSError, ValueError):
        raise invalid_url(url) from None
    if not name or _FORBIDDEN_IN_HOST.search(name):
        raise invalid_url(url)
    return name


def _encoded(text: str, stays: str) -> str:
    return quote(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), safe=stays)


def _without_dots(path: str) -> str:
    """The path with `.` and `..` carried out; empty segments stay."""
    segments = path.removeprefix("/").split("/")
    kept: list[str] = []
    for index, segment in enumerate(segments):
        is_last = index == len(segments) - 1
        if _UP.fullmatch(segment):
            if kept:
                kept.pop()
        elif not _STAY.fullmatch(segment):
            kept.append(segment)
            continue
        if is_last:
            kept.append("")
    return "/" + "/".join(kept)


def percent_encoded(text: str, safe: str = _OF_URLS) -> str:
    """`text` with what cannot stand in a URL percent-encoded, but for `safe`; what is encoded already stays."""
    return quote(_BARE_PERCENT.sub("%25", text), safe=safe)


def invalid_url(url: str) -> NodeError:
    """ERR_INVALID_URL that says what was got and what was expected; `input` holds the text."""
    err = error("ERR_INVALID_URL")
    err.input = url  # type: ignore[attr-defined]
    err.add_note(f"Got {redact.url(url)!r}, expected an absolute URL such as 'http://localhost:3000/path'.")
    return err
